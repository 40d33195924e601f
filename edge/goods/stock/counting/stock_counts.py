"""Stock counts during sales, inside the transaction."""

from __future__ import annotations

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import path_of
from edge.goods.stock import rules
from edge.goods.stock.alert_limits import AlertLimits
from edge.goods.stock.commands import MOST, CancelCount, CountLine, PostCount, StartCount
from edge.goods.stock.counting import late
from edge.goods.stock.events import CountEnded, CountScanned, CountStarted, Move, StockMoved
from edge.goods.stock.lists.listings import REST_LISTED, NotCounted, not_counted
from edge.goods.stock.moving.movements import moved_behind
from edge.goods.stock.rows import (
    breaks_pieces,
    called_by,
    closed_and_loose,
    find_stocked,
    first_look,
    name_values,
    require_location,
    rows_at,
)
from edge.lib.units.dates import day_of
from edge.lib.units.quantity import THOUSANDTHS, show_quantity

OPEN_LIMIT = 20
"""Maximum open counts; further counts are refused."""
LINES_LIMIT = 10_000
"""Maximum lines per count; further lines are refused."""
MOVES_AN_EVENT = 500
_OPEN = "SELECT location, blind, category FROM stock_count WHERE number = ? AND state = 'open'"
_LINE = "SELECT quantity, boxes, expected, looks, person FROM stock_count_line WHERE number = ? AND sku = ? AND lot = ?"
_LINES = "SELECT sku, lot, expiry, quantity, boxes, box, expected, looks, since FROM stock_count_line WHERE number = ?"
_BY_LOT = "SELECT 1 FROM stock_count_line WHERE number = ? AND sku = ? AND lot <> ''"
_UNLOTTED = """
    SELECT expiry, quantity, boxes, box, looks, since FROM stock_count_line
    WHERE number = ? AND sku = ? AND lot = ''
"""
BOOKED = frozenset({"counted", "corrected"})
"""Reasons of movements that only corrected the records without moving goods; the count itself will show them."""


class CountResult(msgspec.Struct, frozen=True):
    """A counted line so far. `look_again`: it differs much from the expected quantity; a blind count shows only this.

    `expected` and `difference` are in thousandths, None in a blind count.
    """

    sku: str
    quantity: int
    boxes: int
    looks: int
    look_again: bool
    expected: int | None = None
    difference: int | None = None


class PostedCount(msgspec.Struct, frozen=True):
    """The number of a count's lines, of lines that differed, and of products not counted and left unchanged.

    `rest`: up to `REST_LISTED` of the goods left unchanged.
    """

    lines: int
    differing: int
    not_counted: int
    rest: tuple[NotCounted, ...] = ()


def start_count(tx: Transaction, command: StartCount) -> int:
    require_location(tx.db, command.location)
    (last,) = tx.db.execute("SELECT coalesce(max(number), 0) FROM stock_count").fetchone()
    is_open = tx.db.execute("SELECT number, location, category FROM stock_count WHERE state = 'open'").fetchall()
    if len(is_open) >= OPEN_LIMIT:
        raise Refusal("too_many_counts", {"limit": OPEN_LIMIT})
    for number, location, category in is_open:
        if location == command.location and _meet(tx.db, category, command.category):
            raise Refusal("count_of_place_open", {"count": number})
    tx.append(CountStarted(last + 1, command.location, command.blind, command.category))
    return int(last + 1)


def _meet(db: Connection, one: str, other: str) -> bool:
    """Whether a product can be in both categories ("": any category)."""
    return not (one and other) or one in path_of(db, other) or other in path_of(db, one)


