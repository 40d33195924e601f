"""Convert Square orders to sales (developer.squareup.com/reference/square/objects/Order). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from edge.backoffice.other_tills.sale import UNLINKED, PosLine, PosSale
from edge.backoffice.other_tills.wire import (
    NotUnderstood,
    id_of,
    moment_us,
    object_of,
    objects_of,
    text_of,
    thousandths,
)

MONEY_ALONE = frozenset({"CUSTOM_AMOUNT", "GIFT_CARD"})
UNITS: Mapping[str, str] = MappingProxyType(
    {"METRIC_GRAM": "g", "METRIC_KILOGRAM": "kg", "IMPERIAL_WEIGHT_OUNCE": "oz", "IMPERIAL_POUND": "lb"}
)


def order_of_hook(body: Any) -> str:
    """The order a webhook is about; "" if none (inventory, a test)."""
    data = object_of(object_of(body, "body").get("data"), "data")
    kind = text_of(object_of(body, "body").get("type"))
    return id_of(data.get("id"), "data.id") if kind.startswith("order.") else ""


def sales_of(pos: str, order: Any) -> Iterator[PosSale]:
    """The sales of an order: a sale, a void, and refunds; none while it's open. Raises `NotUnderstood`."""
    order = object_of(order, "order")
    state = text_of(order.get("state"))
    if state not in ("COMPLETED", "CANCELED"):
        return
    id, items = id_of(order.get("id"), "id"), objects_of(order.get("line_items"))
    version = order.get("version", 1)
    if not isinstance(version, int) or isinstance(version, bool):
        raise NotUnderstood("version")
    at_us = moment_us(order.get("closed_at") or order.get("updated_at"), "closed_at")
    money = object_of(order.get("total_money"), "total_money")
    place, currency, total = text_of(order.get("location_id")), text_of(money.get("currency")), money.get("amount")
    if not isinstance(total, int):
        raise NotUnderstood("total_money")
    if state == "CANCELED":
        yield PosSale(pos, id, version, "void", place, at_us, currency, 0)
        return
    if items or not order.get("returns"):
        lines = tuple(line for item in items for line in _lines(item))
        yield PosSale(pos, id, version, "sale", place, at_us, currency, total, lines)
    for at, back in enumerate(objects_of(order.get("returns"))):
        number = id if not at else f"{id}/{at}"
        lines = tuple(line for item in objects_of(back.get("return_line_items")) for line in _lines(item, "return_"))
        of = text_of(back.get("source_order_id")) or UNLINKED
        said = back.get("return_amounts") or ({} if at else order.get("return_amounts") or {})  # else the order's, once
        amount = object_of(object_of(said, "return_amounts").get("total_money") or {}, "total_money").get("amount", 0)
        yield PosSale(pos, number, version, "refund", place, at_us, currency, -abs(int(amount)), lines, of)


def _lines(item: dict[str, Any], back: str = "") -> Iterator[PosLine]:
    """The lines of an item, or (`back`) of a returned one, whose modifiers have another name."""
    quantity = thousandths(item.get("quantity", "1"), "quantity")
    if text_of(item.get("item_type")) in MONEY_ALONE or not quantity:
        return
    name, variation = text_of(item.get("name"), 100), text_of(item.get("variation_name"), 90)
    said = f"{name} {variation}".strip() if variation not in ("", "Regular") else name
    unit = object_of(object_of(item.get("quantity_unit") or {}, "").get("measurement_unit") or {}, "")
    total = object_of(item.get("total_money") or {}, "").get("amount", 0)
    id = text_of(item.get("catalog_object_id")) or f"name:{said}"[:120]
    yield PosLine(id, quantity, said, "", UNITS.get(text_of(unit.get("weight_unit")), ""), int(total))
    for one in objects_of(item.get(f"{back}modifiers")):
        each = thousandths(one.get("quantity", "1"), "modifiers.quantity")
        name = text_of(one.get("name"), 200)
        id = text_of(one.get("catalog_object_id")) or f"name:{name}"[:120]
        if each:
            yield PosLine(id, (each * quantity + 500) // 1000, name)
