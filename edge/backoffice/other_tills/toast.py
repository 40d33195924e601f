"""Convert Toast orders to sales (doc.toasttab.com, Orders API; refunds: its RefundDetails and Refund). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from edge.backoffice.other_tills.sale import UNPAID, PosLine, PosSale
from edge.backoffice.other_tills.wire import (
    NotUnderstood,
    id_of,
    moment_us,
    object_of,
    objects_of,
    text_of,
    thousandths,
)
from edge.lib.units.money import exponent

PAID = frozenset({"PAID", "CLOSED"})
UNITS: Mapping[str, str] = MappingProxyType({"LB": "lb", "OZ": "oz", "KG": "kg", "G": "g"})
_MOMENTS = ("closedDate", "paidDate", "openedDate")
_REFUNDED = ("refundAmount", "taxRefundAmount")


def order_of_hook(body: Any) -> tuple[dict[str, Any], str] | None:
    """The order in a webhook, and the restaurant's id; None if it has no order (stock)."""
    details = object_of(object_of(body, "body").get("details"), "details")
    if not isinstance(order := details.get("order"), dict):
        return None
    return order, text_of(details.get("restaurantGuid"))


def sales_of(pos: str, order: Any, restaurant: str, currency: str) -> Iterator[PosSale]:
    """The sales of an order: a sale or void, and its refunds; none for a future or test order. Unpaid orders give a
    void, as they may have been paid before being reopened. Raises `NotUnderstood`.

    A refund returns money only: food isn't restocked, except items that the shop marks so (`PosItem.restock`).
    """
    order = object_of(order, "order")
    if order.get("createdInTestMode") or text_of(order.get("approvalStatus")) == "FUTURE":
        return
    id = id_of(order.get("guid"), "guid")
    version = moment_us(order.get("modifiedDate"), "modifiedDate")
    checks = objects_of(order.get("checks"))
    gone = order.get("voided") or order.get("deleted") or (checks and all(map(_is_gone, checks)))
    at_us = moment_us(next(filter(None, map(order.get, _MOMENTS)), order["modifiedDate"]), "closedDate")
    if gone:
        yield PosSale(pos, id, version, "void", restaurant, at_us, currency, 0)
        return
    paid = [check for check in checks if not _is_gone(check) and text_of(check.get("paymentStatus")) in PAID]
    if not paid:
        yield PosSale(pos, id, version, "void", restaurant, at_us, currency, 0, refund_of=UNPAID)
        return
    lines = tuple(line for check in paid for line in _selection_lines(check.get("selections"), currency))
    total = sum(line.total_minor for line in lines)
    if any("totalAmount" in check for check in paid):
        total = sum(_minor(check.get("totalAmount", 0), currency) for check in paid)
    yield PosSale(pos, id, version, "sale", restaurant, at_us, currency, total, lines)
    moments = _refund_moments(paid)
    for number, of in _refunds_of(paid).items():
        lines = tuple(line for one in of if _is_whole(one, currency) for line in _selection_lines([one], currency))
        back = sum(_minor(_details(one).get(name) or 0, currency) for one in of for name in _REFUNDED)
        when_us = moment_us(moments.get(number) or order["modifiedDate"], "refundDate")
        yield PosSale(pos, number or id, version, "refund", restaurant, when_us, currency, -back, lines, id, False)


def _refunds_of(checks: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Refunded selections at any depth, by refund id. Nested ones belong to the same refund."""
    found: dict[str, list[dict[str, Any]]] = {}
    left = [one for check in checks for one in objects_of(check.get("selections"))]
    while left:
        one = left.pop(0)
        if _is_gone(one):
            continue
        if details := _details(one):
            found.setdefault(_transaction(details), []).append(one)
        else:
            left += objects_of(one.get("modifiers"))
    return found


def _refund_moments(checks: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The time of each payment refund, by its id."""
    payments = (object_of(one, "payments") for check in checks for one in objects_of(check.get("payments")))
    refunds = [one["refund"] for one in payments if isinstance(one.get("refund"), dict)]
    return {_transaction(one): one.get("refundDate") for one in refunds}


def _is_whole(selection: dict[str, Any], currency: str) -> bool:
    """Whether a selection's full price was refunded. A partial refund returns money only."""
    price = _minor(selection.get("price") or 0, currency)
    return _minor(_details(selection).get("refundAmount") or 0, currency) >= price


def _details(selection: dict[str, Any]) -> dict[str, Any]:
    """The refund details of a selection; empty if there are none."""
    found = selection.get("refundDetails")
    return found if isinstance(found, dict) and found.get("refundAmount") else {}


def _transaction(refund: dict[str, Any]) -> str:
    """The id shared by the refunds of one transaction ("": none given)."""
    found = refund.get("refundTransaction")
    return text_of(found.get("guid"), 120) if isinstance(found, dict) else ""


def _is_gone(part: dict[str, Any]) -> bool:
    return bool(part.get("voided") or part.get("deleted"))


def _selection_lines(part: Any, currency: str) -> Iterator[PosLine]:
    """Selections and their modifiers, which are nested selections."""
    for one in objects_of(part):
        if _is_gone(one):
            continue
        name = text_of(one.get("displayName"), 200)
        item = one.get("item")
        id = text_of(item.get("guid")) if isinstance(item, dict) else ""
        quantity = thousandths(one.get("quantity", 1), "quantity")
        unit = UNITS.get(text_of(one.get("unitOfMeasure")), "")
        if quantity:
            yield PosLine(id or f"name:{name}"[:120], quantity, name, "", unit, _minor(one.get("price") or 0, currency))
        yield from _selection_lines(one.get("modifiers"), currency)


def _minor(part: Any, currency: str) -> int:
    try:
        return round(Decimal(str(part)).scaleb(exponent(currency)))
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise NotUnderstood("price") from error
