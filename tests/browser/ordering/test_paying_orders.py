"""Orders that are paid by card beside any counter: on a phone by the provider's page, at a kiosk by its terminal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Route

from drivers import registry
from edge.core.process.parts import Part
from edge.counter.till.devices.terminal_part import TerminalPart
from edge.counter.till.from_config import till_settings
from edge.counter.till.live_settings import live
from edge.counter.till.service.pay_pages.part import PayPagesPart
from edge.counter.till.service.pay_pages.stripe_checkout import StripeCheckout
from edge.money.payments.commands import SetProvider
from edge.money.payments.providers.provider import Provider
from edge.ordering.orders.paying.payments_part import OrderPaymentsPart
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.http_client import OutgoingHttp
from sim.checkout.stripe_checkout import KEY, SimStripeCheckout
from sim.terminal.json_lines import SECRET, SimJsonTerminal
from tests.browser.browsing import till
from tests.browser.ordering.test_kiosk import PHONES, put, touch
from tests.browser.serving import Served, serve
from tests.card_shop import DEVICE
from tests.flow.money.test_pay_pages import PAGES
from tests.ordering import do, kept, milk_order
from tests.scheduling import one_by_day
from tests.shop_fixture import SYSTEM, config, run

pytestmark = pytest.mark.needs("chromium")
PHONE, SCREEN = (390, 664), (1080, 1920)
TEXT = PHONES + PAGES + DEVICE.format(driver="sim").replace('register = "1"', 'register = "2"')


@asynccontextmanager
async def paying(folder: Path) -> AsyncIterator[tuple[Served, SimStripeCheckout, SimJsonTerminal]]:
    """A shop with a page to pay on, and a terminal at its kiosk, register 2, that waits for a card."""
    stripe, terminal = SimStripeCheckout(), SimJsonTerminal()
    terminal.fault = "late"
    await stripe.start()
    await terminal.start()

    def made(http: OutgoingHttp, credential: str) -> StripeCheckout:
        return StripeCheckout(http, f"http://127.0.0.1:{stripe.port}", KEY, "Corner Shop", "https://shop.example/")

    try:
        async with serve(folder, TEXT) as served:
            await do(served.shop, SetProvider(Provider("stripe", "stripe_checkout", "test", ("EUR",))), SYSTEM)
            settings = live(till_settings(config(folder, TEXT))).at
            sells = OrderPaymentsPart(served.shop, lambda db: settings(db).on("2026-11-24"))
            asks = PayPagesPart(served.shop, OutgoingHttp(Breakers(), ("127.0.0.1",)), made, 15, 0.1)
            options = {"host": "127.0.0.1", "port": terminal.port, "secret": SECRET}
            pad = TerminalPart(served.shop, registry.create("payment_terminal", "sim", options), "2")
            served.tills.terminals["2"] = pad
            for name, part in (("sells", sells), ("asks", asks), ("pad", pad)):
                served.supervisor.start(Part(name, part.run))
            yield served, stripe, terminal
    finally:
        await stripe.stop()
        await terminal.stop()


@pytest.mark.parametrize("language", one_by_day(["en", "fr", "he"]))
def test_a_phone_pays_on_the_providers_page(tmp_path: Path, language: str) -> None:
    async def scenario() -> None:
        async with paying(tmp_path) as (served, stripe, _):
            order = await milk_order(served.shop)
            async with touch(served, PHONE, "/shop") as page:
                there = f"{served.url}/order/{order.secret}?lang={language}"
                await page.goto(there)
                await page.tap("[data-pay]")
                await page.wait_for_url("**/c/pay/**")
                await page.tap("button")
                await page.wait_for_selector('#state:has-text("complete")')
                await page.goto(there)
                await page.wait_for_selector(".ahead")
                assert await page.locator("[data-pay]").count() == 0
            assert (kept(served.shop, order).advance_minor, stripe.moved_minor) == (240, 240)

    run(scenario())


def test_a_kiosk_pays_at_its_terminal_and_shows_what_it_says(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with paying(tmp_path) as (served, _, terminal), touch(served, SCREEN, "/kiosk?register=2") as page:
            await page.tap('[data-start="en"]')
            await put(page, "milk")
            await page.tap("#checkout")
            await page.tap('#place [type="submit"]')
            await page.tap("#pay-here")
            await page.wait_for_selector('#pay-told:has-text("Present the card")')
            terminal.press("decline")
            await page.wait_for_selector('#pay-told:has-text("Insufficient funds")')
            await page.tap("#pay-here")
            await page.wait_for_selector('#pay-told:has-text("Present the card")')
            terminal.press("")
            await page.wait_for_selector('#pay-told:has-text("Payment received")')
            await page.wait_for_selector('#pay-told:has-text("TEST - NO MONEY WAS MOVED")')
            assert not await page.is_visible("#due-then")
            assert terminal.moved_minor == 120

    run(scenario())


def test_a_kiosk_that_is_refused_for_good_says_so_and_asks_no_more(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with paying(tmp_path) as (served, _, _), touch(served, SCREEN, "/kiosk?register=2") as page:
            asked: list[int] = []

            async def answer(route: Route) -> None:
                asked.append(503 if not asked else 403)
                await route.fulfill(status=asked[-1], json={"error": {"message": "This order is of another kiosk."}})

            await page.route("**/kiosk/pay/state**", answer)
            await page.tap('[data-start="en"]')
            await put(page, "milk")
            await page.tap("#checkout")
            await page.tap('#place [type="submit"]')
            await page.tap("#pay-here")
            await page.wait_for_selector('#pay-told:has-text("This order is of another kiosk.")')
            await page.wait_for_selector("#pay-here:visible")
            assert not await page.locator("[data-paying]").count(), "the kiosk serves the next customer"
            assert asked == [503, 403], "a box that is away is asked again"

    run(scenario())


def test_staff_show_a_page_by_its_qr(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with paying(tmp_path) as (served, _, _):
            order = await milk_order(served.shop)
            async with till() as manager:
                await manager.open(served, "register=1&lang=en", "/manager/orders")
                await manager.page.locator(f'[data-show="{order.id}"]').first.click()
                await manager.page.locator("#pay-page summary").click()
                await manager.page.locator('#ask-pay [name="sum"]').fill("1.00")
                await manager.page.locator('#ask-pay [type="submit"]').click()
                await manager.page.locator("#pay-page img.qr").wait_for()
                assert "/c/pay/" in await manager.page.locator("#pay-page input[readonly]").input_value()

    run(scenario())


def test_staff_ask_for_a_card_at_their_terminal_and_stop_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with paying(tmp_path) as (served, _, terminal):
            order = await milk_order(served.shop)
            async with till() as manager:
                await manager.open(served, "register=2&lang=en", "/manager/orders")
                page = manager.page
                await page.locator(f'[data-show="{order.id}"]').first.click()
                await page.locator("#pay-page summary").click()
                await page.locator("[data-at-terminal]").click()
                await page.locator('#pay-page [role="status"]:has-text("Present your card")').wait_for()
                await page.locator("[data-stop-payment]").click()
                await page.locator("#pay-page .warn").wait_for()
                assert terminal.moved_minor == 0
                await page.locator("[data-at-terminal]").click()
                await page.locator('#pay-page [role="status"]:has-text("Present your card")').wait_for()
                terminal.press("")
                await page.locator("#order-dialog tr.ahead").wait_for()
            assert kept(served.shop, order).advance_minor == terminal.moved_minor == 240

    run(scenario())