def count_line(tx: Transaction, command: CountLine, *, limits: AlertLimits) -> CountResult:
    number = command.count
    count = tx.db.execute(_OPEN, (number,)).fetchone()
    if count is None:
        raise Refusal("no_count", {"count": number})
    product = find_stocked(tx.db, command.sku)
    sku, box = product.sku, product.box or 0
    if count[2] and count[2] not in path_of(tx.db, product.category):
        raise Refusal("count_other_category", {"sku": sku, **name_values(product)})
    if command.boxes and not box:
        raise Refusal("no_boxes", {"sku": sku})
    boxes_found, units = closed_and_loose(product, command.boxes, command.units)
    if breaks_pieces(tx.db, product, units):
        raise Refusal("pieces_moved_whole", {"sku": sku})
    if command.expiry and day_of(command.expiry) is None:
        raise Refusal("expiry_wrong", {"sku": sku, "expiry": command.expiry})
    found = boxes_found * box * THOUSANDTHS + units
    if since := late.moved_since(tx, command.said_us, sku, count[0], command.lot):
        boxes_found, found = late.counted_now(boxes_found, found, since, box)
    by_lot = tx.db.execute(_BY_LOT, (number, sku)).fetchone() is not None
    exact = by_lot or bool(command.lot)
    line = tx.db.execute(_LINE, (number, sku, command.lot)).fetchone()
    if line is None:
        if (
            tx.db.execute("SELECT count(*) FROM stock_count_line WHERE number = ?", (number,)).fetchone()[0]
            >= LINES_LIMIT
        ):
            raise Refusal("count_full", {"limit": LINES_LIMIT})
        quantity, boxes, looks = found, boxes_found, 1
        expected = _lot_quantity(tx.db, sku, count[0], command.lot, exact)
    else:
        was, was_boxes, expected, looks, person = line
        if not command.mode and person != tx.actor.name:
            raise Refusal("counted_by_other", {"sku": sku, **name_values(product), "quantity": show_quantity(was)})
        if command.mode == "replace":
            quantity, boxes, looks = found, boxes_found, looks + 1
            expected = _lot_quantity(tx.db, sku, count[0], command.lot, exact)
        else:
            quantity, boxes = was + found, was_boxes + boxes_found
    if quantity > MOST:
        raise Refusal("quantity_large", {"sku": sku, "most": MOST // THOUSANDTHS})
    if exact and not by_lot:
        _without_lots(tx, number, sku, count[0])
    tx.append(CountScanned(number, sku, command.lot, command.expiry, quantity, boxes, box, expected, looks))
    again = looks < 2 and limits.of(tx.db, (sku,)).is_far_off(sku, expected, quantity)
    if count[1]:
        return CountResult(sku, quantity, boxes, looks, again)
    return CountResult(sku, quantity, boxes, looks, again, expected, quantity - expected)


def post_count(tx: Transaction, command: PostCount, *, limits: AlertLimits) -> PostedCount:
    number = command.count
    count = tx.db.execute(_OPEN, (number,)).fetchone()
    if count is None:
        raise Refusal("no_count", {"count": number})
    location = str(count[0])
    lines = tx.db.execute(_LINES, (number,)).fetchall()
    rest = not_counted(tx.db, number, location, count[2])
    if not lines and not command.empty_rest:
        raise Refusal("count_empty", {"count": number})
    of = limits.of(tx.db, (line[0] for line in lines))
    if again := [line for line in lines if line[7] < 2 and of.is_far_off(line[0], line[6], line[3])]:
        first = again[0][0]
        tx.ask("count_look_again", {"lines": len(again), "sku": first, **called_by(tx.db, first)}, again)
    moves: list[Move] = []
    by_lot = {line[0] for line in lines if line[1]}
    differing = 0
    moved = _moves_since(tx.db, location, min((line[8] for line in lines), default=0)) if lines else {}
    for sku, lot, expiry, quantity, boxes, box, expected, _, since in lines:
        differing += quantity != expected
        rows = rows_at(tx.db, sku, location, tx.business_date, box)
        if sku in by_lot:
            rows = [row for row in rows if row.lot == lot] or [rules.StockRow(location, lot, expiry, box=box)]
        there = quantity + sum(
            delta for seq, of_lot, delta in moved.get(sku, ()) if seq > since and (sku not in by_lot or of_lot == lot)
        )
        found = _set_to(sku, rows, location, lot, there, boxes, box, sku in by_lot)
        moves += found or first_look(tx.db, sku, location)
    if command.empty_rest:
        for one in rest:
            rows = [row for row in rows_at(tx.db, one.sku, location, tx.business_date) if row.lot == one.lot]
            moves += rules.set_to(one.sku, rows, 0, 0, max((row.box for row in rows), default=0), location)
        rest = []
    for at in range(0, len(moves), MOVES_AN_EVENT):
        tx.append(StockMoved("counted", tuple(moves[at : at + MOVES_AN_EVENT]), "count", document=f"count {number}"))
    tx.append(CountEnded(number, "posted"))
    return PostedCount(len(lines), differing, len({one.sku for one in rest}), tuple(rest[:REST_LISTED]))


def _moves_since(db: Connection, location: str, since: int) -> dict[str, list[tuple[int, str, int]]]:
    """The movements at a location after a journal row, by product: row, lot and thousandths."""
    found: dict[str, list[tuple[int, str, int]]] = {}
    for seq, reason, sku, lot, delta in moved_behind(db, location, since):
        if reason not in BOOKED:
            found.setdefault(sku, []).append((seq, lot, delta))
    return found


def _set_to(
    sku: str, rows: list[rules.StockRow], location: str, lot: str, there: int, boxes: int, box: int, named: bool
) -> list[Move]:
    """Movements that set the stock to the counted quantity plus later movements."""
    held = sum(row.quantity for row in rows)
    if there < 0:
        return rules.sell(sku, rows, held - there, location, lot) if there < held else []
    return rules.set_to(sku, rows, there, boxes, box, location, named)


def cancel_count(tx: Transaction, command: CancelCount) -> None:
    if tx.db.execute(_OPEN, (command.count,)).fetchone() is None:
        raise Refusal("no_count", {"count": command.count})
    tx.append(CountEnded(command.count, "cancelled"))


def _lot_quantity(db: Connection, sku: str, location: str, lot: str, exact: bool) -> int:
    """The quantity of a lot. Without a lot, the quantity of goods without one if `exact`, otherwise of all lots."""
    sql = "SELECT coalesce(sum(quantity), 0) FROM stock_row WHERE sku = ? AND location = ? AND (NOT ? OR lot = ?)"
    return int(db.execute(sql, (sku, location, exact, lot)).fetchone()[0])


def _without_lots(tx: Transaction, number: int, sku: str, location: str) -> None:
    """Avoid counting lots twice: if a lot is counted separately, limit the line without a lot to goods without one, and
    adjust its expected quantity.
    """
    line = tx.db.execute(_UNLOTTED, (number, sku)).fetchone()
    if line is None:
        return
    expiry, quantity, boxes, box, looks, since = line
    moved = (delta for _, _, of, lot, delta in moved_behind(tx.db, location, since) if of == sku and not lot)
    expected = _lot_quantity(tx.db, sku, location, "", exact=True) - sum(moved)
    tx.append(CountScanned(number, sku, "", expiry, quantity, boxes, box, expected, looks))
