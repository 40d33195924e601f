"""Orders that are paid on a page of a provider's: made, paid, over, given back, whatever breaks off."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from drivers.terminal_outcomes import Approved, NotStarted, OutcomeUnknown, TerminalRequest
from edge.accounting.accounts.card_part import account_cards_part
from edge.core.command_bus import CommandBus
from edge.core.messages import Refused
from edge.core.process.parts import TaskSet
from edge.counter.till.devices.terminal_news import request_of
from edge.counter.till.from_config import till_settings
from edge.counter.till.live_settings import live
from edge.counter.till.paying.basket_charges import basket_charges_part
from edge.counter.till.service.pay_pages.page_api import MadePage
from edge.counter.till.service.pay_pages.part import ALONE_MOST_S, PayPagesPart, page_http
from edge.counter.till.service.pay_pages.stripe_checkout import StripeCheckout
from edge.money.payments.commands import SetPaymentRoute, SetProvider
from edge.money.payments.providers.provider import Provider
from edge.money.payments.providers.routing import PaymentRoute
from edge.money.payments.queries import ListedPayment, paused_providers, read_payments
from edge.ordering.orders.commands import CancelOrder
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.paying.advances import GiveBackAdvance
from edge.ordering.orders.paying.order_payments import AskForPayment, payment_of
from edge.ordering.orders.paying.payments_part import OrderPaymentsPart
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.http_client import OutgoingHttp
from sim.checkout.stripe_checkout import KEY, OTHER_KEY, SimStripeCheckout
from tests.counter_shop import books_of
from tests.http_client import when
from tests.ordering import STAFF, do, kept, milk_order, refused, sales, whole
from tests.shop_fixture import CONFIG, MANAGER, SYSTEM, FakeClock, config, open_shop, run

PAGES = """
[payments]
page = "stripe_checkout"
page_key = "secret:stripe"
page_back = "https://shop.example/thanks"
"""
ADVANCES = ("liabilities", "advances on orders")
OWED, CARDS = ("liabilities", "card payments to give back"), ("assets", "cards")


class PageShop:
    """A shop, Stripe, and the parts between them."""

    def __init__(self, shop: CommandBus, stripe: SimStripeCheckout, clock: FakeClock, folder: Path) -> None:
        self.shop, self.stripe, self.clock = shop, stripe, clock
        self._settings = till_settings(config(folder, CONFIG + PAGES))
        self._tasks = TaskSet(4)

    def parts(self, key: str = KEY) -> list[Any]:
        http = OutgoingHttp(Breakers(), ("127.0.0.1",), 2.0)

        def made(asked: OutgoingHttp, credential: str) -> StripeCheckout:
            api, said = f"http://127.0.0.1:{self.stripe.port}", {"": key, "secret:other": OTHER_KEY}.get(credential, "")
            return StripeCheckout(asked, api, said, "Corner Shop", "https://b.example/")

        settings = live(self._settings).at
        return [
            PayPagesPart(self.shop, http, made, 15, 0.02, 0.02),
            OrderPaymentsPart(self.shop, lambda db: settings(db).on("2026-11-01")),
            account_cards_part(self.shop),
            basket_charges_part(self.shop),
        ]

    def start(self, key: str = KEY) -> None:
        for number, part in enumerate(self.parts(key)):
            self._tasks.start(part.run(lambda: None), str(number))

    async def kill(self) -> None:
        await self._tasks.stop()

    async def order(self, pieces: int = 2) -> KeptOrder:
        return await milk_order(self.shop, pieces)

    async def page(self, order: KeptOrder) -> str:
        """The customer asks for the page, which comes: the session's id."""
        await do(self.shop, AskForPayment(order.secret))
        found = await self.until(lambda one: one.page is not None, "there is a page")
        assert found.page is not None
        return found.page.session

    async def until(self, good: Callable[[ListedPayment], object], what: str, id: str = "") -> ListedPayment:
        async def look() -> ListedPayment:
            return next(one for one in read_payments(self.shop.reader) if id in ("", one.id))

        return await when(look, good, what)

    async def ends(self, state: str, id: str = "") -> ListedPayment:
        return await self.until(lambda one: one.state == state, f"it is {state}", id)


@asynccontextmanager
async def page_shop(
    folder: Path, started: bool = True, mode: str = "test", pages: str = PAGES
) -> AsyncIterator[PageShop]:
    stripe, clock = SimStripeCheckout(), FakeClock()
    await stripe.start()
    async with open_shop(folder, clock, text=CONFIG + pages) as shop:
        made = PageShop(shop, stripe, clock, folder)
        await do(shop, SetProvider(Provider("stripe", "stripe_checkout", mode, ("EUR",))), SYSTEM)  # type: ignore[arg-type]
        try:
            if started:
                made.start()
            yield made
        finally:
            await made.kill()
            await stripe.stop()


