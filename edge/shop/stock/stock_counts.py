"""Counting while selling goes on, inside the transaction."""

from __future__ import annotations

import msgspec

from edge.core.messages import Refused
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.lib.units.dates import day_of
from edge.lib.units.quantity import THOUSANDTHS, show_quantity
from edge.shop.stock import rules
from edge.shop.stock.commands import CancelCount, CountLine, PostCount, StartCount
from edge.shop.stock.events import CountEnded, CountScanned, CountStarted, Move, StockMoved
from edge.shop.stock.posting import MOST
from edge.shop.stock.rows import closed_and_loose, find_product, require_location, rows_at

OPEN_LIMIT = 20
"""Counts that are open at a time; the next one is refused."""
LINES_LIMIT = 10_000
"""Lines of one count; the next one is refused."""
MOVES_AN_EVENT = 500
_OPEN = "SELECT location, blind, category FROM stock_count WHERE number = ? AND state = 'open'"
_LINE = "SELECT quantity, boxes, expected, looks, person FROM stock_count_line WHERE number = ? AND sku = ? AND lot = ?"
_LINES = "SELECT sku, lot, expiry, quantity, boxes, box, expected, looks FROM stock_count_line WHERE number = ?"
_REST = """
    SELECT DISTINCT r.sku FROM stock_row r
    WHERE r.location = ?1 AND r.quantity <> 0
      AND NOT EXISTS (SELECT 1 FROM stock_count_line l WHERE l.number = ?2 AND l.sku = r.sku)
      AND (?3 = '' OR r.sku IN (SELECT p.sku FROM product p WHERE p.body ->> '$.category' = ?3))
    LIMIT ?4
"""


class CountResult(msgspec.Struct, frozen=True):
    """What a line of a count says by now; `look_again`: it is far off. Where the count is blind, that is all it tells.

    `expected` and `difference` are None then; thousandths.
    """

    sku: str
    quantity: int
    boxes: int
    looks: int
    look_again: bool
    expected: int | None = None
    difference: int | None = None


class PostedCount(msgspec.Struct, frozen=True):
    """How many lines a count had, how many differed, and how many products were not counted."""

    lines: int
    differing: int
    not_counted: int


def start_count(tx: Transaction, command: StartCount) -> int | Refused:
    if refused := require_location(tx.db, command.location):
        return refused
    number, is_open = tx.db.execute(
        "SELECT coalesce(max(number), 0), count(*) FILTER (WHERE state = 'open') FROM stock_count"
    ).fetchone()
    if is_open >= OPEN_LIMIT:
        return Refused("too_many_counts", {"limit": OPEN_LIMIT})
    tx.append(CountStarted(number + 1, command.location, command.blind, command.category))
    return int(number + 1)


