"""Post stock movements inside the transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import msgspec

from edge.core.memo import Memo
from edge.core.messages import RecordedEvent, Refusal
from edge.core.registry import Transaction
from edge.foundation.access.rights import MANAGE
from edge.goods.catalog.product import expected_expiry
from edge.goods.catalog.queries import CatalogProduct, find_by_sku
from edge.goods.stock import rules
from edge.goods.stock.commands import (
    MOST,
    Moved,
    MoveStock,
    RecordMovement,
)
from edge.goods.stock.counting import late
from edge.goods.stock.events import OTHER_TILL, Move, PourRest, StockMoved
from edge.goods.stock.lists.listings import read_selling_places
from edge.goods.stock.location import MAIN
from edge.goods.stock.moving.costs import WORTH_LIMIT
from edge.goods.stock.moving.pours import book_pour, rows_taken_by
from edge.goods.stock.moving.receipts import note_sold_short
from edge.goods.stock.queries import read_stock
from edge.goods.stock.rows import (
    breaks_pieces,
    called_by,
    closed_and_loose,
    cost_of_one,
    find_stocked,
    first_look,
    holder_named,
    known_expiries,
    name_values,
    on_hand_at,
    require_location,
    reserved_at,
    rows_at,
    rows_of,
)
from edge.goods.stock.rules import StockRow
from edge.lib.units.dates import day_of
from edge.lib.units.quantity import LIMIT, SERVICE, THOUSANDTHS, show_quantity

MOVES_LIMIT = 10_000
"""Maximum products per command, enough for a basket full of bundles. A larger delivery is split."""
ON_HAND_LIMIT = 10**15
"""Largest quantity on hand in thousandths, positive or negative, that a person can enter.

It leaves room for all sales within SQLite's integers (2**63).
"""
_AVERAGE = "SELECT on_hand, average_micro FROM stock WHERE sku = ?"
_HOLDERS = """
    SELECT holder, said FROM stock_claim WHERE sku = ? AND location = ? AND kind = 'reserved' ORDER BY seq DESC LIMIT 3
