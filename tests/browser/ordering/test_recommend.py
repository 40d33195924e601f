"""Suggestions as people see them: beneath the till's basket, beneath a kiosk's cart, and on the manager's page."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Route

from edge.counter.kitchen_screens.commands import MarkRunOut
from edge.counter.till.commands import LineSold, SellBasket, TenderGiven
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.ordering.orders.customers.customer_sign_in import SignInCart
from edge.ordering.orders.queries import cart_at
from edge.ordering.recommend.profiles.views import views_of
from edge.ordering.recommend.queries import suggestion_counts
from edge.people.customers.commands import GiveConsent
from tests.browser.browsing import till
from tests.browser.ordering.test_kiosk import put, touch
from tests.browser.serving import Served, serve
from tests.customers import known
from tests.http_client import when
from tests.shop_fixture import MILK, SYSTEM, done, run

pytestmark = pytest.mark.needs("chromium")


async def _sold(served: Served) -> None:
    bread = Product("bread", {"en": "Bread", "fr": "Pain", "he": "לחם"}, ("4000000000037",), 300)
    await done(served.shop, SetProducts((bread,)), SYSTEM)
    await done(served.shop, SellBasket((LineSold(sku="bread"),), (TenderGiven("card"),)))

    async def counted() -> int:
        return int(served.shop.reader.execute("SELECT count(*) FROM search_sold").fetchone()[0])

    await when(counted, bool, "what sells is counted", 60, 0.02)


def test_a_line_at_the_till_is_taken_or_waved_away(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till((1024, 768)) as cashier:
            await _sold(served)
            await cashier.open(served, "register=1&lang=fr")
            await cashier.scan(MILK)
            await cashier.see("#till-suggestions", "Pain")
            await cashier.page.click('#till-suggestions [data-suggested="bread"]')
            await cashier.see("#basket-lines", "Pain")
            await cashier.gone("#till-suggestions [data-suggested]")

            async def taken() -> list[tuple[int, int]]:
                return [(one.shown, one.taken) for one in suggestion_counts(served.shop.reader)]

            await when(taken, lambda found: found == [(1, 1)], "it is counted", 60, 0.02)
            assert not cashier.complaints, cashier.complaints

    run(scenario())


def test_a_late_time_out_leaves_the_newer_suggestions(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till((1024, 768)) as cashier:
            await _sold(served)
            first: list[Route] = []
            held = asyncio.Event()

            async def hold(route: Route) -> None:
                if first:
                    return await route.continue_()
                first.append(route)
                held.set()

            await cashier.page.route("**/till/suggestions?**", hold)
            await cashier.open(served, "register=1&lang=fr")
            await cashier.scan(MILK)
            await held.wait()
            await cashier.scan(MILK)
            await cashier.see("#till-suggestions", "Pain")
            await first[0].abort()
            await cashier.page.evaluate("() => new Promise((later) => setTimeout(later))")
            await cashier.see("#till-suggestions", "Pain")

    run(scenario())


def test_of_what_ran_out_something_like_it_is_named_at_the_till(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, till((1024, 768)) as cashier:
            oat = Product("oat", {"en": "Oat milk", "fr": "Lait d'avoine", "he": "חלב שיבולת שועל"}, price_minor=130)
            await done(served.shop, SetProducts((oat,)), SYSTEM)
            await done(served.shop, MarkRunOut("milk"))
            await cashier.open(served, "register=1&lang=fr")
            await cashier.scan(MILK)
            await cashier.see("#till-suggestions", "Produits semblables")
            await cashier.page.click('#till-suggestions [data-suggested="oat"]')
            await cashier.see("#basket-lines", "Lait d'avoine")
            await cashier.gone("#till-suggestions [data-suggested]")

    run(scenario())


def test_a_strip_at_the_kiosk_leads_to_the_product(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, touch(served, (1080, 1920), "/kiosk?register=2") as page:
            await _sold(served)
            await page.tap('[data-start="en"]')
            await put(page, "milk")
            await page.wait_for_selector('#suggestions [data-sku="bread"]')
            await page.tap('#suggestions [data-sku="bread"]')
            await page.wait_for_selector('#sheet .one[data-sku="bread"]')
            await page.tap("#put")
            await page.wait_for_selector('#cart [data-line="2"]')
            await page.wait_for_selector("#suggestions [data-suggested]", state="detached")

    run(scenario())


def test_what_someone_signed_in_looks_at_for_a_while_is_noted(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, touch(served, (1080, 1920), "/kiosk?register=2") as page:
            await _sold(served)
            dana = await known(served.shop)
            await done(served.shop, GiveConsent(dana, "profile", "en"), SYSTEM)
            await page.tap('[data-start="en"]')
            await put(page, "milk")
            await page.wait_for_selector('#suggestions [data-sku="bread"]')
            cart = cart_at(served.shop.reader, "2", served.shop.now_us())
            assert cart is not None
            await done(served.shop, SignInCart(cart.id, dana), SYSTEM)
            await page.tap('#suggestions [data-sku="bread"]')
            await page.wait_for_selector('#sheet .one[data-sku="bread"]')

            async def looked() -> list[str]:
                return [one["sku"] for one in views_of(served.shop.reader, dana)["viewed_products"]]

            await when(looked, lambda found: "bread" in found, "the look is noted", 30, 0.05)

    run(scenario())
