"""Stock movements for a version of a transaction: its total effect, less the effect of earlier versions. Inside the
transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Literal

import msgspec

from edge.analytics.forecast.commands import NoteSoldElsewhere
from edge.analytics.forecast.events import ElsewhereRow
from edge.backoffice.other_tills.entities import ITEMS
from edge.backoffice.other_tills.events import PosMove, PosSaleTaken, PosState
from edge.backoffice.other_tills.other_till import OtherTill
from edge.backoffice.other_tills.sale import UNLINKED, PosLine, PosSale
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.goods.catalog.queries import find_by_sku
from edge.goods.stock.commands import Moved, MoveStock
from edge.lib.units.quantity import THOUSANDTHS

DAY_US = 24 * 3600 * 1_000_000
DOCUMENT_CHARS = 80
GRAMS: Mapping[str, Decimal] = MappingProxyType(
    {"g": Decimal(1), "kg": Decimal(1000), "oz": Decimal("28.349523125"), "lb": Decimal("453.59237")}
)
"""Grams in one of each measure (NIST Handbook 44, appendix C)."""
Key = tuple[str, str, int]
"""A product, a location, and the measure of one unit (0: counted in units)."""
_BEFORE = """
    SELECT seq, sku, location, of, delta, undoes, moved FROM pos_move WHERE pos = ? AND document = ? AND number = ?
    ORDER BY seq, line
"""
_BACK = "SELECT coalesce(sum(delta), 0) FROM pos_move WHERE undoes = ? AND sku = ? AND of = ? AND location = ?"
_COUNTED = "SELECT at_us FROM pos_counted WHERE sku = ? AND location = ?"
_SALE = "SELECT body, state, first_us FROM pos_sale WHERE pos = ? AND document = ? AND number = ?"
_REFUNDS = "SELECT body FROM pos_sale WHERE pos = ? AND document = 'refund' AND refund_of = ? AND number <> ?"


class StillAway(msgspec.Struct, frozen=True):
    """Stock that left and hasn't been returned: thousandths, and the row of the movement."""

    seq: int
    left: int
    moved: bool


class Target(msgspec.Struct):
    """The total effect of a transaction: thousandths by product and location, negative if outgoing."""

    state: PosState = "taken"
    deltas: dict[Key, int] = {}
    reasons: tuple[str, ...] = ()
    unmapped: tuple[str, ...] = ()


def find_sale(db: Connection, pos: str, document: str, number: str) -> tuple[PosSale, PosState, int] | None:
    """A transaction in its latest version, its state, and when it first arrived."""
    row = db.execute(_SALE, (pos, document, number)).fetchone()
    return (msgspec.json.decode(row[0], type=PosSale), row[1], row[2]) if row else None


def settle(
    tx: Transaction,
    till: OtherTill,
    sale: PosSale,
    wait_days: int,
    day_of: Callable[[int], str],
    reasons: tuple[str, ...] = (),
) -> PosSaleTaken:
    """Apply a version, so that the transaction's total effect matches it.

    Movements that already match aren't repeated. A refund waits `wait_days` for its sale. Everything counts as demand
    of its day, even if a stock count already includes it.
    """
    target, known = _target(tx, till, sale, wait_days), find_sale(tx.db, sale.pos, sale.document, sale.transaction_id)
    moves = tuple(_moves(tx.db, sale, target.deltas))
    if any(not move.moved for move in moves):
        reasons += ("before_count",)
    event = PosSaleTaken(sale, target.state, moves, (*target.reasons, *reasons), target.unmapped)
    fact = tx.append(event)
    _do(tx, sale, fact.seq, [move for move in moves if move.moved])
    if moves:
        at_us = known[0].at_us if known and sale.kind == "void" else sale.at_us
        tx.do(NoteSoldElsewhere(till.id, day_of(at_us), tuple(_demand(moves))))
    return event


def _demand(moves: Iterable[PosMove]) -> Iterator[ElsewhereRow]:
    """The additional demand for each product, in thousandths of its unit."""
    sums: dict[str, int] = {}
    for move in moves:
        units = move.delta if not move.of else abs(move.delta) * THOUSANDTHS // move.of * (1 if move.delta > 0 else -1)
        sums[move.sku] = sums.get(move.sku, 0) - units
    return (ElsewhereRow(sku, quantity) for sku, quantity in sums.items())


def _target(tx: Transaction, till: OtherTill, sale: PosSale, wait_days: int) -> Target:
    place = till.our_places.get(sale.location)
    if place is None:
        return Target("held", reasons=("unknown_location",))
    if sale.kind == "void":
        return Target()
    if sale.kind == "refund" and (wrong := refund_fault(tx, sale, wait_days)):
        return wrong
    target = Target(deltas={})
    sign, unmapped = (1 if sale.kind == "refund" else -1), dict[str, None]()
    for line in sale.lines:
        item = ITEMS.find(tx.db, till.id, line.item)
        if item is None:
            unmapped[line.item] = None
        elif item.sku and line.quantity and (sale.kind != "refund" or item.comes_back(sale.restock)):
            for sku, of, delta in _parts(tx.db, item.sku, _ours(line, item.quantity, item.measure)):
                key = (sku, place, of)
                target.deltas[key] = target.deltas.get(key, 0) + sign * delta
    target.unmapped = tuple(unmapped)
    if unmapped:
        target.reasons = ("unmapped",)
    return target


