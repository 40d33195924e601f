"""The demo's orders: a kiosk, categories, opening hours, a delivery zone, and orders in every state."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from edge.app.cli.shop_access import Access, reach
from edge.app.demo_shop import demo_catalog, demo_stock
from edge.app.demo_shop.demo_history import STAFF
from edge.core.messages import Command
from edge.counter.kitchen_screens.commands import SetKitchenStation
from edge.counter.kitchen_screens.station import KitchenStation
from edge.counter.till.commands import Pay, TenderGiven
from edge.foundation.opening_hours.commands import SetHours
from edge.foundation.opening_hours.rules import OpenSpan, StoreHours
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import MANAGER, Product, Source
from edge.money.payments import PaymentsSection
from edge.ordering.delivery.commands import SetZone
from edge.ordering.delivery.zones import DeliveryZone
from edge.ordering.orders import commands as orders
from edge.ordering.orders.paying.advances import TakeAdvance
from edge.ordering.orders.paying.order_payments import AskForPayment
from edge.runtime.config import Config
from sim.product_pictures import put_into

KIOSK = "kiosk"
"""The register that the demo's kiosk is bound to."""
KINDS = (
    (1000, 1999, "dairy", {"en": "Milk and eggs", "fr": "Crèmerie", "he": "חלב וביצים"}),
    (2000, 2999, "bakery", {"en": "Bakery", "fr": "Boulangerie", "he": "מאפים"}),
    (3000, 3999, "pantry", {"en": "Pantry", "fr": "Épicerie", "he": "מזווה"}),
    (4000, 4999, "snacks", {"en": "Snacks", "fr": "Encas", "he": "חטיפים"}),
    (5000, 5999, "frozen", {"en": "Frozen", "fr": "Surgelés", "he": "קפואים"}),
    (6000, 6999, "drinks", {"en": "Drinks", "fr": "Boissons", "he": "משקאות"}),
    (7000, 7999, "bar", {"en": "Bar", "fr": "Bar", "he": "בר"}),
    (8000, 8999, "produce", {"en": "Fruit and vegetables", "fr": "Fruits et légumes", "he": "פירות וירקות"}),
    (9000, 9499, "counter", {"en": "Deli counter", "fr": "Rayon coupe", "he": "מעדנייה"}),
    (9500, 9999, "household", {"en": "Household", "fr": "Maison", "he": "לבית"}),
)
"""Categories: first and last product number, id and names."""
FEE = Product("delivery", {"en": "Delivery", "fr": "Livraison", "he": "משלוח"}, (), 1500, unit="service")
COFFEE_BAR = KitchenStation("coffee", {"en": "Coffee bar", "fr": "Bar à café", "he": "בר קפה"}, ("hot",), "paid")
"""Kitchen station of the coffee bar, with a screen at /manager/kitchen."""
WEEK = (
    *((OpenSpan(7 * 60, 22 * 60),),) * 4,
    (OpenSpan(7 * 60, 15 * 60),),
    (OpenSpan(20 * 60, 24 * 60),),
    (OpenSpan(7 * 60, 22 * 60),),
)
"""Opening hours from Monday to Sunday, as usual in Israel: short on Friday, and open after Shabbat."""
_WAY: tuple[Any, ...] = ("accepted", "preparing", "ready")
CARD = (TenderGiven("card"),)
TIP_MINOR = 1_000


async def fill(config: Config) -> None:
    """Create sample orders, one in each state."""
    async with reach(config, KIOSK) as shop:
        fetched, brought, ahead, paged = await _place_orders(shop, config.pictures)
    async with reach(config, "1") as shop:
        await _do(shop, TakeAdvance(ahead))
        await _do(shop, Pay("card"))
        for id in (fetched, brought):
            await _do(shop, orders.HandOverOrder(id, CARD, print=False))
        if config.of(PaymentsSection).page:
            await _do(shop, AskForPayment(paged))  # it stays open for a quarter of an hour


