"""What a conversation does to the stock, through the door; and how that is taken back."""

from __future__ import annotations

from typing import Literal, cast

import msgspec

from edge.core.messages import Done, Refused
from edge.core.registry import Transaction
from edge.lib.i18n import translate, words
from edge.lib.units.quantity import THOUSANDTHS
from edge.shop.access.rights import MANAGE, STOCK
from edge.shop.assistant.dialogue import Deed, MovementShown
from edge.shop.assistant.phrasing import moved, say
from edge.shop.catalog.queries import StockedProduct, find_by_sku
from edge.shop.stock.commands import MovementReason, MovementType, RecordMovement
from edge.shop.stock.queries import StockItem, read_item

ASKS = frozenset({"expiry_past", "lot_date_differs", "stock_promised"})
"""Refusals that a yes overrules."""
_BACK: dict[str, MovementType] = {"out": "in", "waste": "in", "in": "out"}
NOTE = "chat"


class WantedMovement(msgspec.Struct, frozen=True):
    """A movement that is known in full: boxes, and loose units in thousandths."""

    product: StockedProduct
    verb: MovementType
    boxes: int
    units: int
    cause: str = ""
    down_to_zero: bool = False
    confirmed: bool = False


def may_move(tx: Transaction, verb: str) -> str:
    """Why the person who speaks may not, as a key of section `chat`; "": they may."""
    if not (tx.actor.may(MANAGE) or tx.actor.may(STOCK)):
        return "not_allowed"
    return "not_allowed_count" if verb == "adjust" and not tx.actor.may(MANAGE) else ""


def item_of(tx: Transaction, sku: str) -> StockItem:
    """What is there of a product that is known."""
    found = read_item(tx.db, sku)
    assert found is not None, sku
    return found


def perform(tx: Transaction, wanted: WantedMovement) -> Deed | Refused:
    """Do it by the stock's own command, which looks at what is there once more."""
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
            note=NOTE,
            down_to_zero=wanted.down_to_zero,
            confirmed=wanted.confirmed,
        )
    )
    if isinstance(outcome, Refused):
        return outcome
    return _deed(outcome, wanted)


def _deed(outcome: Done, wanted: WantedMovement) -> Deed:
    after = outcome.result
    box = wanted.product.box or 0
    change = after.boxes_change * box * THOUSANDTHS + after.units_change
    boxes, units = wanted.boxes, wanted.units
    if wanted.verb != "adjust" and abs(change) != boxes * box * THOUSANDTHS + units:
        boxes, units = 0, abs(change)  # down to zero: what was there
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
    )


def told(product: StockedProduct, deed: Deed, language: str) -> str:
    """What a movement did: "-3 cans small cola"."""
    sign = -1 if deed.change < 0 else 1
    if deed.type == "adjust":
        return moved(product, 0, deed.change, language)
    return moved(product, sign * deed.boxes, sign * deed.units, language)


def shown(deed: Deed, undone: bool = False) -> MovementShown:
    """A movement as answers have it."""
    sign = -1 if deed.change < 0 else 1
    if deed.type == "adjust":
        return MovementShown(deed.sku, deed.type, 0, deed.change, deed.change, undone)
    return MovementShown(deed.sku, deed.type, sign * deed.boxes, sign * deed.units, deed.change, undone)


def take_back(tx: Transaction, deeds: tuple[Deed, ...], language: str) -> list[str] | str | Refused:
    """Undo these by opposite movements; the sentences of it. Text: why not, and then nothing moved."""
    for deed in deeds:
        if why := _cannot(tx, deed, language):
            return why
    lines = []
    for deed in reversed(deeds):
        product = find_by_sku(tx.db, deed.sku)
        assert product is not None
        command = _opposite(deed)
        if command is None:
            continue
        outcome = tx.do(command)
        if isinstance(outcome, Refused):
            return outcome
        lines.append(say(language, "undone", what=told(product, deed, language)))
    return lines


def _cannot(tx: Transaction, deed: Deed, language: str) -> str:
    """Why a movement cannot be taken back: nothing to take, or the goods moved since they were counted."""
    product = find_by_sku(tx.db, deed.sku)
    if product is None:
        return say(language, "undo_over")
    item = item_of(tx, deed.sku)
    name = product.names.get(language) or deed.sku
    if deed.type == "adjust" and (item.boxes, item.units) != (deed.boxes_after, deed.units_after):
        return say(language, "counted_moved", name=name)
    if deed.type == "in" and item.on_hand < deed.change:
        return say(language, "counted_moved", name=name)
    return ""


def _opposite(deed: Deed) -> RecordMovement | None:
    if not deed.change:
        return None
    if deed.type == "adjust":
        before_boxes, before_units = deed.boxes_after - deed.boxes_change, deed.units_after - deed.units_change
        return RecordMovement(deed.sku, "adjust", max(0, before_boxes), max(0, before_units), reason="count", note=NOTE)
    kind: Literal["in", "out", "waste", "adjust"] = _BACK[deed.type]
    return RecordMovement(deed.sku, kind, deed.boxes, deed.units, reason="returned" if kind == "in" else "", note=NOTE)


def refusal(refused: Refused, language: str) -> str:
    """The sentence of a refusal of the stock."""
    key = f"refused.{refused.code}"
    return translate(language, key, **refused.values) if key in words(language) else refused.code


def low(item: StockItem) -> bool:
    """Whether so little is left that somebody should know."""
    levels = any(level.status in ("low", "critical") for level in item.levels)
    return levels or item.status in ("low", "critical")
