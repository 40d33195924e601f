"""Production at its pages: a bill is entered, the day planned in one press, an order made by scan and tap, a lot
followed and what was made of it stopped."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from edge.analytics.production.queries import read_work
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.queries import is_recalled, read_stock
from tests.browser.browsing import Till, till
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")
BREAD = Product("bread", {"en": "Bread", "fr": "Pain", "he": "לחם"}, ("2000000000022",), 450, "reduced", expiry_days=2)
FLOUR = Product("flour", {"en": "Flour", "fr": "Farine", "he": "קמח"}, unit="kg")
PHONE = (390, 664)
MANAGER = "/manager/production"


async def enter_bill(page: Till) -> None:
    """Ten loaves of five kilos; what can't be is said beside the form, and the form stays."""
    form = page.page.locator("#bom")
    for name, value in (("id", "bread"), ("sku", "bread"), ("makes", "10"), ("yield", "100"), ("extra", "0.20")):
        await form.locator(f"[name={name}]").fill(value)
    await form.locator("[data-sku]").fill("bread")
    await form.locator("[data-quantity]").fill("5")
    await form.locator("[type=submit]").click()
    await page.see("#bom .error", "bread would contain itself")
    page.complaints.clear()  # a browser finds it worth telling that something was refused
    await form.locator("[data-sku]").fill("flour")
    async with page.page.expect_navigation():
        await form.locator("[type=submit]").click()
    await page.see("#boms tr", "Version 1")
    await page.see("#boms tr", "€0.70")  # half a kilo at a euro, and 0.20


async def plan_day(page: Till) -> None:
    await page.see('body[data-link="open"]')
    await page.page.locator("#day [data-sku=bread]").fill("20")
    async with page.page.expect_navigation():
        await page.page.locator("#day [type=submit]").click()
    await page.see("#orders tr", "Planned")


def test_bread_is_planned_made_and_stopped(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, till(PHONE) as page:
            shop = served.shop
            await caller.set_pin()
            await done(shop, SetProducts((BREAD, FLOUR)), SYSTEM)
            await done(shop, RecordMovement("flour", "in", units=20_000, lot="F1", unit_cost_minor=100), SYSTEM)
            await page.open(served, path=MANAGER)
            await enter_bill(page)
            await plan_day(page)

            await page.open(served, path=f"{MANAGER}/make")
            await page.page.locator("#scan [name=code]").fill("2000000000022")
            await page.page.locator("#scan [name=code]").press("Enter")
            await expect(page.page.locator("#work-1")).to_have_attribute("open", "")
            async with page.page.expect_navigation():
                await page.page.locator("#work-1 [data-start]").click()
            await page.see("#work-1 .pill", "In progress")
            await page.see('body[data-link="open"]')
            await page.page.locator("#work-1 [name=good]").fill("18")
            await page.page.locator("#work-1 [name=scrap]").fill("2")
            await page.page.locator("#work-1 [name=labels]").fill("2")
            await page.page.locator("#work-1 [type=submit]").click()
            await page.see("main", "No work orders to produce.")
            labels = shop.reader.execute("SELECT register, document FROM print_job WHERE kind = 'label'").fetchall()
            assert [one[0] for one in labels] == ["1", "1"] and "W1" in str(labels[0][1]), "two of the batch"
            order = read_work(shop.reader, 1)
            assert order is not None
            assert (order.state, order.good, order.scrap) == ("completed", 18_000, 2_000)
            assert (read_stock(shop.reader, "bread"), read_stock(shop.reader, "flour")) == (18_000, 10_000)

            grant = {"Grant": served.site.door.token}
            status = (await caller.call("GET", "/api/v1/production/status", **grant)).json
            assert (status["completed"], status["late"], status["can_make"]) == (1, [], {"bread": 20_000})
            assert (await caller.call("GET", "/api/v1/boms/bread", **grant)).json["extra_cost_minor"] == 20

            await page.open(served, "register=1&sku=flour&lot=F1", MANAGER)
            await page.see("#trace tr", "W1")
            await page.page.locator("#stop").click()
            await page.page.locator("#sure-dialog [type=submit]").click()
            await page.see("#trace .pill")
            assert is_recalled(shop.reader, "bread", "W1")
            assert page.complaints == []

    run(scenario())
