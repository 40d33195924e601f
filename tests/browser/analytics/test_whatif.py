"""A manager asks what last month would have come to, sees it, opens a basket, and asks again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace
from playwright.async_api import expect

from edge.analytics.whatif.scenario import CouponRule, DepositRule, PriceRule, Scenario, TaxRule
from edge.analytics.whatif.service.runs import RUNS
from edge.app.demo_shop import demo_catalog
from edge.app.demo_shop.demo_history import live_through
from edge.counter.loyalty.commands import SetEarnRule
from edge.counter.loyalty.loyalty import EarnRule
from edge.counter.till.commands import AddLine, AddReturn, LineSold, Pay, RefundedLine, SellBasket, TenderGiven
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.opening_hours.rules import OpenSpan
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.promotions.commands import SetPromotion
from edge.goods.promotions.promotion import Goods, PercentOff, Promotion
from edge.ordering.delivery.commands import SetZone
from edge.ordering.delivery.zones import DeliveryZone
from tests.browser.browsing import Till, till
from tests.browser.serving import serve
from tests.browser.web.test_axe import violations
from tests.catch_up import catch_up
from tests.http_client import PIN
from tests.shop_fixture import CONFIG, MANAGER, SYSTEM, FakeClock, config, done, run

pytestmark = pytest.mark.needs("chromium")
SHOP = CONFIG + '\n[[tax.class]]\nid = "exempt"\n'
WIDTHS = (390, 768, 1366)
POINTS = EarnRule("p", {"en": "Points"}, points=1, spent_minor=100)


def sold(sku: str) -> SellBasket:
    return SellBasket((LineSold(sku=sku),), (TenderGiven("cash"),), print=False)


async def _ask(shown: Till) -> None:
    """Ask, and see the answer; one that is shown already is another page's."""
    before = shown.page.url
    await shown.page.locator('#whatif [type="submit"]').click()
    await shown.page.wait_for_url(lambda url: url != before)
    await shown.see("#answer")


async def _figure(shown: Till, name: str) -> list[str]:
    return await shown.page.locator(f'#figures [data-figure="{name}"] td').all_inner_texts()


