"""A customer gives a card on the provider's page from their account, staff charge an order to it, and either takes it
away; in three languages and on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.process.parts import Part
from edge.counter.till.service.pay_pages.part import PayPagesPart
from edge.counter.till.service.pay_pages.stripe_checkout import StripeCheckout
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.money.payments.commands import SetProvider, StoreMethod
from edge.money.payments.providers.provider import Provider
from edge.money.payments.queries import read_methods
from edge.ordering.orders.commands import PlaceOrder
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.http_client import OutgoingHttp
from sim.checkout.stripe_checkout import KEY, SimStripeCheckout
from tests.browser.accounting.test_account_page import PHONE, signed_in
from tests.browser.browsing import till
from tests.browser.calling import calling
from tests.browser.ordering.test_kiosk import touch
from tests.browser.serving import Served, serve
from tests.customers import DANA, known
from tests.flow.money.test_pay_pages import PAGES
from tests.flow.ordering.test_accounts_http import ACCOUNTS
from tests.http_client import when
from tests.ordering import do, milk_cart
from tests.scheduling import one_by_day
from tests.shop_fixture import SYSTEM, FakeClock, done, run

pytestmark = pytest.mark.needs("chromium")


def test_a_manager_sees_stored_cards_and_revokes_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, clock=FakeClock()) as served, till() as page, calling(served) as caller:
            await caller.set_pin()
            shop = served.shop
            await done(shop, SetProvider(Provider("stripe", "stripe_checkout", "test", ("EUR",))), SYSTEM)
            dana = await known(shop, **DANA)
            card = ("stripe", "cus_corner/pm_visa", "VISA", "4242", "2099-12", "paper")
            await done(shop, StoreMethod(dana, *card), SYSTEM)
            for language, width in (("en", 1024), ("fr", 390), ("he", 390)):
                await page.page.set_viewport_size({"width": width, "height": 768})
                await page.open(served, f"register=1&lang={language}&id={dana}", "/manager/customer")
                await page.see("[data-stored]", "VISA 4242")
                assert "pm_visa" not in await page.page.content(), "its token is nobody's to read"
                assert not await page.page.evaluate("document.documentElement.scrollWidth > innerWidth"), language
            await page.page.locator("[data-revoke]").click()
            await page.gone("[data-revoke]")
            await page.see("[data-stored] .tag")
            assert [one.revoked for one in read_methods(shop.reader, dana)] == [True]
            assert page.complaints == []

    run(scenario())


@pytest.mark.parametrize("language", one_by_day(["en", "he", "fr"]))
def test_a_customer_gives_a_card_on_the_providers_page_which_staff_charge(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        stripe = SimStripeCheckout()
        await stripe.start()

        def made(http: OutgoingHttp, credential: str) -> StripeCheckout:
            return StripeCheckout(http, f"http://127.0.0.1:{stripe.port}", KEY, "Corner Shop", "https://shop.example/")

        async with serve(tmp_path, ACCOUNTS + PAGES) as served, touch(served, PHONE, "/shop?lang=en") as page:
            shop = served.shop
            await done(shop, SetProvider(Provider("stripe", "stripe_checkout", "test", ("EUR",))), SYSTEM)
            asks = PayPagesPart(shop, OutgoingHttp(Breakers(), ("127.0.0.1",)), made, 15, 0.1)
            served.supervisor.start(Part("asks", asks.run))
            dana = await known(shop, **DANA)
            await signed_in(served, page, "06 12 34 56 78")
            await page.wait_for_selector("#cards")
            await page.goto(f"{served.url}/me?lang={language}")
            assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
            assert not await page.is_checked("#add-card [name=agreed]"), "nobody agreed for them"
            assert await page.locator("#cards input:not([type=checkbox])").count() == 0, "no card is typed here"
            await page.tap("#add-card [name=agreed]")
            await page.tap("#add-card [type=submit]")
            await page.wait_for_url("**/c/pay/**")
            await page.tap("button")
            await page.wait_for_selector('#state:has-text("complete")')
            await when(lambda: cards(served, dana), bool, "it is kept")
            await page.goto(f"{served.url}/me?lang={language}")
            await page.wait_for_selector('[data-card]:has-text("VISA 4242")')
            if language == "en":
                await charged_by_staff(served, dana, stripe)
            await page.tap("[data-card] [data-do]")
            await page.wait_for_selector("[data-card]", state="detached")
            assert [one.revoked for one in read_methods(shop.reader, dana)] == [True]
        await stripe.stop()

    run(scenario())


async def cards(served: Served, customer: str) -> object:
    return read_methods(served.shop.reader, customer)


async def charged_by_staff(served: Served, customer: str, stripe: SimStripeCheckout) -> None:
    """A manager charges an order of the customer's to their card, with a question before."""
    cart = await milk_cart(served.shop, 2)
    order = await do(served.shop, PlaceOrder(cart.id, cart.total_minor, customer=customer), SYSTEM)
    async with till() as manager:
        await done(served.shop, SetUser("u1", "Noa", "manager", hash_pin("7394")), SYSTEM)
        served.access.sessions.sign_in("1", "u1", "")
        await manager.open(served, "register=1&lang=en", "/manager/orders")
        await manager.page.locator(f'[data-show="{order.id}"]').first.click()
        await manager.page.locator("#pay-page summary").click()
        await manager.page.locator("[data-charge]").click()
        await manager.agree("VISA 4242")

        async def moved() -> int:
            return stripe.moved_minor

        await when(moved, lambda minor: minor == 240, "it is charged")
