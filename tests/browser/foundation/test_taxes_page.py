"""The page of taxes: classes of the shop's own, and those of a place by the law of its days."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge.counter.till.commands import TenderGiven
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import MANAGER, Product, Source
from edge.ordering.delivery.commands import SetZone
from edge.ordering.delivery.zones import DeliveryZone
from edge.ordering.orders.commands import AddToCart, HandOverOrder, OpenCart, PlaceOrder
from edge.runtime import config
from tests.browser.browsing import till
from tests.browser.serving import serve
from tests.http_client import PIN
from tests.scheduling import one_by_day
from tests.shop_fixture import CONFIG, SYSTEM, done, run

SHOTS = os.environ.get("EDGE_SHOTS", "")
TEXT = "# ours\n" + CONFIG


def test_a_shop_says_its_taxes_and_loses_no_class_that_products_have(tmp_path: Path) -> None:
    async def scenario() -> None:
        file = tmp_path / "config.toml"
        file.write_text(TEXT)
        async with serve(tmp_path, TEXT) as served, till((1024, 768)) as opened:
            page = opened.page
            await done(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            await opened.open(served, "lang=en", path="/manager/taxes")
            await opened.see("#classes .class")
            classes = page.locator("#classes .class")
            first = await classes.count()
            await page.locator("#add-class").click()
            await classes.nth(first).locator("[name=id]").fill("books")
            await classes.nth(first).locator("[name=name]").first.fill("VAT")
            await classes.nth(first).locator("[name=percent]").first.fill("2,1")
            await page.locator("#tax-form [type=submit]").click()
            await opened.see("#taxes-said", "Saved")
            made = config.load(file).tax.table().find("books")
            assert made is not None and [(rate.name, rate.rate) for rate in made.rates] == [("VAT", 2100)]
            assert file.read_text().startswith("# ours\n")
            await page.locator("#classes .class", has_text="default").locator("[data-drop]").click()
            await page.locator("#tax-form [type=submit]").click()
            await opened.see("#taxes-error", "Assign another class first")
            assert config.load(file).tax.table().find("standard") is not None
            await page.locator("[name=place]").select_option("province QC")
            await page.locator("[name=inclusive]").select_option("false")
            await page.locator("#tax-form [type=submit]").click()
            await opened.see("#taxes-error", "tax class")
            assert "province" not in file.read_text(), "products of the shop have classes that are none in Quebec"

    run(scenario(), 120)


def test_the_law_of_a_place_is_shown_by_its_days(tmp_path: Path) -> None:
    async def scenario() -> None:
        text = TEXT[: TEXT.index("[[tax.class]]")].replace("inclusive = true", 'province = "NS"')
        file = tmp_path / "config.toml"
        file.write_text(text)
        async with serve(tmp_path, TEXT) as served, till((1024, 768)) as opened:
            page = opened.page
            await done(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            for language, width in (("he", 1024), ("fr", 390), ("en", 1024)):
                await page.set_viewport_size({"width": width, "height": 768})
                await opened.open(served, f"lang={language}", path="/manager/taxes")
                await opened.see("#taxes tbody tr", "HST 14 %")
                assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), language
                if SHOTS:
                    await page.screenshot(path=f"{SHOTS}/taxes-{language}.png", full_page=True)

    run(scenario(), 120)


@pytest.mark.parametrize("language", one_by_day(["en", "he", "fr"]))
def test_sales_to_other_countries_of_the_union_are_there_for_the_return(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        text = TEXT.replace("[tax]", 'country = "FR"\n[tax]\noss = true')
        file = tmp_path / "config.toml"
        file.write_text(text)
        async with serve(tmp_path, text) as served, till((390, 844)) as opened:
            await done(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            fee = Product("fee", {"en": "Delivery"}, (), None, "", unit="service")
            await done(served.shop, SetProducts((fee,), Source(MANAGER)), SYSTEM)
            await done(served.shop, SetZone(DeliveryZone("de", "DE", ("DE",), "fee", province="DE")), SYSTEM)
            cart = (await done(served.shop, OpenCart("phone"))).result
            cart = (await done(served.shop, AddToCart(cart.id, sku="milk"))).result
            door = {"fulfilment": "delivery", "name": "Dana", "phone": "0612345678", "address": "1 Main St"}
            wanted = PlaceOrder(cart.id, cart.total_minor, **door, postal_code="DE-10115")
            order = (await done(served.shop, wanted)).result
            await done(served.shop, HandOverOrder(order.id, (TenderGiven("card"),)), SYSTEM)
            await opened.open(served, f"lang={language}", path="/manager/taxes")
            country = {"en": "Germany", "fr": "Allemagne", "he": "גרמניה"}[language]
            await opened.see("#abroad", country)
            rows = await opened.page.locator("#abroad tbody tr").all_inner_texts()
            assert len(rows) == 1 and "19" in rows[0] and "VAT DE" in rows[0]
            assert "reduced" in await opened.page.locator("#abroad .notice").inner_text()

    run(scenario(), 120)
