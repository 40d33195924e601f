"""Orders that are paid by Adyen's links: believed from Adyen alone, once, and given back by what its webhook says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from drivers.terminal_outcomes import Approved, TerminalRequest
from edge.core.process.parts import TaskSet
from edge.counter.till.from_config import till_settings
from edge.counter.till.live_settings import live
from edge.counter.till.service.pay_pages.adyen_links import AdyenLinks
from edge.counter.till.service.pay_pages.page_api import MadePage
from edge.counter.till.service.pay_pages.part import PayPagesPart
from edge.money.payments.commands import HearNews, RetryCardRefund, SetProvider
from edge.money.payments.providers.provider import Provider
from edge.money.payments.queries import refunds_of
from edge.ordering.orders.commands import CancelOrder
from edge.ordering.orders.paying.advances import GiveBackAdvance
from edge.ordering.orders.paying.order_payments import AskForPayment, payment_of
from edge.ordering.orders.paying.payments_part import OrderPaymentsPart
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.http_client import OutgoingHttp
from sim.checkout.adyen_links import KEY, MERCHANT, SimAdyenLinks
from tests.flow.money.test_pay_pages import PageShop
from tests.http_client import when
from tests.ordering import do, kept, whole
from tests.shop_fixture import CONFIG, MANAGER, SYSTEM, FakeClock, config, open_shop, run

PAGES = """
[payments]
page = "adyen_links"
page_key = "secret:adyen"
page_api = "https://checkout-test.adyen.com"
page_merchant = "CornerShopECOM"
page_back = "https://shop.example/thanks"
"""


class LinkShop(PageShop):
    """A shop, Adyen, and the parts between them."""

    adyen: SimAdyenLinks

    def parts(self, key: str = KEY) -> list[Any]:
        def made(http: OutgoingHttp, credential: str) -> AdyenLinks:
            api = f"http://127.0.0.1:{self.adyen.port}"
            return AdyenLinks(http, api, key, MERCHANT, "Corner Shop", "https://shop.example/")

        settings = live(self._settings).at
        http = OutgoingHttp(Breakers(), ("127.0.0.1",), 2.0)
        return [
            PayPagesPart(self.shop, http, made, 15, 0.02, 0.02),
            OrderPaymentsPart(self.shop, lambda db: settings(db).on("2026-11-01")),
        ]


@asynccontextmanager
async def link_shop(folder: Path) -> AsyncIterator[LinkShop]:
    adyen, clock = SimAdyenLinks(), FakeClock()
    await adyen.start()
    async with open_shop(folder, clock, text=CONFIG + PAGES) as shop:
        made = LinkShop.__new__(LinkShop)
        made.shop, made.clock, made.adyen = shop, clock, adyen
        made._settings, made._tasks = till_settings(config(folder, CONFIG + PAGES)), TaskSet(4)
        await do(shop, SetProvider(Provider("adyen", "nexo", "test", ("EUR",))), SYSTEM)
        try:
            made.start(KEY)
            yield made
            await whole(shop)
        finally:
            await made.kill()
            await adyen.stop()


def test_an_order_is_paid_by_a_link_and_given_back_once_its_webhook_told_by_what(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with link_shop(tmp_path) as made:
            order = await made.order()
            link = await made.page(order)
            assert made.adyen.pay(link)
            paid = await made.until(lambda one: one.used, "it is sold")
            assert (kept(made.shop, order).advance_minor, made.adyen.moved_minor, paid.driver) == (
                240,
                240,
                "nexo",
            )
            await do(made.shop, CancelOrder(order.secret))
            await do(made.shop, GiveBackAdvance(order.id), MANAGER)

            async def refunded() -> list[tuple[str, str]]:
                return [(one.state, one.code) for one in refunds_of(made.shop.reader, paid.id)]

            held = [("requested", "not_accepted")]
            await when(refunded, lambda states: states == held, "nobody told by what it was paid")
            assert made.adyen.moved_minor == 240
            await do(made.shop, HearNews(paid.id, reference=made.adyen.psp_of[link]), SYSTEM)
            await do(made.shop, RetryCardRefund(paid.id, 1), MANAGER.with_rights("manage"))
            await made.ends("refunded")
            assert made.adyen.moved_minor == 0
            await do(made.shop, HearNews(paid.id, "refund", 240, False), SYSTEM)
            assert await refunded() == [("failed", "declined")], "its bank sent it back, and a person is told"

    run(scenario())


def test_a_link_ends_with_its_time(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with link_shop(tmp_path) as made:
            link = await made.page(await made.order())
            made.clock.advance(15 * 60 + 1)
            over = await made.ends("declined")
            assert over.code == "page_over" and not made.adyen.pay(link)

    run(scenario())


@pytest.mark.parametrize("fault", ["down", "cut", "wrong_key", "garbage"])
def test_a_link_that_cannot_be_made_is_told_and_made_once(fault: Any, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with link_shop(tmp_path) as made:
            made.adyen.fault = fault
            order = await made.order()
            await do(made.shop, AskForPayment(order.secret))
            await made.until(lambda one: bool(one.code), "it is told")
            told = payment_of(made.shop.reader, order.id)
            assert told is not None and told.state == "failed"
            made.adyen.fault = ""
            await made.kill()
            made.start(KEY)
            assert made.adyen.pay(await made.page(order))
            await made.until(lambda one: one.used, "it is sold")
            assert made.adyen.moved_minor == 240

    run(scenario())


@pytest.mark.parametrize(("currency", "minor", "theirs"), [("ISK", 1_500, 150_000), ("IDR", 2_500_000, 25_000)])
def test_a_link_asks_for_the_amount_in_adyens_units(currency: str, minor: int, theirs: int) -> None:
    """docs.adyen.com, "Currency codes and minor units": ISK has two decimals there, IDR none."""

    async def scenario() -> None:
        adyen = SimAdyenLinks()
        await adyen.start()
        async with OutgoingHttp(Breakers(), ("127.0.0.1",), 2.0) as http:
            links = AdyenLinks(http, f"http://127.0.0.1:{adyen.port}", KEY, MERCHANT, "Shop", "https://b.example/")
            asked = TerminalRequest(key="k1", kind="payment", amount_minor=minor, currency=currency, at_us=0)
            made = await links.make(asked, 1_793_563_756)
            assert isinstance(made, MadePage) and adyen.pay(made.id) and adyen.moved_minor == theirs
            paid = await links.look(made.id, asked)
            assert isinstance(paid, Approved) and paid.amount_minor == minor
            psp = adyen.psp_of[made.id]
            back = await links.refund(
                TerminalRequest(key="k2", kind="refund", amount_minor=minor, currency=currency, at_us=0, reference=psp)
            )
            assert isinstance(back, Approved) and (back.amount_minor, adyen.moved_minor) == (minor, 0)
        await adyen.stop()

    run(scenario())
