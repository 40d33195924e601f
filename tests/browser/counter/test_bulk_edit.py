"""Many products changed at once on the manager's page: chosen by filter or by hand, looked at, changed, taken back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Route

from edge.core.messages import Done
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.catalog.queries import find_by_sku
from tests.browser.browsing import Till, till
from tests.browser.serving import serve
from tests.browser.shelves import stock_shelves
from tests.http_client import PIN
from tests.importing import job_runner
from tests.shop_fixture import SYSTEM, run

pytestmark = pytest.mark.needs("chromium")


async def ended(page: Till, text: str) -> None:
    await (await page.see("#jobs .job.done", text)).wait_for()


def test_prices_of_a_category_are_looked_at_changed_and_taken_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till((1024, 768)) as page, job_runner(served.shop):
            await stock_shelves(served.shop)
            unpriced = Product("tap", {"en": "Tap water"}, category="drinks")
            assert isinstance(await served.shop.do(SetProducts((unpriced,)), SYSTEM), Done)
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            before = find_by_sku(served.shop.reader, "cola")
            assert before is not None and before.price_minor is not None
            await page.open(served, path="/manager/products", query="register=1&category=drinks")
            await page.page.get_by_role("link", name="Bulk edit").last.click()
            await page.page.locator("[name=price_by]").select_option("percent")
            await page.page.locator("[name=amount]").fill("ten")
            await page.page.locator("#bulk [type=submit]").click()
            await page.see("#bulk-error", "Enter an amount")
            await page.page.locator("[name=amount]").fill("-10")
            await page.page.locator("#bulk [type=submit]").click()
            await page.see("#would tr", "1.61")
            await page.see("#looked .out", "has no price")
            await page.page.get_by_label("Select Cola Zero").uncheck()
            await page.page.locator("#take").click()
            await ended(page, "Bulk edit")
            now = find_by_sku(served.shop.reader, "cola")
            left = find_by_sku(served.shop.reader, "zero")
            assert now is not None and left is not None
            assert (now.price_minor, left.price_minor) == (161, 150), "what is not ticked stays"
            await page.page.locator("#jobs [data-back]").first.click()
            await ended(page, "Undo import")
            assert (found := find_by_sku(served.shop.reader, "cola")) and found.price_minor == before.price_minor
            assert page.complaints == []

    run(scenario(), limit_s=90)


def test_goods_are_picked_by_name_by_keys_and_by_a_scan(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till((390, 844)) as page, job_runner(served.shop):
            await stock_shelves(served.shop)
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            coded = find_by_sku(served.shop.reader, "cola")
            assert coded is not None and coded.codes
            await page.open(served, path="/manager/bulk-edit")
            await page.page.get_by_label("Selected products only").check()
            await page.page.locator("#bulk [type=submit]").click()
            await page.see("#bulk-error", "Select products")
            await page.page.locator(".picks input:visible").click()
            await page.keys("zero")
            await page.see("#picks [role=option]", "Cola Zero")
            await page.keys("ArrowDown", "Enter")
            await page.see(".chip", "Cola Zero")
            await page.scan(coded.codes[0].lstrip("0"))
            await page.see(".chip", "Cola 330")
            await page.page.locator("[name=min_age]").fill("16")
            await page.page.locator("[name=min_age]").press("Enter")
            await page.see("#looked", "2 will change")
            await page.page.locator("#take").click()
            await ended(page, "Bulk edit")
            ages = [one.min_age for sku in ("cola", "zero") if (one := find_by_sku(served.shop.reader, sku))]
            assert ages == [16, 16]
            assert await page.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
                "not wider than a phone"
            )
            assert page.complaints == []

    run(scenario(), limit_s=90)


def test_codes_scanned_faster_than_they_are_looked_up_are_all_taken_and_a_lost_line_is_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till((1024, 768)) as page:
            await stock_shelves(served.shop)
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            found = [find_by_sku(served.shop.reader, sku) for sku in ("cola", "zero")]
            codes = [one.codes[0].lstrip("0") for one in found if one is not None and one.codes]
            assert len(codes) == 2
            await page.open(served, path="/manager/bulk-edit")
            await page.page.get_by_label("Selected products only").check()
            await page.page.locator(".picks input:visible").click()
            answer = asyncio.Event()

            async def late(route: Route) -> None:
                await answer.wait()
                await route.continue_()

            await page.page.route("**/queries/product_by_code**", late)
            for code in codes:
                await page.scan(code)
            answer.set()
            await page.see(".chip", "Cola 330")
            await page.see(".chip", "Cola Zero")
            await page.page.route("**/queries/product**", lambda route: route.abort())
            await page.scan("4006381333931")
            await page.see(".picked", "Connection lost")
            assert await page.page.locator(".picks input:visible").input_value() == "4006381333931"

    run(scenario(), limit_s=90)
