"""Stock rules: which rows goods leave and enter, which boxes are opened, and status. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal

import msgspec

from edge.goods.stock.events import Move
from edge.goods.stock.location import MAIN
from edge.lib.units.quantity import THOUSANDTHS

Status = Literal["normal", "low", "critical", "excess"]
NEVER = "9999-12-31"
"""Sorts after all dates, so that lots without a date are used last."""

TYPES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "in": ("received", "found", "refund", "void"),
        "out": ("sale", "used", "lost", "returned"),
        "waste": ("waste", "damaged"),
        "adjust": ("counted", "boxed", "corrected", "issued", "produced"),
        "transfer": ("transferred", "sent", "arrived"),
        "sale": ("sale", "void", "refund"),
        "receive": ("received", "found"),
        "adjustment": (
            *("counted", "lost", "transferred", "used", "boxed", "returned", "corrected", "sent", "arrived"),
            *("issued", "produced"),
        ),
    }
)
"""Movement types as used by people and programs, and the journal's reasons for each."""
_IN = MappingProxyType({"found": "found", "count": "found", "transfer": "arrived", "produced": "produced"})
_OUT = MappingProxyType(
    {"broken": "waste", "expired": "waste", "spoiled": "waste", "stolen": "lost", "count": "lost", "transfer": "sent"}
)


class StockRow(msgspec.Struct, frozen=True, gc=False):
    """Goods of one lot at one location: `quantity` thousandths, including `boxes` closed boxes of `box` units each.

    `barred`: the lot has expired or was recalled, so a sale takes it only if it was scanned.
    """

    location: str = MAIN
    lot: str = ""
    expiry: str = ""
    quantity: int = 0
    boxes: int = 0
    box: int = 0
    arrived: int = 0
    barred: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether the row has no boxes, lot or expiry date."""
        return not (self.boxes or self.lot or self.expiry)

    @property
    def loose(self) -> int:
        """The thousandths outside closed boxes; negative if more units were sold than were loose."""
        return self.quantity - self.boxes * self.box * THOUSANDTHS


def journal_reason(type: str, reason: str) -> str:
    """The journal's reason for a movement entered by a person."""
    if type == "in":
        return _IN.get(reason, "received")
    if type == "out":
        return "returned" if reason == "returned" else _OUT.get(reason, "used")
    return "waste" if type == "waste" else "counted"


def type_of(reason: str, delta: int) -> str:
    """The movement type shown to users: `in`, `out`, `waste`, `adjust` or `transfer`."""
    for type in ("in", "out", "waste", "adjust", "transfer"):
        if reason in TYPES[type]:
            return type
    return "in" if delta > 0 else "out"


def first_expired_first(rows: Iterable[StockRow]) -> list[StockRow]:
    """Sort rows in the order goods leave: by expiry date, then arrival; undated and barred goods last."""
    return sorted(rows, key=lambda row: (row.barred, row.expiry or NEVER, row.arrived))


def take(sku: str, rows: Sequence[StockRow], quantity: int, closed_first: bool = False) -> tuple[list[Move], int]:
    """Movements that take `quantity` out of rows in order, and the shortfall.

    Loose goods go first and as few boxes as needed are opened; with `closed_first` whole boxes go first.
    """
    moves: list[Move] = []
    for row in rows:
        if quantity <= 0:
            break
        part = min(quantity, row.quantity)
        if part > 0:
            moves.append(_from_row(sku, row, part, closed_first))
            quantity -= part
    return moves, max(quantity, 0)


