"""Stock movements of a conversation, made by commands, and how they are undone."""

from __future__ import annotations

from typing import cast

import msgspec

from edge.conversation.assistant.phrasing import say, say_movement
from edge.conversation.assistant.turns.dialogue import Deed, MovementShown, RowChange, WantedItem
from edge.conversation.understanding.whereabouts import Whereabouts
from edge.core.messages import Done, Refused
from edge.core.registry import Transaction
from edge.foundation.access.rights import MANAGE, STOCK
from edge.goods.catalog.queries import CatalogProduct, find_by_sku
from edge.goods.stock.commands import MovementReason, MovementType, RecordMovement, TransferLine, TransferStock
from edge.goods.stock.events import StockMoved
from edge.goods.stock.location import MAIN
from edge.goods.stock.queries import StockItem, read_item, read_place_names
from edge.lib.i18n import translate, words
from edge.lib.units.quantity import THOUSANDTHS

_BACK: dict[str, MovementType] = {"out": "in", "waste": "in", "in": "out"}
NOTE = "chat"


class WantedMovement(msgspec.Struct, frozen=True):
    """A fully specified movement: boxes, and loose units in thousandths."""

    product: CatalogProduct
    verb: MovementType
    boxes: int
    units: int
    cause: str = ""
    down_to_zero: bool = False
    answers: tuple[str, ...] = ()
    location: str = MAIN
    lot: str = ""
    expiry: str = ""
    note: str = ""


def movement_of(item: WantedItem, product: CatalogProduct, boxes: int, units: int) -> tuple[WantedMovement, str]:
    """The movement for an item, and its transfer target ("" if none)."""
    verb, cause = item.clause.verb, item.clause.cause
    source, target = item.where.ways(verb)
    said = item.down_to_zero, item.answers, source, item.where.lot, item.where.expiry, item.clause.note
    return WantedMovement(product, cast(MovementType, verb), boxes, units, cause, *said), target


def unit_of(tx: Transaction, deed: Deed) -> str:
    """The unit a movement was stated in: boxes, single units, or the product's measure ("")."""
    product = find_by_sku(tx.db, deed.sku)
    if deed.boxes and not deed.units:
        return "box"
    return "unit" if product is None or product.unit == "piece" else ""


def may_move(tx: Transaction, verb: str) -> str:
    """Why the speaker may not make the movement, as a key of section `chat`; "" if they may."""
    if not (tx.actor.may(MANAGE) or tx.actor.may(STOCK)):
        return "not_allowed"
    return "not_allowed_count" if verb == "adjust" and not tx.actor.may(MANAGE) else ""


def item_of(tx: Transaction, sku: str) -> StockItem:
    """The stock of a known product."""
    found = read_item(tx.db, sku)
    assert found is not None, sku
    return found


def perform(tx: Transaction, wanted: WantedMovement) -> Deed:
    """Make the movement with the stock command, which checks the stock again."""
    reason = cast(
        MovementReason, wanted.cause if wanted.verb == "waste" else "count" if wanted.verb == "adjust" else ""
    )
    outcome = tx.do(
        RecordMovement(
            wanted.product.sku,
            wanted.verb,
            wanted.boxes,
            wanted.units,
            reason=reason,
            location=wanted.location,
            lot=wanted.lot,
            expiry=wanted.expiry,
            note=wanted.note or NOTE,
            down_to_zero=wanted.down_to_zero,
            answers=wanted.answers,
        )
    )
    return _deed_of(tx, outcome, wanted)


def _deed_of(tx: Transaction, outcome: Done, wanted: WantedMovement) -> Deed:
    after = outcome.result
    box = wanted.product.box or 0
    change = after.boxes_change * box * THOUSANDTHS + after.units_change
    boxes, units = wanted.boxes, wanted.units
    if wanted.verb != "adjust" and abs(change) != boxes * box * THOUSANDTHS + units:
        boxes, units = 0, abs(change)  # stock went down to zero: report the quantity that was left
    return Deed(
        wanted.product.sku,
        wanted.verb,
        boxes,
        units,
        change,
        after.boxes_change,
        after.units_change,
        after.total,
        after.boxes,
        after.units,
        wanted.location,
        lot=wanted.lot,
        expiry=wanted.expiry,
        rows=_row_changes(tx, outcome, wanted),
    )