def at(
    folder: Path,
    scenario: Callable[[PageShop], Awaitable[None]],
    started: bool = True,
    mode: str = "test",
    pages: str = PAGES,
) -> None:
    async def main() -> None:
        async with page_shop(folder, started, mode, pages) as made:
            await scenario(made)
            await whole(made.shop)

    run(main())


def test_an_order_is_paid_on_a_page_and_given_back_to_its_card(tmp_path: Path) -> None:
    async def scenario(made: PageShop) -> None:
        order = await made.order()
        session = await made.page(order)
        told = payment_of(made.shop.reader, order.id)
        assert told is not None and told.state == "open" and f"/c/pay/{session}" in told.address
        assert kept(made.shop, order).advance_minor == 0, "a page alone is no money"
        assert made.stripe.pay(session)
        await made.until(lambda one: one.used, "it is sold")
        now = kept(made.shop, order)
        assert (now.advance_minor, now.due_minor, now.state) == (240, 0, "placed")
        (sale,) = sales(made.shop)
        (tender,) = sale.tenders
        assert (tender.kind, tender.amount_minor, tender.reference) == ("card", 240, "VISA 4242")
        assert (sale.total_minor, sale.taxes) == (240, ())
        books = books_of(made.shop)
        assert (books[ADVANCES], books[CARDS]) == (-240, 240)
        await do(made.shop, CancelOrder(order.secret))
        await do(made.shop, GiveBackAdvance(order.id), MANAGER)
        await made.ends("refunded")
        assert made.stripe.moved_minor == 0
        assert [one["amount"] for one in made.stripe.refunds] == [240]
        books = books_of(made.shop)
        assert (books[ADVANCES], books[CARDS]) == (0, 0)

    at(tmp_path, scenario)


def test_a_page_asked_for_twice_is_the_same_one_and_of_another_sum_it_ends(tmp_path: Path) -> None:
    async def scenario(made: PageShop) -> None:
        order = await made.order()
        session = await made.page(order)
        await do(made.shop, AskForPayment(order.secret))
        assert len(read_payments(made.shop.reader)) == 1
        await do(made.shop, AskForPayment(order.id, 100), STAFF)
        older = read_payments(made.shop.reader)[-1]
        await made.ends("declined", older.id)
        assert made.stripe.sessions[session]["status"] == "expired"
        assert not made.stripe.pay(session)
        part = await made.until(lambda one: one.page is not None, "there is another page")
        assert part.page is not None and made.stripe.pay(part.page.session)
        await made.until(lambda one: one.used, "it is sold")
        assert (kept(made.shop, order).advance_minor, made.stripe.moved_minor) == (100, 100)

    at(tmp_path, scenario)


def test_a_page_ends_after_its_time_and_with_its_order(tmp_path: Path) -> None:
    async def scenario(made: PageShop) -> None:
        order = await made.order()
        session = await made.page(order)
        made.clock.advance(15 * 60 + 1)
        over = await made.ends("declined")
        assert (over.code, made.stripe.sessions[session]["status"]) == ("page_over", "expired")
        second = await made.order(3)
        session = await made.page(second)
        await do(made.shop, CancelOrder(second.secret))
        await made.ends("declined")
        assert not made.stripe.pay(session)
        assert made.stripe.moved_minor == 0

    at(tmp_path, scenario)


def test_what_was_paid_for_an_order_that_is_gone_goes_back(tmp_path: Path) -> None:
    async def scenario(made: PageShop) -> None:
        order = await made.order()
        session = await made.page(order)
        await made.kill()
        await do(made.shop, CancelOrder(order.secret))
        assert made.stripe.pay(session), "nobody could end it meanwhile"
        made.start()
        await made.ends("refunded")
        assert (made.stripe.moved_minor, sales(made.shop)) == (0, [])
        books = books_of(made.shop)
        assert (books[OWED], books[CARDS]) == (0, 0)

    at(tmp_path, scenario)


@pytest.mark.parametrize("minor", [100, 500])
def test_another_sum_than_was_asked_pays_nothing_and_goes_back(tmp_path: Path, minor: int) -> None:
    async def scenario(made: PageShop) -> None:
        order = await made.order()
        session = await made.page(order)
        made.stripe.pay(session, minor)
        await made.ends("refunded")
        assert (made.stripe.moved_minor, kept(made.shop, order).advance_minor, sales(made.shop)) == (0, 0, [])

    at(tmp_path, scenario)