def test_a_manager_prices_a_month_again(tmp_path: Path) -> None:
    live_through(config(tmp_path, SHOP), demo_catalog.products()[:40], date(2027, 1, 15), 20, 6)

    async def scenario() -> None:
        async with serve(tmp_path, SHOP, clock=FakeClock()) as served, till() as shown:
            await done(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            page = shown.page
            await shown.open(served, "register=1&lang=en", "/manager/whatif")
            assert await page.locator("[name=first]").input_value() == "2026-12-01", "the month before, to begin with"
            await page.locator("[name=last]").fill("2027-01-14")
            await _ask(shown)
            await shown.see("#unchanged")
            total = await _figure(shown, "total")
            assert total[1] == total[2] and total[3].endswith("0.00"), "unchanged rules give what was taken"
            prices = page.locator('[data-group="prices"]')
            await prices.locator("[data-add]").click()
            await prices.locator('[data-of="percent"]').fill("much")
            await page.locator('#whatif [type="submit"]').click()
            assert await prices.locator('[data-of="percent"]').evaluate("field => field.validationMessage")
            await prices.locator('[data-of="percent"]').fill("10")
            await page.locator('[data-group="promotions"] [data-add]').click()
            deal = page.locator('[data-group="promotions"] .item')
            await deal.locator('[data-of="deal"]').select_option("spend_share")
            await deal.locator('[data-of="spend"]').fill("20.00")
            await deal.locator('[data-of="share"]').fill("5")
            await _ask(shown)
            await shown.see("#baskets")
            total = await _figure(shown, "total")
            assert total[1] != total[2] and total[3].startswith("-"), total
            assert (await page.locator("#made-of tfoot td").all_inner_texts())[2:] == total[1:], "its receipts add up"
            basket = page.locator("#baskets details").first
            await basket.locator("summary").click()
            await expect(basket.locator("tbody tr").first).to_be_visible()
            assert await page.locator('[data-group="prices"] [data-of="percent"]').input_value() == "10", "asked so"
            here = page.url
            for language in ("en", "fr", "he"):
                for width in WIDTHS:
                    await page.set_viewport_size({"width": width, "height": 844})
                    await page.goto(f"{here}&lang={language}")
                    await shown.see("#answer")
                    assert await page.evaluate("document.documentElement.scrollWidth") <= width, (language, width)
                    assert "whatif." not in await page.locator("main").inner_text()
                found = await violations(page, language)
                assert found == [], found
            await page.locator("[name=first]").fill("2027-01-14")
            await page.locator("[name=last]").fill("2027-01-01")
            await page.locator('#whatif [type="submit"]').click()
            await expect(page.locator("#whatif-error")).not_to_be_empty()

    run(scenario(), 280)


def test_every_rule_can_be_changed_on_the_page_and_stays_in_it(tmp_path: Path) -> None:
    live_through(config(tmp_path, SHOP), demo_catalog.products()[:40], date(2027, 1, 15), 12, 4)

    async def scenario() -> None:
        async with serve(tmp_path, SHOP, clock=FakeClock()) as served, till() as shown:
            winter = Promotion("winter", {"en": "Winter"}, PercentOff(5_000))
            zone = DeliveryZone("town", "Town", ("750",), "1000", 300, 1_000)
            for command in (SetPin(hash_pin(PIN)), SetEarnRule(POINTS), SetZone(zone), SetPromotion(winter)):
                await done(served.shop, command, SYSTEM)
            page = shown.page
            await shown.open(served, "register=1&lang=en", "/manager/whatif")
            await page.locator("[name=last]").fill("2027-01-14")
            for group, field, value in (
                ("prices", "percent", "10"),
                ("promotions", "share", "5"),
                ("deposits", "deposit", "0.25"),
            ):
                if group == "deposits":
                    await page.locator("#whatif > details > summary").click()
                await page.locator(f'[data-group="{group}"] [data-add]').click()
                await page.locator(f'[data-group="{group}"] [data-of="{field}"]').fill(value)
            await page.locator('[name=without][value="winter"]').check()
            await page.locator("[name=coupons]").select_option("share")
            await page.locator("[name=coupon_share]").fill("20")
            await page.locator("[data-earn]").fill("3")
            await page.locator('[data-tax="standard"]').fill("17")
            await page.locator("[name=opens]").fill("09:00")
            await page.locator("[name=closes]").fill("18:00")
            await page.locator('[name=closed][value="7"]').check()
            for of, sum in (("fee_minor", "4.00"), ("least_minor", "30.00"), ("free_from_minor", "60.00")):
                await page.locator(f'[data-zone] [data-of="{of}"]').fill(sum)
            await _ask(shown)
            run = served.site.services.of(RUNS).find(page.url.rpartition("run=")[2])
            assert run is not None
            open_days = ((OpenSpan(540, 1_080),),) * 6
            asked = Scenario(
                *("2026-12-01", "2027-01-14"),
                prices=(PriceRule(percent=-10_000),),
                promotions=run.scenario.promotions,
                without=("winter",),
                coupons=(CouponRule(share=20_000),),
                earn=(replace(POINTS, points=3),),
                taxes=(TaxRule("standard", (17_000,)),),
                deposits=(DepositRule(Goods(), 25),),
                weekly=(*open_days, ()),
                zones=(replace(zone, fee_minor=400, least_minor=3_000, free_from_minor=6_000),),
            )
            assert run.scenario == asked and [one.deal for one in run.scenario.promotions] == [PercentOff(5_000)]
            await page.locator('#groups a[href*="figure=tax"]').click()
            await shown.see("#groups [aria-current]")
            row = await page.locator("#by-product tbody tr").first.locator("td").all_inner_texts()
            assert row[1] != row[2], "tax by product"
            await _ask(shown)
            again = served.site.services.of(RUNS).find(page.url.rpartition("run=")[2])
            assert again is not None and again.scenario == asked, "the page keeps what was asked"

    run(scenario(), 200)


def test_what_cannot_be_is_said_on_the_page(tmp_path: Path) -> None:
    """A product that there isn't, days without sales, a basket below zero, a future and an empty period."""
    live_through(config(tmp_path, SHOP), demo_catalog.products()[:40], date(2027, 1, 15), 5, 4)

    async def scenario() -> None:
        async with serve(tmp_path, SHOP, clock=FakeClock()) as served, till() as shown:
            await done(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            cheese = Product("cheese", {"en": "Cheese"}, ("4006381333948",), 900, "reduced")
            tea = Product("tea", {"en": "Tea"}, ("4006381333955",), 120, "reduced")
            await done(served.shop, SetProducts((cheese, tea)), SYSTEM)
            number = (await done(served.shop, sold("cheese"), SYSTEM)).events[0].number
            await done(served.shop, AddLine("4006381333955", quantity=10_000), MANAGER)
            await done(served.shop, AddReturn(number, lines=(RefundedLine(1),)), MANAGER)
            await done(served.shop, Pay("cash"), MANAGER)
            await catch_up(served.shop)
            page = shown.page
            await shown.open(served, "register=1&lang=en", "/manager/whatif")
            await page.locator("[name=last]").fill("2027-01-15")
            prices = page.locator('[data-group="prices"]')
            for place, (sku, price) in enumerate((("nobody", "1.00"), ("tea", "0.10"))):
                await prices.locator("[data-add]").click()
                row = prices.locator(".item").nth(place)
                await row.locator('[data-of="scope"]').select_option("sku")
                await row.locator('[data-of="sku"]').fill(sku)
                await row.locator('[data-of="how"]').select_option("price")
                await row.locator('[data-of="price"]').fill(price)
            await _ask(shown)
            await shown.see("#notes", "Not in the catalogue: nobody")
            await shown.see("#notes #negative", "less than zero")
            await shown.see("#notes #gaps", "days had no sales")
            await prices.locator(".item").nth(1).locator('[data-of="sku"]').fill("")
            await page.locator('#whatif [type="submit"]').click()
            assert (
                await prices.locator(".item").nth(1).locator('[data-of="sku"]').evaluate("one => one.validationMessage")
            )
            for _ in range(2):
                await prices.locator("[data-remove]").first.click()
            await prices.locator("[data-add]").click()
            await prices.locator('[data-of="percent"]').fill("100")
            await page.locator('#whatif [type="submit"]').click()
            await shown.see("#whatif-error", "100% or more off")

    run(scenario(), 200)


def test_a_shop_without_sales_is_told_where_to_begin(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, SHOP, clock=FakeClock()) as served, till() as shown:
            await done(served.shop, SetPin(hash_pin(PIN)), SYSTEM)
            await shown.open(served, "register=1&lang=en", "/manager/whatif")
            await shown.see("#nothing-sold a.button")

    run(scenario(), 100)
