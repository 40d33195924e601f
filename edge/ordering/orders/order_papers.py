"""Order papers: picking list, changes, and cancellation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from edge.core.storage.database import Connection
from edge.counter.basket.event_structs import RecordedLine
from edge.counter.till.settings import TillSettings
from edge.foundation.printing.document import Document, TemplateBlock
from edge.foundation.printing.personal import seal_fields, sealed_name
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.order_lines import is_goods, taxed_minor

_PERSON = "SELECT person FROM shop_order WHERE id = ?"


def picking(db: Connection, order: KeptOrder, settings: TillSettings) -> Document:
    """The picking list."""
    return _paper(db, order, settings, [_line(line, line.quantity) for line in _lines_to_pick(order)])


def change(db: Connection, before: KeptOrder, order: KeptOrder, settings: TillSettings) -> Document:
    """The changes since the last paper, without unchanged lines."""
    was = {line.id: line.quantity for line in before.goods.sold_lines}
    now = {line.id: line.quantity for line in order.goods.sold_lines}
    lines = [
        _line(line, now.get(line.id, 0), was.get(line.id, 0))
        for line in order.goods.lines
        if now.get(line.id, 0) != was.get(line.id, 0) and is_goods(line)
    ]
    return _paper(db, order, settings, lines, "change")


def cancellation_paper(db: Connection, order: KeptOrder, settings: TillSettings) -> Document:
    """The list of goods to put back, for a cancelled order."""
    return _paper(db, order, settings, [_line(line, 0, line.quantity) for line in _lines_to_pick(order)], "cancelled")


def manifest(db: Connection, orders: list[KeptOrder], driver: str, settings: TillSettings) -> Document:
    """A driver's delivery list: each order with its recipient, address, and the amount due at the door.

    The amount is calculated with current taxes, less the advance.
    """
    listed: list[dict[str, Any]] = [
        {
            "said": order.said,
            "slot_from_us": order.slot_from_us,
            **_customer_fields(db, order),
            "total_minor": max(0, taxed_minor(order.goods, settings, order.held_advance) - order.advance_minor),
            "tip_minor": order.goods.tip_minor,
            "advance_minor": order.advance_minor,
            "min_age": order.goods.min_age,
        }
        for order in orders
    ]
    total_minor = sum(one["total_minor"] for one in listed)
    shop = {"currency": settings.currency, "zone": settings.zone}
    data = {"shop": shop, "driver": sealed_name(db, driver), "orders": listed, "total_minor": total_minor}
    return Document(settings.language, (TemplateBlock("orders/run", data),))


def _customer_fields(db: Connection, order: KeptOrder) -> dict[str, Any]:
    """The customer's data, encrypted in the stored paper and erased with the customer."""
    (person,) = db.execute(_PERSON, (order.id,)).fetchone()
    return seal_fields(db, person, {field: getattr(order, field) for field in ("name", "phone", "address", "note")})


def _lines_to_pick(order: KeptOrder) -> Iterator[RecordedLine]:
    return (line for line in order.goods.sold_lines if line.sku and is_goods(line))


def _line(line: RecordedLine, quantity: int, was: int = 0) -> dict[str, Any]:
    return {"names": line.names, "quantity": quantity, "was": was, "unit": line.unit}


def _paper(
    db: Connection,
    order: KeptOrder,
    settings: TillSettings,
    lines: list[dict[str, Any]],
    what: Literal["pick", "change", "cancelled"] = "pick",
) -> Document:
    data = {
        "shop": {"currency": order.currency, "zone": settings.zone},
        "order": {
            **{field: getattr(order, field) for field in ("said", "fulfilment", "version", "placed_us", "place")},
            "slot_from_us": order.slot_from_us,
            **_customer_fields(db, order),
            "what": what,
            "lines": lines,
            "min_age": order.goods.min_age,
            "advance_minor": order.advance_minor,
            "due_minor": order.due_minor,
        },
    }
    return Document(settings.language, (TemplateBlock("orders/pick", data),))
