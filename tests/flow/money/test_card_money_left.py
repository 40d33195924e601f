"""Rules of card money that stand beside a terminal: cards by hand, days closed by hand, refunds that failed, disputes
whichever word comes first, and what Prometheus is told when something is wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from edge.accounting.settlements.commands import EndDispute, HearDispute, OpenDispute, TakeBatch
from edge.accounting.settlements.events import DisputeEnd
from edge.accounting.settlements.evidence import read_evidence
from edge.accounting.settlements.queries import read_disputes
from edge.core.messages import Refused
from edge.counter.till.commands import AddLine, AnswerQuestion, Pay, PrintReport, RefundSale, RefundWithoutReceipt
from edge.counter.till.paying.card_payments import BeginPayment
from edge.money.payments.commands import NoteCall, RequestCardRefund
from edge.money.payments.providers import gauges
from edge.money.payments.queries import refunds_of
from edge.money.payments.watches import LONG_US
from tests.card_shop import CardShop, card_shop
from tests.counter_shop import books_of, paper
from tests.flow.accounting.test_settlements import accounts, batch_of, other, paid
from tests.flow.money.test_card_extras import whole
from tests.flow.money.test_card_payments import lost
from tests.http_client import when
from tests.shop_fixture import BEER, CONFIG, MANAGER, MILK, SYSTEM, done, run

PRICE_MINOR = 120


def test_a_card_by_hand_is_no_payment_of_the_terminal_and_goes_back_by_hand(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            shop = counter.shop
            await counter.device.stop()
            off = await counter.begin()
            await counter.until(lambda one: one.code == "offline", "it is off", off)
            await done(shop, Pay("card"))
            (sale,) = counter.sales()
            assert [(one.kind, one.amount_minor, one.payment) for one in sale.tenders] == [("card", PRICE_MINOR, "")]
            await counter.ends("voided", off)
            assert books_of(shop)["assets", "cards"] == PRICE_MINOR
            await counter.device.start()
            await done(shop, PrintReport("x"), MANAGER)
            report = " ".join(paper(shop, "report"))
            assert "Card 1 1.20" in report and "VISA" not in report, report
            assert await counter.part.close_day(), "the terminal has nothing of it, and nothing is missing there"
            await done(shop, RefundSale(sale.number), MANAGER)
            assert not counter.device.requests and refunds_of(shop.reader, off) == ()
            assert books_of(shop).get(("assets", "cards"), 0) == 0
            whole(counter)

    run(scenario())


def test_a_day_that_is_closed_by_hand_is_on_the_z_until_somebody_did(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, config='[payments]\nclose_terminal = "by_hand"\n') as counter:
            await paid(counter)
            await done(counter.shop, PrintReport("z"), MANAGER)
            assert any("Terminal not closed" in line for line in paper(counter.shop, "report"))
            assert not any(one.closed for one in counter.device.payments), "nobody asked it to"
            assert await counter.part.close_day()
            await done(counter.shop, PrintReport("z"), MANAGER)
            assert any("Terminal closed: totals match" in line for line in paper(counter.shop, "report"))

    run(scenario())


def test_without_a_receipt_nothing_goes_to_a_card(tmp_path: Path) -> None:
    async def scenario() -> None:
        text = "till.refunds_without_receipt = true\n" + CONFIG
        async with card_shop(tmp_path, base=text) as counter:
            await paid(counter)
            await done(counter.shop, AddLine(MILK))
            outcome = await counter.shop.do(RefundWithoutReceipt("card", reason="it is lost"), MANAGER)
            assert isinstance(outcome, Refused) and outcome.code == "back_more_than_paid"
            assert counter.device.moved_minor == PRICE_MINOR

    run(scenario())


def test_a_refund_that_failed_frees_its_sum(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            (payment,) = await paid(counter)
            counter.device.fault = "decline"
            await done(counter.shop, RequestCardRefund(payment.id, PRICE_MINOR), SYSTEM)

            async def first() -> str:
                return refunds_of(counter.shop.reader, payment.id)[0].state

            await when(first, lambda state: state == "failed", "the refund failed")
            counter.device.fault = ""
            await done(counter.shop, RequestCardRefund(payment.id, PRICE_MINOR), SYSTEM)
            back = await counter.ends("refunded", payment.id)
            assert [one.state for one in back.refunds] == ["failed", "done"] and counter.device.moved_minor == 0
            whole(counter)

    run(scenario())


async def says_a_page(counter: CardShop, payment: str, how: DisputeEnd) -> None:
    """Someone notes it, and its end."""
    open_ = [one for one in read_disputes(counter.shop.reader) if one.is_open]
    if not read_disputes(counter.shop.reader):
        await done(counter.shop, OpenDispute(payment, "fraud", PRICE_MINOR), SYSTEM)
        open_ = list(read_disputes(counter.shop.reader))
    for one in open_:
        await done(counter.shop, EndDispute(one.id, how), SYSTEM)


async def says_a_webhook(counter: CardShop, payment: str, how: DisputeEnd) -> None:
    """Its provider says that it is lost, which ends one that no one gave up before."""
    await counter.shop.do(HearDispute(payment, "fraud", PRICE_MINOR, end="lost"), SYSTEM)


async def says_a_batch(counter: CardShop, payment: str, how: DisputeEnd) -> None:
    """A provider's batch takes the money."""
    (of,) = [one for one in counter.payments if one.id == payment]
    back = batch_of(id="78", more=(other("chargeback", of, -PRICE_MINOR),))
    await done(counter.shop, TakeBatch("sim", back), SYSTEM)


