"""What to order is one list: Today counts it, Purchasing shows it, and the copilot tells it; forecasts read it too."""

from __future__ import annotations

import re
from pathlib import Path

from edge.conversation.copilot.copilot_asking import Asking
from edge.conversation.copilot.copilot_business import to_order
from edge.conversation.copilot.meaning.model import Meaning
from edge.counter.till.commands import AddLine, Pay
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product, Source
from edge.goods.purchasing.commands import SetSupplier, SetSupplierPrice
from edge.goods.stock.commands import RecordMovement, SetLevels, SetLocation
from tests.browser.calling import Caller, calling
from tests.browser.serving import Served, serve
from tests.shop_fixture import SYSTEM, done, run

CODE = "5449000000996"
GOODS = ("bought", "unpriced", "negative", "carried", "enough")


async def page(caller: Caller, path: str) -> str:
    answer = await caller.get(path, Grant=await caller.enter_pin(), Surface="panel")
    assert answer.status == 200, answer
    return answer.text


async def shop_with_needs(served: Served) -> None:
    """One that a supplier sells, one without a supplier, one below zero, one to move from the
    cellar, and one of which there is enough."""
    goods = tuple(Product(sku, {"en": sku.title()}, (CODE,) if sku == "negative" else (), 500) for sku in GOODS)
    await done(served.shop, SetProducts(goods, Source("catalogue", line=1)), SYSTEM)
    await done(served.shop, SetSupplier("mill", {"en": "Mill"}), SYSTEM)
    for sku in ("bought", "enough", "negative"):
        await done(served.shop, SetSupplierPrice("mill", sku, 100), SYSTEM)
    for sku, units in zip(GOODS, (2_000, 3_000, 0, 4_000, 50_000), strict=True):
        if units:
            await done(served.shop, RecordMovement(sku, "in", units=units), SYSTEM)
        await done(served.shop, SetLevels(sku, reorder=10_000, par=20_000), SYSTEM)
    await done(served.shop, SetLocation("cellar", {"en": "Cellar"}), SYSTEM)
    await done(served.shop, RecordMovement("carried", "in", units=90_000, location="cellar"), SYSTEM)
    await done(served.shop, SetLevels("carried", "cellar", reorder=10_000, par=20_000), SYSTEM)
    await done(served.shop, AddLine(CODE))
    await done(served.shop, Pay("cash"))


def copilots(served: Served, today: str) -> set[str]:
    spec = served.shop.registry.queries["purchase_suggestions"]
    asking = Asking(Meaning(), today, "en", "EUR", "1", served.shop.now_us(), "Europe/Paris")
    return {row["sku"] for row in to_order(served.shop.reader, spec, asking).rows}


def test_today_purchasing_and_the_copilot_tell_the_same_list(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            await shop_with_needs(served)
            today = served.config.business_date(served.shop.now_us())
            found = served.shop.registry.queries["purchase_suggestions"].read(served.shop.reader, today)
            listed = {line.sku for order in found.orders for line in order.lines} | {one.sku for one in found.unmet}
            listed |= {one.sku for one in found.transfers}
            assert listed == {"bought", "unpriced", "negative", "carried"}

            counted = re.search(r'id="to-order"[^>]*>[^<]*?(\d+)', await page(caller, "/fragments/today"))
            assert counted is not None and int(counted[1]) == len(listed)
            purchasing = await page(caller, "/manager/purchasing")
            unmet = dict(re.findall(r'data-unmet="(\w+)"(.*?)</tr>', purchasing, re.DOTALL))
            assert set(unmet) == {one.sku for one in found.unmet}
            assert all("<button" in row or 'class="button' in row for row in unmet.values()), "each with what mends it"
            assert "Bought" in purchasing and "Enough" not in purchasing
            assert copilots(served, today) == listed

    run(scenario(), 60)