def test_of_two_pages_that_are_paid_the_second_goes_back(tmp_path: Path) -> None:
    async def scenario(made: PageShop) -> None:
        order = await made.order()
        first = await made.page(order)
        await made.kill()
        await do(made.shop, AskForPayment(order.id, 100), STAFF)
        assert made.stripe.pay(first), "the customer is faster than its end"
        made.start()
        one = await made.until(lambda one: one.used, "the first is sold", read_payments(made.shop.reader)[-1].id)
        assert one.amount_minor == 240
        await made.until(lambda one: one.state in ("voided", "declined"), "the second one ends")
        assert (made.stripe.moved_minor, kept(made.shop, order).advance_minor) == (240, 240)

    at(tmp_path, scenario)


@pytest.mark.parametrize("fault", ["down", "cut", "wrong_key", "garbage"])
def test_a_page_that_cannot_be_made_is_told_and_tried_again(tmp_path: Path, fault: Any) -> None:
    async def scenario(made: PageShop) -> None:
        made.stripe.fault = fault
        order = await made.order()
        await do(made.shop, AskForPayment(order.secret))
        held = await made.until(lambda one: one.code, "it is told")
        assert held.state == "created"
        told = payment_of(made.shop.reader, order.id)
        assert told is not None and told.state == "failed"
        made.stripe.fault = ""
        await made.kill()
        made.start()
        session = await made.page(order)
        assert made.stripe.pay(session)
        await made.until(lambda one: one.used, "it is sold")
        assert made.stripe.moved_minor == 240

    at(tmp_path, scenario)


def test_who_cannot_make_a_page_is_passed_over_and_left_alone_and_nobody_pays_twice(tmp_path: Path) -> None:
    async def scenario(made: PageShop) -> None:
        other = Provider("other", "stripe_checkout", "test", ("EUR",), priority=9, credential="secret:other")
        await do(made.shop, SetProvider(other), SYSTEM)
        made.stripe.faults[KEY] = "down"
        for number in range(5):
            order = await made.order()
            session = await made.page(order)
            failed = [one for one in read_payments(made.shop.reader) if one.provider == "stripe"]
            assert (len(failed), {one.state for one in failed}) == (number + 1, {"voided"})
            assert made.stripe.pay(session)
            paid = await made.until(lambda one: one.used, "it is sold")
            assert (paid.provider, paid.after) == ("other", failed[0].id)

        async def rest() -> frozenset[str]:
            return paused_providers(made.shop.reader, "stripe_checkout", made.shop.now_us())

        await when(rest, lambda ids: ids == {"stripe"}, "it is left alone")
        await made.page(await made.order())
        assert len(read_payments(made.shop.reader)) == 11, "who rests is not even asked"
        del made.stripe.faults[KEY]
        made.clock.advance(31)
        await made.page(await made.order())
        assert read_payments(made.shop.reader)[0].provider == "stripe", "the trial"
        await when(rest, lambda ids: not ids, "it answered")
        assert made.stripe.moved_minor == 5 * 240

    at(tmp_path, scenario)


def test_without_a_key_another_provider_makes_the_page(tmp_path: Path) -> None:
    async def scenario(made: PageShop) -> None:
        nameless = Provider("first", "stripe_checkout", "test", ("EUR",), credential="secret:gone")
        await do(made.shop, SetProvider(nameless), SYSTEM)
        await do(made.shop, SetPaymentRoute(PaymentRoute("r", ("first", "stripe"))), SYSTEM)
        await made.page(await made.order())
        assert [one.provider for one in read_payments(made.shop.reader)] == ["stripe", "first"]

    at(tmp_path, scenario)


def test_a_kill_before_the_page_is_kept_makes_the_same_page_again(tmp_path: Path) -> None:
    async def scenario(made: PageShop) -> None:
        order = await made.order()
        await do(made.shop, AskForPayment(order.secret))
        part = made.parts()[0]
        kept_page, asked = part._do, []

        async def lost(command: Any) -> object:
            if type(command).__name__ == "NotePayPage":
                asked.append(command)
                raise ConnectionAbortedError
            return await kept_page(command)

        part._do = lost
        with pytest.raises(ConnectionAbortedError):
            await part.run(lambda: None)
        assert len(asked) == 1
        made.start()
        found = await made.until(lambda one: one.page is not None, "there is a page")
        assert found.page is not None and found.page.session == asked[0].session
        assert len(made.stripe.sessions) == 1

    at(tmp_path, scenario, started=False)