def _from_row(sku: str, row: StockRow, part: int, closed_first: bool) -> Move:
    size = row.box * THOUSANDTHS
    if not row.boxes or not size:
        return Move(sku, -part, 0, 0, 0, row.location, row.lot, row.expiry)
    whole = min(row.boxes, part // size) if closed_first else 0
    rest = part - whole * size
    opened = min(row.boxes - whole, max(0, -((row.loose - rest) // size)))
    return Move(sku, -part, -(whole + opened), row.box, opened, row.location, row.lot, row.expiry)


def sell(sku: str, rows: Sequence[StockRow], quantity: int, location: str, lot: str = "") -> list[Move]:
    """Movements of a sale. A sale is never refused: a shortfall goes below zero, in the scanned lot or
    without a lot.
    """
    if not lot and (not rows or (len(rows) == 1 and rows[0].is_plain)):
        return [Move(sku, -quantity, 0, 0, 0, location)]
    mine = [row for row in rows if row.lot == lot] if lot else [row for row in rows if not row.barred]
    moves, lacking = take(sku, first_expired_first(mine), quantity)
    if lacking:
        expiry = mine[0].expiry if lot and mine else ""
        moves = merge_moves([*moves, Move(sku, -lacking, 0, 0, 0, location, lot, expiry)])
    return moves


def bring(sku: str, row: StockRow, short: Iterable[StockRow], quantity: int, boxes: int, box: int) -> list[Move]:
    """Movements that add goods to a row.

    `short`: rows of the same lot (or without one) that were sold below zero; they are filled up first.
    """
    moves: list[Move] = []
    size = box * THOUSANDTHS
    for one in short:
        part = min(quantity, -one.quantity)
        if part > 0:
            moves.append(Move(sku, part, 0, 0, 0, one.location, one.lot, one.expiry))
            quantity -= part
            boxes = min(boxes, quantity // size) if size else 0
    if quantity:
        loose = (row.loose if row.box == box else row.quantity) + quantity - boxes * size
        opened = min(boxes, -(loose // size)) if size and loose < 0 else 0
        moves.append(
            Move(sku, quantity, boxes - opened, box if boxes else 0, opened, row.location, row.lot, row.expiry)
        )
    return merge_moves(moves)


def set_to(
    sku: str, rows: Sequence[StockRow], quantity: int, boxes: int, box: int, location: str, named: bool = False
) -> list[Move]:
    """Movements that bring the rows of a location to `quantity`, including `boxes` closed boxes.

    A surplus is added without a lot or, if exactly these rows were `named`, to the row that expires last. A shortage is
    taken by expiry.
    """
    deltas = {_key(row): -row.quantity for row in rows if row.quantity < 0}
    held = sum(row.quantity for row in rows if row.quantity > 0)
    if quantity > held:
        key = _key(_surplus(rows, named) or StockRow(location))
        deltas[key] = deltas.get(key, 0) + quantity - held
    else:
        taken, _ = take(sku, first_expired_first(rows), held - quantity)
        deltas |= {(move.location, move.lot, move.expiry): move.delta for move in taken}
    after = {_key(row): row for row in rows}
    moves = []
    for key in {**after, **deltas}:
        row, delta = after.get(key, StockRow(*key)), deltas.get(key, 0)
        closed = min(boxes, max(0, row.quantity + delta) // (box * THOUSANDTHS)) if box else 0
        boxes -= closed
        was = row.boxes if row.box == box else 0
        if delta or closed != was:
            moves.append(Move(sku, delta, closed - was, box if closed != was else 0, 0, *key))
    return moves


def _surplus(rows: Sequence[StockRow], named: bool) -> StockRow | None:
    """The row that receives a surplus; None for a row without lot or expiry date that doesn't exist yet."""
    if named:
        return max(rows, key=lambda row: row.expiry or NEVER, default=None)
    plain = [row for row in rows if not row.lot]
    return plain[0] if len(plain) == len(rows) == 1 else next((row for row in plain if not row.expiry), None)


def merge_moves(moves: Iterable[Move]) -> list[Move]:
    """Merge movements so that each row has only one."""
    rows: dict[tuple[str, ...], Move] = {}
    for move in moves:
        key = (move.sku, move.location, move.lot, move.expiry)
        if was := rows.get(key):
            move = Move(
                move.sku,
                was.delta + move.delta,
                was.boxes + move.boxes,
                was.box or move.box,
                was.opened + move.opened,
                *key[1:],
            )
        rows[key] = move
    return list(rows.values())


def returning(
    taken: Sequence[Move], lot: str, scanned: Mapping[str, int], before: Mapping[str, int]
) -> list[tuple[Move, int]]:
    """The rows that receive a sale's returned goods, last used first, with the quantity each can still take back.

    `taken`: the sale's movements of the product; `scanned`: its quantities by scanned lot. Scanned goods go to their
    own lot, others (`lot` is empty) to the other rows. `before`: the quantities returned earlier.
    """
    own, rest = list[tuple[Move, int]](), list[tuple[Move, int]]()
    wanted = dict(scanned)
    for move in reversed(taken):
        part = min(-move.delta, wanted.get(move.lot, 0))
        if part:
            wanted[move.lot] -= part
            if move.lot == lot:
                own.append((move, part))
        if -move.delta > part:
            rest.append((move, -move.delta - part))
    gone, left = before.get(lot, 0), list[tuple[Move, int]]()
    for move, part in own if lot else rest:
        skipped = min(gone, part)
        gone -= skipped
        if part > skipped:
            left.append((move, part - skipped))
    return left


def put_back(wanted: int, rows: Iterable[tuple[Move, int]]) -> tuple[list[Move], int]:
    """Movements that return goods to the rows they came from, and the quantity left over."""
    moves = []
    for move, most in rows:
        part = min(wanted, most)
        if part > 0:
            moves.append(Move(move.sku, part, 0, 0, 0, move.location, move.lot, move.expiry))
            wanted -= part
    return moves, wanted


def status(available: int, par: int, reorder: int, was: str = "normal", on_hand: int | None = None) -> Status:
    """A product's status at a location with these levels. It returns to normal only a tenth above `reorder`, or a tenth
    below the excess limit of one and a half times `par`. Excess is judged by `on_hand` (default: `available`), which
    includes reserved goods.

    >>> status(0, 24, 8), status(8, 24, 8), status(9, 24, 8), status(8800, 24000, 8000, "low"), status(37, 24, 8)
    ('critical', 'low', 'normal', 'low', 'excess')
    >>> status(33, 24, 8, "excess"), status(32, 24, 8, "excess"), status(33, 24, 8), status(30, 24, 8, "normal", 40)
    ('excess', 'normal', 'normal', 'excess')
    """
    if available <= max(0, reorder // 2):
        return "critical"
    if available <= reorder or (was in ("low", "critical") and available * 10 <= reorder * 11):
        return "low"
    much = 27 if was == "excess" else 30
    held = available if on_hand is None else on_hand
    return "excess" if par > 0 and held * 20 > par * much else "normal"


def status_by_minimum(available: int, minimum: int, on_hand: int) -> Status:
    """The status of a product without levels, by its minimum; normal without one.

    Critical: at most half the minimum. Low: below the minimum. Excess: more than three times the minimum on hand.
    """
    if minimum <= 0:
        return "normal"
    if available * 2 <= minimum:
        return "critical"
    return "low" if available < minimum else "excess" if on_hand > 3 * minimum else "normal"


def far_off(expected: int, found: int, units: int, percent: int) -> bool:
    """Whether a count (thousandths) is off by more than `units` units and by more than `percent` percent.

    >>> far_off(24_000, 20_000, 3, 20), far_off(24_000, 19_000, 3, 20), far_off(0, 3_000, 3, 20)
    (False, True, False)
    """
    off = abs(found - expected)
    return off > units * THOUSANDTHS and off * 100 > abs(expected) * percent


def is_barred(lot: str, expiry: str, today: str, recalled: Collection[str]) -> bool:
    """Whether a lot has expired or was recalled (see `StockRow.barred`)."""
    return bool(expiry and expiry < today) or bool(lot and lot in recalled)


def _key(row: StockRow) -> tuple[str, str, str]:
    return (row.location, row.lot, row.expiry)
