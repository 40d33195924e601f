"""What providers say by themselves, as it comes down from head office: looked at, refunds made there, disputes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.accounting.settlements.queries import disputes_of
from edge.backoffice.directives.commands import ApplyPart, TakeDirective
from edge.backoffice.directives.kinds.payment_news import PAYMENT_NEWS, ToldNews, ToldPayments
from edge.core.command_bus import CommandBus
from edge.counter.till.commands import VoidLastSale
from edge.money.payments.commands import RequestCardRefund, RetryCardRefund, SetProvider
from edge.money.payments.providers.provider import Provider
from edge.money.payments.queries import ListedPayment, read_payments
from tests.card_shop import card_shop
from tests.counter_shop import books_of
from tests.flow.money.test_card_payments import told
from tests.flow.money.test_pay_pages import CARDS, OWED, PageShop, at
from tests.ordering import kept, whole
from tests.shop_fixture import MANAGER, SYSTEM, done, run

THERE = ("expenses", "refunds made at the provider")


class Heard:
    """How many directives came before."""

    number = 0


async def hear(shop: CommandBus, *told: ToldNews) -> Any:
    """A directive of head office's, as its job applies it."""
    Heard.number += 1
    body = msgspec.json.encode(ToldPayments(told)).decode()
    await done(shop, TakeDirective(Heard.number, PAYMENT_NEWS.name, body), SYSTEM)
    return await done(shop, ApplyPart(Heard.number, PAYMENT_NEWS.name, tuple(msgspec.to_builtins(told))), SYSTEM)


async def a_page_that_is_paid(made: PageShop) -> tuple[Any, ListedPayment]:
    order = await made.order()
    session = await made.page(order)
    made.stripe.pay(session)
    return order, await made.until(lambda one: one.used, "it is sold")


def test_a_refund_made_at_the_provider_is_taken_in_once(tmp_path: Path) -> None:
    async def scenario(made: PageShop) -> None:
        order, paid = await a_page_that_is_paid(made)
        made.stripe.give_back("pi_0001", 100)
        for event in ("evt_1", "evt_1", "evt_2"):
            await hear(made.shop, ToldNews(paid.id, event, "look"))
        now = await made.ends("partly_refunded")
        (refund,) = now.refunds
        assert (refund.why, refund.amount_minor, refund.state) == ("external", 100, "done")
        books = books_of(made.shop)
        assert (books[THERE], books[CARDS]) == (100, 140)
        made.stripe.give_back("pi_0001", 140)
        await hear(made.shop, ToldNews(paid.id, "evt_3", "look"))
        assert len((await made.ends("refunded")).refunds) == 2
        assert kept(made.shop, order).advance_minor == 240, "the order's money is the shop's to settle"

    at(tmp_path, scenario)


@pytest.mark.parametrize("driver", ["stripe_terminal", "clover"])
def test_a_refund_of_a_card_payment_that_someone_made_on_its_providers_pages_is_taken_in(
    driver: str, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver) as counter:
            await counter.begin()
            paid = await counter.ends("captured")
            device: Any = counter.device
            device.give_back(device.payments[0], 50)
            for event in ("evt_1", "evt_1"):
                await hear(counter.shop, ToldNews(paid.id, event, "look"))
            now = await counter.ends("partly_refunded")
            assert [(one.why, one.amount_minor, one.state) for one in now.refunds] == [("external", 50, "done")]
            books = books_of(counter.shop)
            assert (books[THERE], books[CARDS]) == (50, 70)
            await counter.kill()
            await counter.start()
            device.give_back(device.payments[0], 70)
            await hear(counter.shop, ToldNews(paid.id, "evt_2", "look"))
            assert len((await counter.ends("refunded")).refunds) == 2, "what was taken in before is known after a start"
            await whole(counter.shop)

    run(scenario())


def test_two_equal_refunds_made_on_adyens_pages_are_two_and_one_that_fails_is_that_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, "nexo") as counter:
            await counter.begin()
            paid = await counter.ends("captured")
            first, second = "QFQTPCQ8HXSKGK82", "QFQTPCQ8HXSKGK99"
            for own in (first, first, second, second):
                await hear(counter.shop, ToldNews(paid.id, f"{own}-REFUND-true", "refund", 40))
            now = await counter.ends("partly_refunded")
            assert [(one.why, one.amount_minor, one.state) for one in now.refunds] == [("external", 40, "done")] * 2
            assert books_of(counter.shop)[THERE] == 80
            await hear(counter.shop, ToldNews(paid.id, f"{first}-REFUND_FAILED-true", "refund", 40, success=False))
            states = [one.state for one in read_payments(counter.shop.reader)[0].refunds]
            assert states == ["failed", "done"], "of two equal ones, the one that Adyen names"
            unheard = "QFQTPCQ8HXSKGK00-REFUND_FAILED-true"
            await hear(counter.shop, ToldNews(paid.id, unheard, "refund", 40, success=False))
            assert read_payments(counter.shop.reader)[0].refunds[1].state == "done"
            await whole(counter.shop)

    run(scenario())


