"""An order on paper."""

from __future__ import annotations

from edge.shop.orders.order import KeptOrder
from edge.shop.printing.document import Document, TemplateBlock
from edge.shop.till.settings import TillSettings


def picking(order: KeptOrder, settings: TillSettings) -> Document:
    """What whoever picks or makes it needs."""
    lines = [
        {"names": line.names, "quantity": line.quantity, "unit": line.unit} for line in order.goods.sold if line.sku
    ]
    data = {
        "shop": {"currency": order.currency, "zone": settings.zone},
        "order": {
            **{field: getattr(order, field) for field in ("said", "fulfilment", "version", "placed_us", "place")},
            **{field: getattr(order, field) for field in ("slot_from_us", "name", "phone", "address", "note")},
            "lines": lines,
            "min_age": order.goods.min_age,
        },
    }
    return Document(settings.language, (TemplateBlock("orders/pick", data),))