def _row_changes(tx: Transaction, outcome: Done, wanted: WantedMovement) -> tuple[RowChange, ...]:
    """Return the lots that a movement changed, as reported by stock."""
    size, changes = (wanted.product.box or 0) * THOUSANDTHS, []
    held = _stock_by_lot(tx, wanted.product.sku, wanted.location)
    for event in outcome.events:
        for move in event.moves if isinstance(event, StockMoved) else ():
            if (move.sku, move.location) != (wanted.product.sku, wanted.location):
                continue
            left, boxes_left = held.get((move.lot, move.expiry), (0, 0))
            closed = move.boxes + move.opened if size else 0
            changes.append(RowChange(move.lot, move.expiry, move.delta, closed, left, boxes_left))
    return tuple(changes)


def _stock_by_lot(tx: Transaction, sku: str, location: str) -> dict[tuple[str, str], tuple[int, int]]:
    """A product's quantity and closed boxes at a place, by lot and expiry date."""
    rows = (row for row in item_of(tx, sku).rows if row.location == location)
    return {(row.lot, row.expiry): (row.total, row.boxes) for row in rows}


def carry(tx: Transaction, wanted: WantedMovement, target: str) -> Deed:
    """Transfer to another location with the stock command."""
    quantity = wanted.boxes * (wanted.product.box or 0) * THOUSANDTHS + wanted.units
    line = TransferLine(wanted.product.sku, quantity, wanted.lot)
    outcome = tx.do(TransferStock(wanted.location, target, (line,), NOTE, answers=wanted.answers))
    sku, boxes, units = wanted.product.sku, wanted.boxes, wanted.units
    rows = _row_changes(tx, outcome, wanted)
    return Deed(sku, "move", boxes, units, 0, 0, 0, 0, 0, 0, wanted.location, target, wanted.lot, rows=rows)


def say_deed(tx: Transaction, product: CatalogProduct, deed: Deed, language: str) -> str:
    """A movement's effect in words: "-3 cans small cola"."""
    sign = -1 if deed.change < 0 else 1
    boxes, units = (0, deed.change) if deed.type == "adjust" else (sign * deed.boxes, sign * deed.units)
    where = Whereabouts(at=deed.location, target=deed.target, lot=deed.lot, expiry=deed.expiry)
    return say_places(tx, say_movement(product, boxes, units, language), where, language)


def say_places(tx: Transaction, what: str, where: Whereabouts, language: str) -> str:
    """The movement with its places, lot and expiry date if stated; `at`: where the goods are or leave from."""
    if where.target:
        names = {"source": place_name(tx, where.at, language), "target": place_name(tx, where.target, language)}
        what = say(language, "carried", what=what, **names)
    elif where.at not in ("", MAIN):
        what = say(language, "at_place", what=what, place=place_name(tx, where.at, language))
    if where.lot:
        what = say(language, "of_lot", what=what, lot=where.lot)
    return say(language, "until_day", what=what, day=where.expiry) if where.expiry else what


def place_name(tx: Transaction, place: str, language: str) -> str:
    """The name of a location."""
    names = read_place_names(tx.db, place) or {}
    unnamed = say(language, "shop_itself") if place == MAIN else place
    return names.get(language) or next(iter(names.values()), unnamed)


def as_shown(deed: Deed, undone: bool = False) -> MovementShown:
    """A movement as shown in answers."""
    sign = -1 if deed.change < 0 else 1
    moved_by = (0, deed.change) if deed.type == "adjust" else (sign * deed.boxes, sign * deed.units)
    where = deed.location, deed.target, deed.lot, deed.expiry
    return MovementShown(deed.sku, deed.type, *moved_by, deed.change, undone, *where)


def take_back(tx: Transaction, deeds: tuple[Deed, ...], language: str) -> list[str] | str:
    """Undo these movements by opposite ones. Returns their sentences, or a text with the reason; then nothing moved."""
    for deed in deeds:
        if why := _cannot(tx, deed, language):
            return why
    lines = []
    for deed in reversed(deeds):
        product = find_by_sku(tx.db, deed.sku)
        assert product is not None
        commands = _opposite(tx, deed)
        for command in commands:
            again = isinstance(command, RecordMovement) and command.type == "in"  # even if it has expired since
            tx.do(command, asks=not again)
        if commands:
            lines.append(say(language, "undone", what=say_deed(tx, product, deed, language)))
    return lines