def refund_fault(tx: Transaction, sale: PosSale, wait_days: int) -> Target | None:
    """Return why a refund has no effect yet, or None. A refund waits `wait_days` for its sale."""
    if sale.refund_of == UNLINKED:
        return None  # a return without a receipt: the other till took the goods back, but the sale is unknown
    found = find_sale(tx.db, sale.pos, "sale", sale.sale_id)
    if found is None:
        known = find_sale(tx.db, sale.pos, "refund", sale.transaction_id)
        if known and tx.at_us - known[2] > wait_days * DAY_US:
            return Target("held", reasons=("refund_without_sale",))
        return Target("waits", reasons=("waits_for_sale",))
    left = found[0].quantities_by_item() if found[0].kind == "sale" else {}
    for (body,) in tx.db.execute(_REFUNDS, (sale.pos, sale.sale_id, sale.transaction_id)):
        for item, quantity in msgspec.json.decode(body, type=PosSale).quantities_by_item().items():
            left[item] = left.get(item, 0) - quantity
    if any(quantity > max(0, left.get(item, 0)) for item, quantity in sale.quantities_by_item().items()):
        return Target("held", reasons=("refund_exceeds",))
    return None


def _ours(line: PosLine, quantity: int, measure: str) -> int:
    """The quantity of our product, in thousandths of its unit, rounded half up. Weighed products are in kilograms."""
    if measure:
        said = line.unit if line.unit in GRAMS else measure
        grams = Decimal(line.quantity) * GRAMS[said]
        return int((grams / 1000 * quantity / THOUSANDTHS).quantize(Decimal(1), ROUND_HALF_UP))
    return (line.quantity * quantity + THOUSANDTHS // 2) // THOUSANDTHS


def _parts(db: Connection, sku: str, quantity: int) -> Iterator[tuple[str, int, int]]:
    """Stock to deduct for a quantity of a product: the product itself, or its recipe's components.

    Components measured by an unknown content are skipped.
    """
    product = find_by_sku(db, sku)
    if product is None or not product.leaves:
        yield sku, 0, quantity
        return
    for part in product.leaves:
        if part.whole:
            yield part.sku, part.content if part.measure else 0, part.quantity * quantity // THOUSANDTHS


def is_itself(db: Connection, sku: str) -> bool:
    """Whether a product is stocked itself, and so has its own stock count."""
    product = find_by_sku(db, sku)
    return product is not None and not product.leaves


def _moves(db: Connection, sale: PosSale, target: Mapping[Key, int]) -> Iterator[PosMove]:
    before: dict[Key, int] = {}
    for _, sku, location, of, delta, _, _ in _rows(db, sale.pos, sale.document, sale.transaction_id):
        before[sku, location, of] = before.get((sku, location, of), 0) + delta
    for key in dict.fromkeys((*target, *before)):
        differs = target.get(key, 0) - before.get(key, 0)
        (sku, location, of), counted = key, _was_counted(db, key, sale.at_us)
        if differs < 0:
            yield PosMove(sku, differs, location, of, moved=not counted)
        for taken in _still_away(db, sale, key) if differs > 0 else ():
            back = min(differs, taken.left)
            yield PosMove(sku, back, location, of, taken.seq if taken.moved else 0, not counted)
            if not (differs := differs - back):
                break
        if differs > 0 and sale.document == "refund":  # for a sale, a refund has already returned the difference
            yield PosMove(sku, differs, location, of, moved=not counted)


Row = tuple[int, str, str, int, int, int, int]


def _rows(db: Connection, pos: str, document: str, number: str) -> list[Row]:
    found: list[Row] = db.execute(_BEFORE, (pos, document, number)).fetchall()
    return found


def _still_away(db: Connection, sale: PosSale, key: Key) -> list[StillAway]:
    """The movements of the sale that took a product out of stock and haven't been fully returned, latest first."""
    sku, location, of = key
    found = []
    left = [row for row in _rows(db, sale.pos, "sale", sale.sale_id) if row[1:4] == key and row[4] < 0]
    for seq, _, _, _, delta, _, moved in reversed(left):
        back = int(db.execute(_BACK, (seq, sku, of, location)).fetchone()[0]) if moved else 0
        if -delta > back:
            found.append(StillAway(seq, -delta - back, bool(moved)))
    return found


def _was_counted(db: Connection, key: Key, at_us: int) -> bool:
    """Whether the product was counted after this time, so that the count already includes the movements."""
    row = db.execute(_COUNTED, key[:2]).fetchone()
    return row is not None and row[0] > at_us


def _do(tx: Transaction, sale: PosSale, seq: int, moves: Iterable[PosMove]) -> None:
    """Make the movements, outgoing ones first, as returns refer to their rows."""
    document = sale.transaction_id[:DOCUMENT_CHARS]
    groups: dict[tuple[bool, str, int], list[PosMove]] = {}
    for move in sorted(moves, key=lambda one: one.delta > 0):
        groups.setdefault((move.delta > 0, move.location, move.undoes), []).append(move)
    for (back, location, undoes), some in groups.items():
        moved = tuple(Moved(one.sku, one.delta, of=one.of) for one in some)
        reason: Literal["sale", "void", "refund"] = (
            "sale" if not back else "refund" if sale.kind == "refund" else "void"
        )
        earlier = tuple(_back_before(tx.db, undoes, seq)) if undoes else ()
        tx.do(MoveStock(reason, moved, location, undoes=undoes, document=document, before=earlier, till=sale.pos))


def _back_before(db: Connection, undoes: int, seq: int) -> Iterator[Moved]:
    """The earlier returns of a movement, by its row."""
    found = db.execute(
        "SELECT sku, sum(delta), of FROM pos_move WHERE undoes = ? AND seq < ? AND moved GROUP BY sku, of",
        (undoes, seq),
    )
    for sku, delta, of in found:
        yield Moved(sku, delta, of=of)