def count_line(tx: Transaction, command: CountLine) -> CountResult | Refused:
    number = command.count
    count = tx.db.execute(_OPEN, (number,)).fetchone()
    if count is None:
        return Refused("no_count", {"count": number})
    product = find_product(tx.db, command.sku)
    if product is None:
        return Refused("unknown_sku", {"sku": command.sku})
    sku, box = product.sku, product.box or 0
    if count[2] and product.category != count[2]:
        return Refused("count_other_category", {"sku": sku})
    if command.boxes and not box:
        return Refused("no_boxes", {"sku": sku})
    boxes_found, units = closed_and_loose(product, command.boxes, command.units)
    if product.unit == "piece" and units % THOUSANDTHS:
        return Refused("pieces_moved_whole", {"sku": sku})
    if command.expiry and day_of(command.expiry) is None:
        return Refused("expiry_wrong", {"sku": sku, "expiry": command.expiry})
    found = boxes_found * box * THOUSANDTHS + units
    line = tx.db.execute(_LINE, (number, sku, command.lot)).fetchone()
    if line is None:
        if (
            tx.db.execute("SELECT count(*) FROM stock_count_line WHERE number = ?", (number,)).fetchone()[0]
            >= LINES_LIMIT
        ):
            return Refused("count_full", {"limit": LINES_LIMIT})
        quantity, boxes, looks = found, boxes_found, 1
        expected = _held(tx.db, sku, count[0], command.lot)
    else:
        was, was_boxes, expected, looks, person = line
        if not command.mode and person != tx.actor.name:
            return Refused("counted_by_other", {"sku": sku, "quantity": show_quantity(was)})
        if command.mode == "replace":
            quantity, boxes, looks = found, boxes_found, looks + 1
            expected = _held(tx.db, sku, count[0], command.lot)
        else:
            quantity, boxes = was + found, was_boxes + boxes_found
    if quantity > MOST:
        return Refused("quantity_large", {"sku": sku, "most": MOST // THOUSANDTHS})
    tx.append(CountScanned(number, sku, command.lot, command.expiry, quantity, boxes, box, expected, looks))
    again = looks < 2 and rules.far_off(expected, quantity)
    if count[1]:
        return CountResult(sku, quantity, boxes, looks, again)
    return CountResult(sku, quantity, boxes, looks, again, expected, quantity - expected)


def post_count(tx: Transaction, command: PostCount) -> PostedCount | Refused:
    number = command.count
    count = tx.db.execute(_OPEN, (number,)).fetchone()
    if count is None:
        return Refused("no_count", {"count": number})
    location = str(count[0])
    lines = tx.db.execute(_LINES, (number,)).fetchall()
    rest = [sku for (sku,) in tx.db.execute(_REST, (location, number, count[2], LINES_LIMIT))]
    if not lines and not command.empty_rest:
        return Refused("count_empty", {"count": number})
    again = [line[0] for line in lines if line[7] < 2 and rules.far_off(line[6], line[3])]
    if again and not command.accepted:
        return Refused("count_look_again", {"lines": len(again), "sku": again[0]})
    moves: list[Move] = []
    differing = 0
    for sku, lot, expiry, quantity, boxes, box, expected, _ in lines:
        differing += quantity != expected
        moves += _difference(tx, location, sku, lot, expiry, quantity - expected, boxes, box)
    if command.empty_rest:
        for sku in rest:
            rows = rows_at(tx.db, sku, location, tx.business_date)
            moves += rules.set_to(sku, rows, 0, 0, max((row.box for row in rows), default=0), location)
    for at in range(0, len(moves), MOVES_AN_EVENT):
        tx.append(StockMoved("counted", tuple(moves[at : at + MOVES_AN_EVENT]), "count", document=f"count {number}"))
    tx.append(CountEnded(number, "posted"))
    return PostedCount(len(lines), differing, 0 if command.empty_rest else len(rest))


def _difference(
    tx: Transaction, location: str, sku: str, lot: str, expiry: str, difference: int, boxes: int, box: int
) -> list[Move]:
    """What was found more or less than there was, put to what is there now: what was sold meanwhile stays sold."""
    rows = rows_at(tx.db, sku, location, tx.business_date, box)
    if lot:
        rows = [row for row in rows if row.lot == lot] or [rules.StockRow(location, lot, expiry, box=box)]
    held = sum(row.quantity for row in rows)
    if held + difference < 0:
        return rules.sell(sku, rows, -difference, location, lot) if difference < 0 else []
    return rules.set_to(sku, rows, held + difference, boxes, box, location)


def cancel_count(tx: Transaction, command: CancelCount) -> Refused | None:
    if tx.db.execute(_OPEN, (command.count,)).fetchone() is None:
        return Refused("no_count", {"count": command.count})
    tx.append(CountEnded(command.count, "cancelled"))
    return None


def _held(db: Connection, sku: str, location: str, lot: str) -> int:
    sql = "SELECT coalesce(sum(quantity), 0) FROM stock_row WHERE sku = ? AND location = ? AND (? = '' OR lot = ?)"
    return int(db.execute(sql, (sku, location, lot, lot)).fetchone()[0])
