"""Sample stock for the demo's assistant: boxed drinks that differ only by container."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from edge.core.messages import Command, Done
from edge.goods.catalog import codes
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import RecordMovement

FIRST = 9800
DRINKS = (
    ("Small cola can", "Petit cola canette", "קולה קטן פחית", "can", 24, 590),
    ("Small cola plastic bottle", "Petit cola bouteille plastique", "קולה קטן פלסטיק", "plastic", 12, 690),
    ("Small cola glass bottle", "Petit cola bouteille verre", "קולה קטן זכוכית", "glass", 12, 890),
    ("Ginger beer can", "Bière de gingembre canette", "בירה ג'ינג'ר פחית", "can", 24, 790),
)
THERE = ((5, 12_000), (3, 4_000), (0, 2_000), (4, 0))
"""Unopened boxes, and loose units in thousandths. One product has only two units, so that a larger quantity leads to a
question; it has no minimum stock, which would raise an alert."""


def drinks() -> tuple[Product, ...]:
    """Four drinks, numbered after the demo's catalogue."""
    return tuple(
        Product(
            str(number),
            {"en": en, "fr": fr, "he": he},
            (codes.in_store(number),),
            price_minor,
            "standard",
            container=container,
            box=box,
            minimum=10_000 if closed else 0,
        )
        for number, ((en, fr, he, container, box, price_minor), (closed, _)) in enumerate(
            zip(DRINKS, THERE, strict=True), FIRST
        )
    )


async def seed(do: Callable[[Command], Awaitable[Done]]) -> None:
    """Add the drinks to the catalogue and receive them into stock."""
    await do(SetProducts(drinks()))
    for product, (boxes, units) in zip(drinks(), THERE, strict=True):
        await do(RecordMovement(product.sku, "in", boxes, units, reason="delivery"))
