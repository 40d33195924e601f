"""Move goods between locations, to quarantine, or into closed boxes, inside the transaction."""

from __future__ import annotations

from collections.abc import Iterable

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.goods.stock import rules
from edge.goods.stock.commands import MOST, CloseBox, SetAside, TransferLine, TransferStock
from edge.goods.stock.events import Move, StockMoved
from edge.goods.stock.locations import quarantine
from edge.goods.stock.moving.posting import StockAfter, require_unpromised, stock_after
from edge.goods.stock.rows import (
    QUARANTINE,
    breaks_pieces,
    closed_and_loose,
    find_stocked,
    kind_of,
    name_values,
    require_location,
    rows_at,
)
from edge.lib.units.quantity import THOUSANDTHS, show_quantity


def transfer_stock(tx: Transaction, command: TransferStock) -> None:
    source, target = command.from_location, command.to_location
    if source == target:
        raise Refusal("transfer_to_itself", {"location": source})
    require_location(tx.db, source)
    require_location(tx.db, target)
    out = carry_out(tx, source, command.lines, command.expiry)
    tx.append(StockMoved("transferred", (*out, *carry_into(out, target)), note=command.note))


def set_aside(tx: Transaction, command: SetAside) -> StockAfter:
    product = find_stocked(tx.db, command.sku)
    require_location(tx.db, command.location)
    if kind_of(tx.db, command.location) == QUARANTINE:
        raise Refusal("transfer_to_itself", {"location": command.location})
    box = product.box or 0
    if command.boxes and not box:
        raise Refusal("no_boxes", {"sku": product.sku})
    boxes, units = closed_and_loose(product, command.boxes, command.units)
    quantity = boxes * box * THOUSANDTHS + units
    if not 0 < quantity <= MOST:
        raise Refusal("quantity_zero" if not quantity else "quantity_large", {"sku": product.sku, "most": MOST})
    out = carry_out(tx, command.location, [TransferLine(product.sku, quantity, command.lot)])
    target = quarantine(tx)
    arrived = carry_into(out, target)
    there = rows_at(tx.db, product.sku, target, tx.business_date, box)
    tx.append(StockMoved("transferred", (*out, *arrived), command.cause, command.note))
    return stock_after(product.sku, target, box, there, arrived)


def carry_out(tx: Transaction, source: str, lines: Iterable[TransferLine], expiry: str | None = None) -> list[Move]:
    """Movements that take goods out of a location for a transfer; closed boxes stay closed where possible.

    `expiry`: only goods with exactly the line's lot and this expiry date. Raises `Refusal` for repeated lines,
    fractions of pieces and missing stock.
    """
    moves: list[Move] = []
    seen: dict[str, set[str]] = {}
    for line in lines:
        product = find_stocked(tx.db, line.sku)
        sku, box = product.sku, product.box or 0
        if line_again(seen, sku, line.lot):
            raise Refusal("line_twice", {"sku": sku})
        quantity = line.quantity * product.units  # in units, even if a case was scanned
        if breaks_pieces(tx.db, product, quantity):
            raise Refusal("pieces_moved_whole", {"sku": sku})
        rows = rows_at(tx.db, sku, source, tx.business_date, box)
        if expiry is not None:
            rows = [row for row in rows if (row.lot, row.expiry) == (line.lot, expiry)]
        mine = rules.first_expired_first(row for row in rows if line.lot in ("", row.lot))
        out, lacking = rules.take(sku, mine, quantity, closed_first=True)
        if lacking:
            there = show_quantity(quantity - lacking)
            raise Refusal("stock_short", {"sku": sku, **name_values(product), "on_hand": there})
        moves += out
        require_unpromised(tx, sku, source, moves)
    return moves


def line_again(seen: dict[str, set[str]], sku: str, lot: str) -> bool:
    """Whether an earlier line has the same goods (several lots of a product may each have a line). Marks the line as
    seen."""
    lots = seen.setdefault(sku, set())
    if lots and (not lot or "" in lots or lot in lots):
        return True
    lots.add(lot)
    return False


def carry_into(out: Iterable[Move], target: str) -> list[Move]:
    """Movements that bring outgoing goods into another location."""
    moves = []
    for move in out:
        closed = -move.boxes - move.opened
        moves.append(Move(move.sku, -move.delta, closed, move.box if closed else 0, 0, target, move.lot, move.expiry))
    return moves


def close_box(tx: Transaction, command: CloseBox) -> StockAfter:
    product = find_stocked(tx.db, command.sku)
    if not product.box:
        raise Refusal("no_boxes", {"sku": product.sku})
    require_location(tx.db, command.location)
    sku, box = product.sku, product.box
    left, moves = command.boxes, []
    rows = rows_at(tx.db, sku, command.location, tx.business_date, box)
    for row in rules.first_expired_first(rows):
        closed = min(left, max(0, row.loose) // (box * THOUSANDTHS))
        if closed:
            moves.append(Move(sku, 0, closed, box, 0, row.location, row.lot, row.expiry))
            left -= closed
    if left:
        raise Refusal("too_few_units", {"sku": sku, "boxes": command.boxes - left})
    tx.append(StockMoved("boxed", tuple(moves)))
    return stock_after(sku, command.location, box, rows, moves)