def test_a_refund_whose_answer_is_lost_is_done_once(tmp_path: Path) -> None:
    async def scenario(made: PageShop) -> None:
        order = await made.order()
        session = await made.page(order)
        made.stripe.pay(session)
        await made.until(lambda one: one.used, "it is sold")
        await do(made.shop, CancelOrder(order.secret))
        made.stripe.fault = "cut"
        await do(made.shop, GiveBackAdvance(order.id), MANAGER)
        await made.until(lambda one: one.refunds[0].state == "unknown", "nobody knows")
        made.stripe.fault = ""
        await made.ends("refunded")
        assert (len(made.stripe.refunds), made.stripe.moved_minor) == (1, 0)

    at(tmp_path, scenario)


def test_a_key_of_the_wrong_mode_is_asked_nothing(tmp_path: Path) -> None:
    async def scenario(made: PageShop) -> None:
        await do(made.shop, AskForPayment((await made.order()).secret))
        held = await made.until(lambda one: one.code, "it is told")
        assert (held.code, made.stripe.asked) == ("key", [])

    at(tmp_path, scenario, mode="live")


def test_what_was_paid_while_its_provider_was_gone_is_found_soon_behind_it(tmp_path: Path) -> None:
    """Who does not answer is left alone for a while, and never for long: a customer who paid waits for it."""

    async def scenario(made: PageShop) -> None:
        session = await made.page(await made.order())
        await made.kill()
        assert made.stripe.pay(session)
        request, now_s = request_of(read_payments(made.shop.reader)[0]), 0.0
        async with page_http(("127.0.0.1",), 2.0, lambda: now_s) as http:
            api = f"http://127.0.0.1:{made.stripe.port}"
            checkout = StripeCheckout(http, api, KEY, "Corner Shop", "https://b.example/")
            made.stripe.fault = "down"
            for _ in range(20):
                assert isinstance(await checkout.look(session, request), OutcomeUnknown)
                now_s += ALONE_MOST_S
            asked = len(made.stripe.asked)
            assert isinstance(await checkout.look(session, request), OutcomeUnknown)
            assert isinstance(await checkout.look(session, request), OutcomeUnknown)
            assert len(made.stripe.asked) == asked + 1, "it is left alone in between"
            made.stripe.fault = ""
            now_s += ALONE_MOST_S
            assert isinstance(await checkout.look(session, request), Approved)

    at(tmp_path, scenario)


@pytest.mark.parametrize(
    ("currency", "minor", "theirs"), [("ISK", 1_500, 150_000), ("UGX", 20_000, 2_000_000), ("MGA", 150_000, 1_500)]
)
def test_an_amount_in_a_currency_that_stripe_counts_otherwise_is_the_amount_charged(
    currency: str, minor: int, theirs: int
) -> None:
    """docs.stripe.com/currencies, "Special cases": 5 ISK are 500, while 5.00 MGA are 5."""

    async def scenario() -> None:
        stripe = SimStripeCheckout()
        await stripe.start()
        async with page_http(("127.0.0.1",), 2.0) as http:
            checkout = StripeCheckout(http, f"http://127.0.0.1:{stripe.port}", KEY, "Shop", "https://b.example/")
            asked = TerminalRequest(key="k1", kind="payment", amount_minor=minor, currency=currency, at_us=0)
            made = await checkout.make(asked, 1_793_563_756)
            assert isinstance(made, MadePage) and stripe.pay(made.id) and stripe.moved_minor == theirs
            paid = await checkout.look(made.id, asked)
            assert isinstance(paid, Approved) and (paid.amount_minor, paid.currency) == (minor, currency)
            part = TerminalRequest(
                key="k2", kind="refund", amount_minor=minor // 2, currency=currency, at_us=0, reference=paid.reference
            )
            back = await checkout.refund(part)
            assert isinstance(back, Approved) and (back.amount_minor, stripe.moved_minor) == (minor // 2, theirs // 2)
            assert [one.amount_minor for one in await checkout.refunds(paid.reference)] == [minor // 2]
            if minor > theirs:
                odd = await checkout.make(
                    TerminalRequest(key="k3", kind="payment", amount_minor=minor + 1, currency=currency, at_us=0),
                    1_793_563_756,
                )
                assert odd == NotStarted("wrong_currency"), "it can't be charged, and nothing else is"
        await stripe.stop()

    run(scenario())


def test_a_shop_without_pages_offers_none(tmp_path: Path) -> None:
    async def main() -> None:
        async with open_shop(tmp_path) as shop:
            order = await milk_order(shop)
            assert await refused(shop, AskForPayment(order.secret)) == Refused("no_pay_page")

    run(main())
