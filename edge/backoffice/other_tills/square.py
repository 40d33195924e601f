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
    whole_number,
)

MONEY_ALONE = frozenset({"CUSTOM_AMOUNT", "GIFT_CARD"})
UNITS: Mapping[str, str] = MappingProxyType(
    {"METRIC_GRAM": "g", "METRIC_KILOGRAM": "kg", "IMPERIAL_WEIGHT_OUNCE": "oz", "IMPERIAL_POUND": "lb"}
)


def order_of_hook(body: Any) -> str:
    """The order that a webhook is about; "" if none (inventory, a test)."""
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
    version = whole_number(order.get("version", 1), "version")
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
    returns = objects_of(order.get("returns"))
    for at, (back, amount) in enumerate(zip(returns, _returned_amounts(order, returns), strict=True)):
        number = id if not at else f"{id}/{at}"
        lines = tuple(line for item in objects_of(back.get("return_line_items")) for line in _lines(item, "return_"))
        of = text_of(back.get("source_order_id")) or UNLINKED
        yield PosSale(pos, number, version, "refund", place, at_us, currency, -amount, lines, of)


def _returned_amounts(order: dict[str, Any], returns: list[dict[str, Any]]) -> list[int]:
    """The refunded amount of each return: the one stated, or its items' share of the order's total refund."""
    own = [_total_of(back.get("return_amounts")) for back in returns]
    items = [sum(_total_of(item) or 0 for item in objects_of(back.get("return_line_items"))) for back in returns]
    whole = _total_of(order.get("return_amounts"))
    open_items = [0 if amount is not None else said for amount, said in zip(own, items, strict=True)]
    rest = sum(open_items) if whole is None else whole - sum(amount or 0 for amount in own)
    if not any(open_items):
        open_items = [int(amount is None) for amount in own]
    found, seen, given = list[int](), 0, 0
    for amount, said in zip(own, open_items, strict=True):
        seen += said
        part = rest * seen // max(sum(open_items), 1) - given
        given += part
        found.append(part if amount is None else amount)
    return found


def _total_of(said: Any) -> int | None:
    """The amount of an object's `total_money` without its sign; None if it has none."""
    money = object_of(object_of(said or {}, "return_amounts").get("total_money") or {}, "total_money")
    return abs(int(money["amount"])) if money.get("amount") is not None else None


def _lines(item: dict[str, Any], back: str = "") -> Iterator[PosLine]:
    """The lines of an item; with `back`, of a returned item, whose modifiers have another field name."""
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