@pytest.mark.parametrize("driver", ["stripe_terminal", "clover"])
def test_a_refund_of_ours_is_no_refund_made_there(driver: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver) as counter:
            await counter.begin()
            paid = await counter.ends("captured")
            await done(counter.shop, RequestCardRefund(paid.id, 20), SYSTEM)
            await counter.ends("partly_refunded")
            await hear(counter.shop, ToldNews(paid.id, "evt_1", "look"))
            device: Any = counter.device
            device.give_back(device.payments[0], 30)
            await hear(counter.shop, ToldNews(paid.id, "evt_2", "look"))
            now = await counter.until(lambda one: len(one.refunds) > 1, "the other one is taken in")
            assert [(one.why, one.amount_minor) for one in now.refunds] == [("refund", 20), ("external", 30)]
            await whole(counter.shop)

    run(scenario())


def test_a_refund_that_comes_back_frees_its_sum(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            await counter.begin()
            paid = await counter.ends("captured")
            await done(counter.shop, VoidLastSale(), MANAGER)
            await counter.ends("refunded")
            await hear(counter.shop, ToldNews(paid.id, "r1", "refund", 120, success=False))
            now = read_payments(counter.shop.reader)[0]
            assert now.state == "refunded", "of this wire the terminal is asked, not the webhook"
            await whole(counter.shop)

    run(scenario())


@pytest.mark.parametrize("late", [False, True])
def test_a_refund_that_its_bank_sends_back_days_later_is_owed_again_and_told(tmp_path: Path, late: bool) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, "nexo") as counter:
            fees = Provider("nexo", "nexo", "test", ("EUR",), platform_rate=5_000, refund_platform_fee=True)
            await done(counter.shop, SetProvider(fees), SYSTEM)
            await counter.begin()
            paid = await counter.ends("captured")
            if late:
                await done(counter.shop, RequestCardRefund(paid.id, 120, "late"), SYSTEM)
            else:
                await done(counter.shop, VoidLastSale(), MANAGER)
            await counter.ends("refunded")
            before = books_of(counter.shop)
            for event in ("r1", "r1", "r2"):
                await hear(counter.shop, ToldNews(paid.id, event, "refund", 120, success=False))
            now = await counter.ends("captured")
            assert [one.state for one in now.refunds] == ["failed"]
            assert told(counter, "card_refund_failed") == [f"{paid.id} 1"]
            books = books_of(counter.shop)
            assert books[OWED] == -120, "nobody forgets that it is the customer's"
            assert books[CARDS] == before.get(CARDS, 0) + 120, "it is on the shop's account"
            assert (now.platform_fee_minor, now.platform_back_minor) == (6, 0)
            await done(counter.shop, RetryCardRefund(paid.id, 1), MANAGER.with_rights("manage"))
            await counter.ends("refunded")
            assert not told(counter, "card_refund_failed")
            assert {key: minor for key, minor in books_of(counter.shop).items() if minor} == {
                key: minor for key, minor in before.items() if minor
            }
            await whole(counter.shop)

    run(scenario())


def test_disputes_come_in_any_order_and_however_often(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            await counter.begin()
            paid = await counter.ends("captured")
            opened = ToldNews(paid.id, "d1", "dispute", 120, reason="fraud")
            dated = ToldNews(paid.id, "d2", "dispute", 120, reason="fraud", due="2026-12-01")
            lost = ToldNews(paid.id, "d3", "dispute", 120, reason="fraud", end="lost")
            for one in (opened, opened, dated, lost, opened, dated, lost):
                await hear(counter.shop, one)
            (dispute,) = disputes_of(counter.shop.reader, paid.id)
            assert (dispute.state, dispute.answer_by, dispute.reason) == ("lost", "2026-12-01", "fraud")
            assert read_payments(counter.shop.reader)[0].state == "lost"
            assert books_of(counter.shop)[("expenses", "chargebacks")] == 120
            await whole(counter.shop)

    run(scenario())


@pytest.mark.parametrize("end", ["won", "lost"])
def test_the_end_of_a_dispute_that_no_one_heard_of_is_known_once(tmp_path: Path, end: Any) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            await counter.begin()
            paid = await counter.ends("captured")
            for _ in range(2):
                await hear(counter.shop, ToldNews(paid.id, "d9", "dispute", 120, end=end))
            (dispute,) = disputes_of(counter.shop.reader, paid.id)
            now = read_payments(counter.shop.reader)[0].state
            assert (dispute.state, now) == (end, "captured" if end == "won" else "lost")

    run(scenario())


def test_news_of_what_no_one_knows_change_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            head = counter.shop.head.seq
            for what in ("look", "refund", "dispute"):
                await hear(counter.shop, ToldNews("0" * 24, "e", what, 5))
            assert read_payments(counter.shop.reader) == ()
            assert counter.shop.head.seq >= head

    run(scenario())
