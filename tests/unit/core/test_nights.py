"""Weeks of nights, sales and deliveries in parts: the same need is never ordered twice, and what is on its way is what
the orders lack."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Command, Done, Refused
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.purchasing import commands as buying
from edge.goods.purchasing.checks import purchase_stock_check
from edge.goods.purchasing.queries import KeptPurchase, read_purchase, read_purchases
from edge.goods.purchasing.rules import OPEN
from edge.goods.purchasing.suggesting.needs import read_suggestions
from edge.goods.purchasing.suggesting.nightly_orders import NightlyOrders
from edge.goods.stock.commands import RecordMovement, SetLevels
from edge.goods.stock.queries import read_item
from tests.shop_fixture import SYSTEM, FakeClock, answered, done, open_shop, run

NIGHTS = 14
LEVELS = {"lager": (60_000, 20_000), "wine": (30_000, 12_000), "rum": (9_000, 3_000)}
PACKS = {"lager": 24, "wine": 6, "rum": 1}
SETTING = (
    SetProducts(tuple(Product(sku, {"en": sku.title()}, (), 500) for sku in LEVELS)),
    buying.SetSupplier("brewery", {"en": "Brewery"}, nightly=True),
    buying.SetSupplier("cellar", {"en": "Cellar"}, nightly=True, auto_approve_below_minor=20_000),
    *(buying.SetSupplierPrice("brewery", sku, 100, pack=PACKS[sku]) for sku in ("lager", "wine")),
    *(buying.SetSupplierPrice("cellar", sku, 110, pack=PACKS[sku], min_packs=2) for sku in ("wine", "rum")),
    *(SetLevels(sku, "main", *LEVELS[sku]) for sku in LEVELS),
    *(RecordMovement(sku, "in", units=LEVELS[sku][0], unit_cost_minor=100) for sku in LEVELS),
)


def orders(shop: CommandBus) -> list[KeptPurchase]:
    """Those that are not over."""
    found = (read_purchase(shop.reader, one.number) for one in read_purchases(shop.reader, "").orders)
    return [one for one in found if one is not None and one.state in OPEN]


def position(shop: CommandBus, sku: str) -> int:
    """What is there, and what will be once all has come that is ordered or drafted."""
    item = read_item(shop.reader, sku)
    assert item is not None
    return item.available + sum(line.open for order in orders(shop) for line in order.lines if line.sku == sku)


def deed(chance: Random, shop: CommandBus, note: str) -> Command:
    """What someone does with one of the orders that day, or a sale."""
    open_orders = orders(shop)
    if chance.random() < 0.45 or not open_orders:
        sku = chance.choice(tuple(LEVELS))
        return RecordMovement(sku, "out", units=chance.randrange(1, 15) * 1000, down_to_zero=True)
    order = chance.choice(open_orders)
    if order.state == "draft":
        yes = buying.ApprovePurchaseOrder(order.number)
        return yes if chance.random() < 0.7 else buying.CancelPurchaseOrder(order.number, "not now")
    if order.state == "approved":
        return buying.SendPurchaseOrder(order.number)
    lacking = [line for line in order.lines if line.open > 0]
    came = [buying.ReceiptLine(line.sku, chance.randrange(1, line.open // 1000 + 1) * 1000) for line in lacking]
    came = [line for line in came if chance.random() < 0.7]
    if came and chance.random() < 0.8:
        return buying.ReceivePurchaseOrder(order.number, note, tuple(came))
    if order.state == "sent":
        fewer = tuple(buying.OrderLine(line.sku, line.pack * 1000 * 2) for line in order.lines)
        return buying.SetPurchaseLines(order.number, fewer)
    back = [line for line in order.lines if line.received >= 2000]
    if back and chance.random() < 0.5:
        lines = (buying.ReturnLine(back[0].sku, 1000),)
        return buying.ReturnToSupplier(order.supplier, lines, note, order.number, replace=True)
    return buying.ClosePurchaseOrder(order.number)


@pytest.mark.parametrize("seed", range(4))
def test_no_night_orders_again_what_is_ordered(tmp_path: Path, seed: int) -> None:
    async def scenario() -> None:
        chance, clock, drafted, partly = Random(seed), FakeClock(), 0, 0
        async with open_shop(tmp_path, clock, stocked=False) as shop:
            for command in SETTING:
                await done(shop, command, SYSTEM)
            part = NightlyOrders(shop, "Europe/Paris", lambda at_us: "")
            for night in range(NIGHTS):
                for n in range(8):
                    command = deed(chance, shop, f"DN {night}-{n}")
                    outcome = await answered(shop, command, SYSTEM)
                    assert isinstance(outcome, Done | Refused), outcome
                    partly += isinstance(command, buying.ReceivePurchaseOrder) and isinstance(outcome, Done)
                clock.advance(86_400)
                today = f"2027-01-{16 + night}"
                before = {sku: position(shop, sku) for sku in LEVELS}
                made = await part.draft(today)
                drafted += len(made)
                assert await part.draft(today) == [], "the same night again"
                assert read_suggestions(shop.reader, today).orders == ()
                for sku, (par, reorder) in LEVELS.items():
                    now, least = position(shop, sku), max(1, 2 if sku in ("wine", "rum") else 1) * PACKS[sku] * 1000
                    assert now > reorder, "what was wanted is ordered"
                    assert now == before[sku] or (before[sku] <= reorder and now < par + least), "and no more than that"
                assert purchase_stock_check(shop.reader, 0) == []
            assert drafted > 3 and partly > 3, "something happened"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())
