"""The demo's purchasing: three suppliers with quantity discounts, a late order, a partial delivery, and suggestions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from edge.app.demo_shop import demo_catalog
from edge.app.demo_shop.demo_stock import BOXES
from edge.core.messages import Command, Done
from edge.goods.purchasing import commands as buying
from edge.goods.purchasing.rules import PriceBreak

SUPPLIERS = (
    buying.SetSupplier(
        "north-drinks",
        {"en": "North Drinks", "fr": "Boissons du Nord", "he": "משקאות הצפון"},
        lead_time_days=2,
        rating=4,
        minimum_order_minor=20_000,
        fee_minor=3_500,
        delivery_days=(1, 3, 7),
        contact_name="Yael Bar",
        phone="04-555-0140",
        email="orders@north-drinks.example",
    ),
    buying.SetSupplier(
        "valley-dairy",
        {"en": "Valley Dairy", "fr": "Laiterie de la Vallée", "he": "מחלבת העמק"},
        lead_time_days=1,
        rating=5,
        delivery_days=(1, 2, 3, 4, 5, 7),
        contact_name="Amir Levi",
        phone="04-555-0177",
    ),
    buying.SetSupplier(
        "cellar", {"en": "Cellar & Sons", "fr": "Cave & Fils", "he": "מרתף ובניו"}, lead_time_days=5, rating=3
    ),
)
COSTS = {
    "Beer 500 ml": (("north-drinks", 420), ("cellar", 455)),
    "Mineral water 1.5 l": (("north-drinks", 180), ("cellar", 175)),
    "Red wine 750 ml": (("cellar", 2_400), ("north-drinks", 2_650)),
    "Whole milk 1 l": (("valley-dairy", 480),),
    "Wheat beer 500 ml": (("north-drinks", 540),),
    "Cider 330 ml": (("north-drinks", 610),),
    "Tomato juice 1 l": (("north-drinks", 720),),
    "Vodka 700 ml": (("cellar", 4_300),),
    "Rum 700 ml": (("cellar", 5_100),),
}
"""Costs by product. Other products have none, so that the purchasing page asks for their cost."""


async def seed(do: Callable[[Command], Awaitable[Done]]) -> None:
    """Create suppliers and open orders."""
    skus = demo_catalog.skus()
    for supplier in SUPPLIERS:
        await do(supplier)
    for name, offers in COSTS.items():
        for number, (id, cost) in enumerate(offers):
            code = f"{id[:2].upper()}-{100 + number}"
            steps = (PriceBreak(5, cost * 95 // 100), PriceBreak(10, cost * 90 // 100)) if number == 0 else ()
            await do(buying.SetSupplierPrice(id, skus[name], cost, code, BOXES.get(name, 6), breaks=steps))
    today = datetime.now(UTC).date()
    wine, milk, water = (skus[name] for name in ("Red wine 750 ml", "Whole milk 1 l", "Mineral water 1.5 l"))
    late = buying.CreatePurchaseOrder("cellar", (buying.OrderLine(wine, 24_000),), note="The 2024 vintage, please.")
    await _send_order(do, late, (today - timedelta(days=9)).isoformat())
    part = buying.CreatePurchaseOrder("valley-dairy", (buying.OrderLine(milk, 48_000),))
    number = await _send_order(do, part, (today - timedelta(days=1)).isoformat())
    expiry = (today + timedelta(days=8)).isoformat()
    came = (buying.ReceiptLine(milk, 24_000, lot="M0815", expiry=expiry),)
    await do(buying.ReceivePurchaseOrder(number, "VD 4471", came))
    await do(buying.CreatePurchaseOrder("north-drinks", (buying.OrderLine(water, 60_000),)))


async def _send_order(do: Callable[[Command], Awaitable[Done]], order: buying.CreatePurchaseOrder, day: str) -> int:
    number = int((await do(order)).result)
    await do(buying.ApprovePurchaseOrder(number))
    await do(buying.SendPurchaseOrder(number, "email", day))
    return number
