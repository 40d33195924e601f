"""Convert Clover orders to sales (docs.clover.com, Orders API: with line items, modifications and refunds). Pure.

A line item is one piece, or `unitQty` thousandths of a unit. An order's version is the time of its last change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from edge.backoffice.other_tills.sale import UNPAID, PosLine, PosSale
from edge.backoffice.other_tills.wire import (
    NotUnderstood,
    id_of,
    object_of,
    objects_of,
    text_of,
    thousandths,
    whole_number,
)

SOLD = frozenset({"PAID", "REFUNDED", "PARTIALLY_REFUNDED", "MANUALLY_REFUNDED", "MANUALLY_PARTIALLY_REFUNDED"})
UNSOLD = frozenset({"", "OPEN", "PARTIALLY_PAID", "CREDITED"})
"""Payment states that aren't sales. CREDITED: money was returned without an order."""
UNITS: Mapping[str, str] = MappingProxyType(
    {
        **{"g": "g", "gram": "g", "grams": "g", "kg": "kg", "kilogram": "kg", "kilograms": "kg"},
        **{"oz": "oz", "ounce": "oz", "ounces": "oz", "lb": "lb", "lbs": "lb", "pound": "lb", "pounds": "lb"},
    }
)
MILLISECONDS_MOST = 2**53 // 1000
_CODE = re.compile(r"[A-Za-z0-9-]{8,64}")


def sales_of(pos: str, order: Any, merchant: str) -> Iterator[PosSale]:
    """The sales of an order: a sale or void, and its returns. Unpaid orders give a void, as they may have been paid
    before; test orders give nothing. Raises `NotUnderstood`.

    Refunded goods aren't restocked, except items that the shop marks so (`PosItem.restock`): Clover doesn't document
    whether they are returned.
    """
    order = object_of(order, "order")
    if order.get("testMode"):
        return
    id, version = id_of(order.get("id"), "id"), milliseconds(order.get("modifiedTime"), "modifiedTime")
    at_us = milliseconds(order.get("createdTime"), "createdTime") * 1000
    state, currency = text_of(order.get("paymentState")), text_of(order.get("currency"))
    if state not in SOLD:
        if state not in UNSOLD:
            raise NotUnderstood(f"paymentState {state}")
        yield PosSale(pos, id, version, "void", merchant, at_us, currency, 0, refund_of=UNPAID)
        return
    total = whole_number(order.get("total", 0), "total")
    items = elements_of(order, "lineItems")
    yield PosSale(pos, id, version, "sale", merchant, at_us, currency, total, _lines(items))
    refunds = [one for one in elements_of(order, "refunds") if not one.get("voided")]
    back = [item for item in items if item.get("refunded") or item.get("exchanged")]
    if refunds or back:
        amount = sum(_minor(one.get("amount"), "refunds.amount") for one in refunds)
        times = [milliseconds(one.get("createdTime"), "refunds.createdTime") for one in refunds]
        when_us = max(times, default=version) * 1000
        yield PosSale(
            pos, f"{id}/refund", version, "refund", merchant, when_us, currency, -amount, _lines(back), id, False
        )


def changes_of_hook(
    pos: str, body: Any, merchants: Mapping[str, str], currency: str
) -> tuple[list[str], list[PosSale]]:
    """The orders that a webhook names, as `MERCHANT/ORDER`, and voids of deleted ones. Other merchants of the app and
    other objects are left out. Raises `NotUnderstood`."""
    orders, voids = list[str](), list[PosSale]()
    for merchant, changes in object_of(object_of(body, "body").get("merchants"), "merchants").items():
        for change in objects_of(changes) if merchant in merchants else ():
            kind, _, id = text_of(change.get("objectId")).partition(":")
            if kind != "O" or not id:
                continue
            if text_of(change.get("type")) == "DELETE":
                at = milliseconds(change.get("ts"), "ts")
                voids.append(PosSale(pos, id, at, "void", merchant, at * 1000, currency, 0, refund_of=UNPAID))
            elif f"{merchant}/{id}" not in orders:
                orders.append(f"{merchant}/{id}")
    return orders, voids


def code_of_hook(body: Any) -> str:
    """The code that Clover sends unsigned to a new address, to be typed into Clover's page; "" if it isn't one."""
    code = body.get("verificationCode") if isinstance(body, dict) else None
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def milliseconds(part: Any, what: str) -> int:
    """A time in milliseconds since 1970. Raises `NotUnderstood`."""
    found = whole_number(part, what)
    if not 0 < found <= MILLISECONDS_MOST:
        raise NotUnderstood(what)
    return found


def elements_of(part: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects of an expanded list; empty if there is none.

    >>> elements_of({"refunds": {"elements": [{"id": "R"}]}}, "refunds"), elements_of({}, "refunds")
    ([{'id': 'R'}], [])
    """
    return objects_of(object_of(part.get(name) or {}, name).get("elements"))


def _lines(items: list[dict[str, Any]]) -> tuple[PosLine, ...]:
    """Lines for the items and their modifiers, with equal ones combined, as Clover has a line for each piece."""
    found: dict[tuple[str, str], PosLine] = {}
    for line in (line for item in items for line in _item_lines(item)):
        known = found.get((line.item, line.unit))
        quantity, total = (known.quantity, known.total_minor) if known else (0, 0)
        found[line.item, line.unit] = PosLine(
            line.item, quantity + line.quantity, line.name, line.code, line.unit, total + line.total_minor
        )
    return tuple(found.values())


def _item_lines(item: dict[str, Any]) -> Iterator[PosLine]:
    known = _reference(item, "item")
    if item.get("isRevenue") is False and not known:  # a gift card or a donation involves money only
        return
    name, units = text_of(item.get("name"), 200), whole_number(item.get("unitQty") or 1000, "unitQty")
    if units < 0:
        raise NotUnderstood("unitQty")
    unit = UNITS.get(text_of(item.get("unitName")).casefold(), "")
    price = (_minor(item.get("price"), "price") * units + 500) // 1000
    yield PosLine(known or f"name:{name}"[:120], units, name, text_of(item.get("itemCode"), 80), unit, price)
    for one in elements_of(item, "modifications"):
        name = text_of(one.get("name"), 200)
        each = thousandths(one.get("quantitySold") or 1, "modifications.quantitySold")
        price = (_minor(one.get("amount"), "modifications.amount") * units + 500) // 1000
        id = _reference(one, "modifier") or f"name:{name}"[:120]
        yield PosLine(id, (each * units + 500) // 1000, name, total_minor=price)


def _reference(part: dict[str, Any], name: str) -> str:
    found = part.get(name)
    return text_of(found.get("id")) if isinstance(found, dict) else ""


def _minor(part: Any, what: str) -> int:
    return 0 if part is None else whole_number(part, what)