Word = Callable[[CardShop, str, DisputeEnd], Awaitable[None]]
PAGE, WEBHOOK, BATCH = says_a_page, says_a_webhook, says_a_batch


@pytest.mark.parametrize("how", ["lost", "accepted", "expired"])
@pytest.mark.parametrize(
    "order", [(PAGE, BATCH, WEBHOOK), (BATCH, PAGE, WEBHOOK), (WEBHOOK, BATCH, PAGE), (BATCH, WEBHOOK, PAGE)]
)
def test_whoever_says_it_first_the_money_of_a_dispute_leaves_once(
    order: tuple[Word, ...], how: DisputeEnd, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            (payment,) = await paid(counter)
            await done(counter.shop, TakeBatch("sim", batch_of(payment)), SYSTEM)
            for says in order:
                await says(counter, payment.id, how)
            assert len(read_disputes(counter.shop.reader)) == 1
            assert [one.state for one in counter.payments] == ["lost"]
            books_now = accounts(counter.shop)
            assert books_now["expenses:chargebacks"] == PRICE_MINOR
            assert "assets:cards in dispute" not in books_now and "assets:cards" not in books_now
            whole(counter)

    run(scenario())


def test_evidence_says_what_was_checked_of_the_card_and_of_its_holder(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            shop = counter.shop
            asked = (await done(shop, AddLine(BEER))).result
            await done(shop, AnswerQuestion(asked.questions[0].id))
            await done(shop, BeginPayment())
            payment = await counter.ends("captured")
            await done(shop, OpenDispute(payment.id, "fraud", 50), SYSTEM)
            (dispute,) = read_disputes(shop.reader)
            found = read_evidence(shop.reader, dispute.id)
            assert found is not None and found.approval is not None
            assert (found.age_checked, found.sold_by, found.receipt) == (18, "cashier", 1)
            card = found.approval
            assert (card.entry, card.cvm, card.authorisation, card.last4) == ("chip", "pin", "A12345", "1111")
            assert card.slip and (found.taken_minor, dispute.amount_minor) == (250, 50), "only its part is disputed"
            await done(shop, EndDispute(dispute.id, "lost"), SYSTEM)
            (now,) = counter.payments
            assert (now.state, now.charged_back_minor, now.returnable_minor) == ("captured", 50, 200)

    run(scenario())


def test_prometheus_is_told_what_is_unknown_for_minutes_and_who_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, fault="silent_after") as counter:
            await lost(counter)
            read = {gauge.name: gauge.read for gauge in gauges.GAUGES}
            now_us = counter.shop.now_us()
            monkeypatch.setattr(gauges, "_now_us", lambda: now_us + LONG_US - 1_000_000)
            assert read["edge_card_payments_unknown"](counter.shop.reader, ("1",)) == {}
            monkeypatch.setattr(gauges, "_now_us", lambda: now_us + LONG_US + 1_000_000)
            assert read["edge_card_payments_unknown"](counter.shop.reader, ("1",)) == {"sim": 1.0}
            for _ in range(5):
                await done(counter.shop, NoteCall("sim", "pad", answered=False), SYSTEM)
            monkeypatch.setattr(gauges, "_now_us", lambda: counter.shop.now_us() + 1_000_000)
            assert read["edge_card_providers_resting"](counter.shop.reader, ("1",)) == {"sim pad": 1.0}

    run(scenario())