"""
PLAIN_LIMIT = 10_000
"""Maximum entries of `_PLAIN`; above this it is cleared."""
SELLS_FROM = Memo(read_selling_places, "stock_register")
"""The locations that registers sell from, if not `MAIN`."""
BY_TILL = frozenset({"sale", "void", "refund", "damaged"})
SIGNS: Mapping[str, int] = MappingProxyType({"received": 1, "lost": -1})
"""Direction of a movement by reason; reasons not listed allow both."""


class StockAfter(msgspec.Struct, frozen=True):
    """A product's stock at a location after a movement, and the change; units in thousandths.

    `since`: the quantity booked between a late count and now, which was added to it.
    """

    sku: str
    location: str
    boxes: int
    units: int
    total: int
    boxes_change: int
    units_change: int
    since: int = 0


def move_stock(tx: Transaction, command: MoveStock) -> None:
    if len(command.moves) > MOVES_LIMIT:
        raise Refusal("too_many_moves", {"limit": MOVES_LIMIT})
    if not tx.is_child:
        _require_movable(tx, command)
    location = command.location or (SELLS_FROM.of(tx).get(tx.actor.register, MAIN) if tx.is_child else MAIN)
    taken, poured_at = rows_taken_by(tx, command.undoes) if command.undoes else ({}, {})
    rows, services = _rows_of(tx, command.moves, location)
    moves: list[Move] = []
    rests = dict[str, PourRest]()
    for move in command.moves:
        if move.sku in services:
            continue
        place = poured_at.get(move.sku, location) if move.of else location
        if move.of:
            move = book_pour(tx, move, place, rests)
        if move.delta < 0 and move.sku not in taken:
            here = rows.get(move.sku, [])
            sold = rules.sell(move.sku, here, -move.delta, location, move.lot)
            moves += sold
            if here:  # the same product may come again, from another lot
                rows[move.sku] = after(here, sold)
        elif move.delta:
            moves += _back(tx, command, move, taken.get(move.sku, ()), place)
    if moves or rests:
        cause = f"{OTHER_TILL}{command.till}" if command.till else ""
        tx.append(
            StockMoved(command.reason, tuple(moves), cause, document=command.document, rests=tuple(rests.values()))
        )


def _follow_plain(plain: set[tuple[str, str]], fact: RecordedEvent) -> bool:
    """Forget products that get a box, lot or expiry date."""
    if not isinstance(fact.event, StockMoved):
        return False
    plain.difference_update(
        (move.sku, move.location) for move in fact.event.moves if move.boxes or move.lot or move.expiry
    )
    return True


_PLAIN: Memo[set[tuple[str, str]]] = Memo(lambda db: set(), "product", "stock_row", follow=_follow_plain)
"""Products and locations known to have no boxes, lots or expiry dates, until a fact may change that."""


def _rows_of(tx: Transaction, moves: Sequence[Moved], location: str) -> tuple[dict[str, list[StockRow]], set[str]]:
    """Like `rows_of`, but products without boxes, lots and expiry dates are read only once."""
    plain = _PLAIN.of(tx)
    unsure = {move.sku for move in moves if (move.sku, location) not in plain}
    if not unsure:
        return {}, set()
    rows, services = rows_of(tx.db, unsure, location, tx.business_date)
    if len(plain) > PLAIN_LIMIT:
        plain.clear()
    plain.update((sku, location) for sku in unsure if sku not in rows and sku not in services)
    return rows, services


def _back(tx: Transaction, command: MoveStock, move: Moved, taken: Sequence[Move], location: str) -> list[Move]:
    """Movements that return goods to the rows they came from; for a negative quantity, that take them out again."""
    sold, before = _by_lot(command.sold, move.sku), _by_lot(command.before, move.sku)
    scanned = {lot: quantity for lot, quantity in sold.items() if lot}
    rows = rules.returning(taken, move.lot, scanned, before)
    moves, rest = rules.put_back(abs(move.delta), rows)
    if rest:  # rounding may return a thousandth more of a pour than its sale took
        row = (location, move.lot, next(iter(known_expiries(tx.db, move.sku, location, move.lot)), ""))
        if taken and not move.lot:
            row = (taken[-1].location, taken[-1].lot, taken[-1].expiry)
        moves.append(Move(move.sku, rest, 0, 0, 0, *row))
    if move.delta < 0:
        moves = [msgspec.structs.replace(one, delta=-one.delta) for one in moves]
    return rules.merge_moves(moves)


def _by_lot(moves: Iterable[Moved], sku: str) -> dict[str, int]:
    """A product's quantities by scanned lot ("": none)."""
    found: dict[str, int] = {}
    for move in moves:
        if move.sku == sku:
            found[move.lot] = found.get(move.lot, 0) + abs(move.thousandths)
    return found


