"""The manager's pages of the catalogue, by hand: found, changed, taken back, priced for later, given up."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.access.commands import SetPin
from edge.access.pin import hash_pin
from edge.catalog.commands import ChangePrice
from edge.catalog.product import Source, Value
from edge.catalog.queries import find_by_sku
from edge.core.shapes import Done
from tests.asking import PIN
from tests.browser.browsing import Till, till
from tests.browser.serving import serve
from tests.browser.shelves import stock_shelves
from tests.house import SYSTEM, run

pytestmark = pytest.mark.needs("chromium")


async def save(page: Till) -> None:
    await page.page.locator("#product button[type=submit]").click()


async def pin(page: Till) -> None:
    await page.see("#pin-dialog[open]")
    await page.keys(PIN, "Enter")


def test_the_manager_finds_a_product_and_changes_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await stock_shelves(served.shop)
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await page.open(served, path="/manager")
            await page.page.get_by_role("link", name="Browse").click()
            await (await page.see(".tree a", "Drinks")).click()
            await page.see(".tree a[aria-current]", "Drinks")
            assert await page.page.locator("#goods tr:not(.hint)").count() == 2
            await page.see("#goods .hint", "2 products")
            await (await page.see("#goods a", "Cola 330 ml")).click()
            await page.see(".who", "manager")
            await page.see(".other", "1.60")
            await page.see(".row", "Cola Zero 330 ml")
            await page.page.locator("[name='names.en']").fill("Cola can")
            await page.page.locator("[name=price_minor]").fill("1,85")
            await save(page)
            await pin(page)
            await page.see("h1", "Cola can")
            found = find_by_sku(served.shop.reader, "cola")
            assert found is not None
            assert (found.names["en"], found.names["fr"], found.price_minor) == ("Cola can", "Cola 33 cl", 185)
            await page.page.locator("[data-back=price_minor]").click()
            await pin(page)
            await page.see(".price", "1.60")
            assert page.complaints == []

    run(scenario())


def test_a_number_that_cannot_be_read_and_a_change_that_came_too_late_are_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await stock_shelves(served.shop)
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await page.open(served, "sku=og", "/manager/product")
            price = page.page.locator("[name=price_minor]")
            await price.fill("a lot")
            await save(page)
            assert await price.evaluate("field => field.validationMessage") == "That cannot be read."
            await price.fill("41")
            await page.page.locator("[name='attributes.strain']").select_option("sativa")
            await served.shop.do(ChangePrice("og", 4000, Source("wholesale.csv")), SYSTEM)
            await save(page)
            await pin(page)
            await page.see("#product-error", "Read it again")
            await page.open(served, "sku=og", "/manager/product")
            await page.page.locator("[name='attributes.THC']").fill("18%")
            await save(page)
            await pin(page)
            await page.see(".other", "15-21%")
            found = find_by_sku(served.shop.reader, "og")
            assert found is not None
            assert (found.attributes or {})["THC"] == Value("18%", 18_000, 18_000, "%")

    run(scenario())


def test_prices_are_planned_and_products_given_up(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till() as page:
            await stock_shelves(served.shop)
            assert isinstance(await served.shop.do(SetPin(hash_pin(PIN)), SYSTEM), Done)
            await page.open(served, "sku=gift", "/manager/product")
            plan = page.page.locator("#plan")
            await plan.locator("[name=price]").fill("7.50")
            await plan.locator("[name=from]").fill("2099-01-02T08:00")
            await plan.get_by_role("button").click()
            await pin(page)
            await page.see("tr.ahead", "7.50")
            await page.page.locator("[data-drop]").click()
            await pin(page)
            await page.gone("tr.ahead")
            await page.page.locator("#retire").click()
            await pin(page)
            await page.see(".pill.warning", "Not sold since")
            await page.open(served, "retired=yes", "/manager/products")
            await page.see("#goods tr.retired", "Gift set")
            await page.open(served, "", "/manager/product")
            await page.page.locator("[name=sku]").fill("new/1")
            await page.page.locator("[name='names.en']").fill("Something new")
            await save(page)
            await pin(page)
            await page.see("h1", "Something new")
            assert find_by_sku(served.shop.reader, "new/1") is not None

    run(scenario())