async def _place_orders(shop: Access, pictures: Path) -> tuple[str, str, str, str]:
    """Place the orders at the kiosk. Returns the ids of the orders to hand over at the till, to deliver, to pay ahead,
    and to pay on a page."""
    source = Source(MANAGER)
    hot = Category("hot", {"en": "Hot drinks", "fr": "Boissons chaudes", "he": "משקאות חמים"}, "drinks")
    await _do(shop, SetCategories((*(Category(id, names) for *_, id, names in KINDS), hot), source))
    of = [(int(one.sku), one.sku) for one in demo_catalog.products() if one.sku.isdigit()]
    kinds = {sku: id for number, sku in of for first, last, id, _ in KINDS if first <= number <= last}
    made = demo_catalog.hot_drinks()
    called = {one.sku: (one.names or {}).get("en", "") for one in demo_catalog.products()}
    drawn = await asyncio.to_thread(put_into, pictures, kinds, called)
    stocked = {one.sku: one for one in demo_stock.words()}
    goods = (
        replace(stocked.get(sku, Product(sku)), category=hot.id if sku in made else id, pictures=(drawn[sku],))
        for sku, id in kinds.items()
    )
    await _do(shop, SetProducts((*goods, FEE), source))
    await _do(shop, SetKitchenStation(COFFEE_BAR))
    zone = DeliveryZone("centre", "City centre", ("61", "62", "63", "64"), FEE.sku, 1500, 4000, 20_000)
    await _do(shop, SetZone(zone))
    skus = demo_catalog.skus()
    for name, steps in (("Noa", 0), ("Yael", 1), ("Omer", 2), ("Daniel", 3)):
        placed = await _order(shop, "kiosk", [skus["Cappuccino"], skus["Croissant"]], name=name)
        for to in _WAY[:steps]:
            await _do(shop, orders.MoveOrder(placed.id, to))
    gone = await _order(shop, "phone", [skus["Bagel"]], name="Tamar")
    for to in _WAY:
        await _do(shop, orders.MoveOrder(gone.id, to))
    await _do(shop, orders.CancelOrder(gone.id, "nobody came"))
    fetched = await _order(shop, "kiosk", [skus["Mint tea"], skus["Cheesecake"]])
    ahead = await _order(shop, "till", [skus["Cheesecake"]], name="Maya")
    paged = await _order(shop, "phone", [skus["Croissant"]], name="Lior")
    none = await _order(shop, "api", [skus["Mint tea"]], name="Gil")
    await _do(shop, orders.CancelOrder(none.id, "sold out"))  # no one had accepted it, so it counts as rejected
    brought = [
        await _place_delivery(shop, skus, name, tip) for name, tip in (("Rami", 0), ("Shira", 0), ("Adam", TIP_MINOR))
    ]
    await _do(shop, orders.MoveOrder(brought[1], "failed", reason="nobody at home"))
    # after the orders, because a demo may start outside opening hours
    await _do(shop, SetHours(StoreHours(WEEK, slot_min=30, capacity=6, prepare_min=20, days_ahead=2)))
    return str(fetched.id), brought[2], str(ahead.id), str(paged.id)


async def _place_delivery(shop: Access, skus: dict[str, str], name: str, tip_minor: int) -> str:
    """Place an order that is out for delivery, with a tip."""
    home = await _order(
        shop,
        "phone",
        [skus["Olive oil 750 ml"], skus["Basmati rice 1 kg"]],
        fulfilment="delivery",
        name=name,
        phone="03-555 0100",
        address="12 Dizengoff Street",
        postal_code="6433212",
        tip_minor=tip_minor,
    )
    for to in _WAY:
        await _do(shop, orders.MoveOrder(home.id, to))
    await _do(shop, orders.MoveOrder(home.id, "out_for_delivery", driver=STAFF[1][0]))
    return str(home.id)


async def _order(shop: Access, channel: Any, skus: list[str], **said: Any) -> Any:
    cart = await _do(shop, orders.OpenCart(channel))
    for sku in skus:
        cart = await _do(shop, orders.AddToCart(cart.id, sku=sku))
    fee_minor = FEE.price_minor or 0 if said.get("fulfilment") == "delivery" else 0
    total = cart.total_minor + fee_minor + said.get("tip_minor", 0)
    return await _do(shop, orders.PlaceOrder(cart.id, total, **said))


async def _do(shop: Access, command: Command) -> Any:
    return (await shop.do(command)).result