def _cannot(tx: Transaction, deed: Deed, language: str) -> str:
    """Return the reason why a movement can't be undone: its product is gone, or the goods moved after a count.

    "" if it can be undone.
    """
    product = find_by_sku(tx.db, deed.sku)
    if product is None:
        return say(language, "undo_over")
    name = product.names.get(language) or deed.sku
    if deed.rows:
        held = _stock_by_lot(tx, deed.sku, deed.target or deed.location)
        moved_on = any(not _is_there(deed, row, *held.get((row.lot, row.expiry), (0, 0))) for row in deed.rows)
        return say(language, "counted_moved", name=name) if moved_on else ""
    rows = [row for row in item_of(tx, deed.sku).rows if row.location == deed.location]
    there = sum(row.boxes for row in rows), sum(row.units for row in rows)
    if deed.type == "adjust" and there != (deed.boxes_after, deed.units_after):
        return say(language, "counted_moved", name=name)
    if deed.type == "in" and sum(row.total for row in rows) < deed.change:
        return say(language, "counted_moved", name=name)
    return ""


def _is_there(deed: Deed, row: RowChange, total: int, boxes: int) -> bool:
    """Whether the goods of a lot are still as counted, or as much is left as came in."""
    if deed.type == "adjust":
        return (total, boxes) == (row.left, row.boxes_left)
    return deed.type not in ("in", "move") or total >= abs(row.delta)


def _opposite(tx: Transaction, deed: Deed) -> list[RecordMovement | TransferStock]:
    """The commands that undo a movement, lot by lot."""
    if deed.type != "move" and not deed.change:
        return []
    if not deed.rows:
        return [_opposite_in_all(tx, deed)]
    product = find_by_sku(tx.db, deed.sku)
    size = ((product.box if product else 0) or 0) * THOUSANDTHS
    return [_opposite_of_row(deed, row, size) for row in deed.rows]


def _opposite_of_row(deed: Deed, row: RowChange, size: int) -> RecordMovement | TransferStock:
    if deed.type == "move":
        line = TransferLine(deed.sku, -row.delta, row.lot)
        return TransferStock(deed.target, deed.location, (line,), NOTE, expiry=row.expiry)
    if deed.type == "adjust":
        quantity, boxes = max(0, row.left - row.delta), max(0, row.boxes_left - row.boxes)
    else:
        quantity, boxes = abs(row.delta), abs(row.boxes)
    kind = _BACK.get(deed.type, "adjust")
    reason: MovementReason = "count" if kind == "adjust" else "returned" if kind == "in" else ""
    boxes = min(boxes, quantity // size) if size else 0
    units = quantity - boxes * size
    where = (deed.location, row.lot, row.expiry)
    return RecordMovement(deed.sku, kind, boxes, units, *where, reason, note=NOTE, exact=True)


def _opposite_in_all(tx: Transaction, deed: Deed) -> RecordMovement | TransferStock:
    if deed.type == "move":
        product = find_by_sku(tx.db, deed.sku)
        quantity = deed.boxes * ((product.box if product else 0) or 0) * THOUSANDTHS + deed.units
        return TransferStock(deed.target, deed.location, (TransferLine(deed.sku, quantity, deed.lot),), NOTE)
    if deed.type == "adjust":
        before = max(0, deed.boxes_after - deed.boxes_change), max(0, deed.units_after - deed.units_change)
        return RecordMovement(deed.sku, "adjust", *before, deed.location, deed.lot, reason="count", note=NOTE)
    kind = _BACK[deed.type]
    reason: MovementReason = "returned" if kind == "in" else ""
    amount = deed.boxes, deed.units
    return RecordMovement(deed.sku, kind, *amount, deed.location, deed.lot, reason=reason, note=NOTE)


def refusal(refused: Refused, language: str) -> str:
    """The sentence for a refusal by stock; its code if there is no sentence for it."""
    key = f"refused.{refused.code}"
    values = dict(refused.values)
    mark = f"_{language}"
    values |= {name.removesuffix(mark): own for name, own in refused.values.items() if own and name.endswith(mark)}
    return translate(language, key, **values) if key in words(language) else refused.code


def low(item: StockItem) -> bool:
    """Whether stock is low enough to mention."""
    levels = any(level.status in ("low", "critical") for level in item.levels)
    return levels or item.status in ("low", "critical")