def _require_movable(tx: Transaction, command: MoveStock) -> None:
    """Raise `Refusal` if a person may not book this movement by hand."""
    if command.reason in BY_TILL:
        raise Refusal("moved_by_till", {"reason": command.reason})
    if not command.moves:
        raise Refusal("no_moves")
    require_location(tx.db, command.location or MAIN)
    sign, after = SIGNS.get(command.reason, 0), dict[str, int]()
    for move in command.moves:
        product = find_by_sku(tx.db, move.sku)
        if product is None:
            raise Refusal("unknown_sku", {"sku": move.sku})
        if product.unit == SERVICE:
            raise Refusal("service_no_stock", {"sku": move.sku})
        if move.of:
            raise Refusal("moved_by_till", {"reason": command.reason})
        if not move.delta:
            raise Refusal("quantity_zero", {"sku": move.sku})
        if abs(move.delta) > LIMIT:
            raise Refusal("quantity_large", {"sku": move.sku, "most": LIMIT // THOUSANDTHS})
        if move.delta * sign < 0:
            raise Refusal("moved_wrong_way", {"sku": move.sku, "reason": command.reason})
        if breaks_pieces(tx.db, product, move.delta):
            raise Refusal("pieces_moved_whole", {"sku": move.sku})
        after[move.sku] = after.get(move.sku, read_stock(tx.db, move.sku)) + move.delta
        if abs(after[move.sku]) > max(ON_HAND_LIMIT, abs(read_stock(tx.db, move.sku))):
            raise Refusal("stock_too_much", {"sku": move.sku})


def record_movement(tx: Transaction, command: RecordMovement) -> StockAfter:
    if command.reason == "produced" and not tx.is_child:
        raise Refusal("moved_by_work_order")
    product = find_stocked(tx.db, command.sku)
    if command.type == "adjust" and not tx.is_child and not tx.actor.may(MANAGE):
        raise Refusal("right_denied", {"command": "RecordMovement", "right": MANAGE})
    box = product.box or 0
    if product.units > 1:
        boxes, units = closed_and_loose(product, command.boxes, command.units)
        cost = cost_of_one(product, command.unit_cost_minor)
        command = msgspec.structs.replace(command, boxes=boxes, units=units, unit_cost_minor=cost)
    quantity = command.boxes * box * THOUSANDTHS + command.units
    since = 0
    if command.said_us and command.type == "adjust":
        since = late.moved_since(tx, command.said_us, product.sku, command.location, command.lot)
    late.require_moment(tx, command.said_us, product.sku)
    if since:
        boxes, quantity = late.counted_now(command.boxes, quantity, since, box)
        command = msgspec.structs.replace(command, boxes=boxes, units=quantity - boxes * box * THOUSANDTHS)
    on_hand, average = tx.db.execute(_AVERAGE, (product.sku,)).fetchone() or (0, None)
    _implausible(tx, command, product, quantity, on_hand)
    rows = rows_at(tx.db, product.sku, command.location, tx.business_date, box)
    if command.type == "in":
        moves = _incoming_moves(tx, command, product, rows, quantity)
    elif command.type == "adjust":
        mine, named = _of_lot(rows, command), bool(command.lot or command.expiry or command.exact)
        at = [StockRow(command.location, command.lot, command.expiry, box=box)] if named and not mine else mine
        moves = rules.set_to(product.sku, at, quantity, command.boxes, box, command.location, named)
        moves = moves or first_look(tx.db, product.sku, command.location)
    else:
        moves = _carried_out(tx, command, product.sku, rows, quantity)
    require_unpromised(tx, product.sku, command.location, moves)
    if moves:
        reason = rules.journal_reason(command.type, command.reason)
        cause = command.cause or command.reason
        cost = command.unit_cost_minor if command.type == "in" else None
        supplier = command.supplier if command.type == "in" else ""
        what = (reason, tuple(moves), cause, command.note, command.document, cost)
        tx.append(StockMoved(*what, supplier=supplier, said_us=command.said_us))
        if cost is not None:
            note_sold_short(tx, product.sku, on_hand, average, cost, command.document)
    after_it = stock_after(product.sku, command.location, box, rows, moves)
    return msgspec.structs.replace(after_it, since=since) if since else after_it


def _implausible(
    tx: Transaction, command: RecordMovement, product: CatalogProduct, quantity: int, on_hand: int
) -> None:
    """Raise `Refusal` for implausible values."""
    sku = product.sku
    require_location(tx.db, command.location)
    if command.boxes and not product.box:
        raise Refusal("no_boxes", {"sku": sku})
    sent = tx.is_child and command.reason == "transfer"  # a bottle that another store has opened arrives part-full
    if not sent and breaks_pieces(tx.db, product, command.units):
        raise Refusal("pieces_moved_whole", {"sku": sku})
    if command.type != "adjust" and not quantity:
        raise Refusal("quantity_zero", {"sku": sku})
    if quantity > MOST:
        raise Refusal("quantity_large", {"sku": sku, "most": MOST // THOUSANDTHS})
    if command.type == "in" and abs(on_hand + quantity) > ON_HAND_LIMIT:
        raise Refusal("stock_too_much", {"sku": sku})
    if command.type == "in" and quantity * (command.unit_cost_minor or 0) > WORTH_LIMIT:
        raise Refusal("cost_large", {"sku": sku})
    if command.expiry and day_of(command.expiry) is None:
        raise Refusal("expiry_wrong", {"sku": sku, "expiry": command.expiry})


def _incoming_moves(
    tx: Transaction, command: RecordMovement, product: CatalogProduct, rows: Sequence[StockRow], quantity: int
) -> list[Move]:
    sku, box = product.sku, product.box or 0
    if product.retired_us is not None:
        raise Refusal("retired", {"sku": sku, **name_values(product)})
    expiry, days = command.expiry, [day for day in known_expiries(tx.db, sku, command.location, command.lot) if day]
    if not expiry and not command.exact:  # a lot has one expiry date, whenever it arrives
        expiry = days[0] if days else expected_expiry(tx.business_date, product.expiry_days)
    if command.packed and day_of(command.packed) is None:
        raise Refusal("expiry_wrong", {"sku": sku, "expiry": command.packed})
    if expiry and expiry < command.packed:
        raise Refusal("expiry_before_packed", {"sku": sku, "expiry": expiry, "packed": command.packed})
    if expiry and expiry < tx.business_date:
        tx.ask("expiry_past", {"sku": sku, **name_values(product), "expiry": expiry}, command.lot)
    if days and expiry not in days:
        known = {"sku": sku, **name_values(product), "lot": command.lot, "expiry": min(days)}
        tx.ask("lot_date_differs", known, expiry)
    key = (command.location, command.lot, expiry)
    into = next((row for row in rows if _key(row) == key), StockRow(*key, box=box))
    same = () if command.exact else (row for row in rows if row.lot == command.lot and (row.lot or not row.expiry))
    return rules.bring(sku, into, [row for row in same if _key(row) != key], quantity, command.boxes, box)


def _key(row: StockRow) -> tuple[str, str, str]:
    return (row.location, row.lot, row.expiry)


def _carried_out(
    tx: Transaction, command: RecordMovement, sku: str, rows: Sequence[StockRow], quantity: int
) -> list[Move]:
    mine = _of_lot(rows, command)
    if command.type == "waste":  # expired goods are thrown away first
        mine = [msgspec.structs.replace(row, barred=False) for row in mine]
    held = sum(max(0, row.quantity) for row in mine)
    if quantity > held:
        if not command.down_to_zero:
            raise Refusal("stock_short", {"sku": sku, **called_by(tx.db, sku), "on_hand": show_quantity(held)})
        if not held:
            raise Refusal("quantity_zero", {"sku": sku})
        return [move for row in mine if row.quantity > 0 for move in rules.take(sku, [row], row.quantity)[0]]
    closed, _ = rules.take(sku, rules.first_expired_first(mine), quantity - command.units, closed_first=True)
    loose, _ = rules.take(sku, rules.first_expired_first(after(mine, closed)), command.units)
    return rules.merge_moves([*closed, *loose])


def after(rows: Iterable[StockRow], moves: Iterable[Move]) -> list[StockRow]:
    """The rows after movements that take goods from them; rows without a movement are omitted."""
    by_key = {(move.location, move.lot, move.expiry): move for move in moves}
    changed = []
    for row in rows:
        if move := by_key.get((row.location, row.lot, row.expiry)):
            row = msgspec.structs.replace(row, quantity=row.quantity + move.delta, boxes=row.boxes + move.boxes)
        changed.append(row)
    return changed


def _of_lot(rows: Iterable[StockRow], command: RecordMovement) -> list[StockRow]:
    """The rows that the command refers to."""
    if command.exact:
        return [row for row in rows if (row.lot, row.expiry) == (command.lot, command.expiry)]
    if not command.lot and not command.expiry:
        return list(rows)
    return [row for row in rows if row.lot == command.lot and command.expiry in ("", row.expiry)]


def require_unpromised(tx: Transaction, sku: str, location: str, moves: Iterable[Move]) -> None:
    """Raise `Refusal` (needs confirmation) if outgoing goods are reserved.

    The latest reservation is named first, as its holder will lack them.
    """
    delta = sum(move.delta for move in moves if (move.sku, move.location) == (sku, location))
    if delta >= 0:
        return
    reserved = reserved_at(tx.db, sku, location)
    left = on_hand_at(tx.db, sku, location) + delta
    if left >= reserved:
        return
    holders = ", ".join(holder_named(*row) for row in tx.db.execute(_HOLDERS, (sku, location)))
    values = {"reserved": show_quantity(reserved), "left": show_quantity(left), "holders": holders}
    tx.ask("stock_promised", {"sku": sku, **called_by(tx.db, sku), **values}, location)


def stock_after(sku: str, location: str, box: int, rows: Iterable[StockRow], moves: Iterable[Move]) -> StockAfter:
    """The stock at a location after movements, and the change.

    `rows`: the product's rows before, with closed boxes of this size.
    """
    here = [move for move in moves if (move.sku, move.location) == (sku, location)]
    change, delta = sum(move.boxes for move in here), sum(move.delta for move in here)
    boxes, total = change, delta
    for row in rows:
        boxes, total = boxes + row.boxes, total + row.quantity
    size = box * THOUSANDTHS
    return StockAfter(sku, location, boxes, total - boxes * size, total, change, delta - change * size)
