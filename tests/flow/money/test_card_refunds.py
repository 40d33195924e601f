"""What a card had paid goes back to it, once; a terminal is tried, and its day closed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edge.core.journal.verify import verify
from edge.core.messages import Refused
from edge.counter.shifts.commands import GiveRefundInCash, OpenShift
from edge.counter.shifts.queries import read_drawer
from edge.counter.till.commands import PrintReport, RefundSale, VoidLastSale
from edge.counter.till.paying.card_payments import BeginPayment
from edge.money.payments.commands import (
    MoveCardRefund,
    MovePayment,
    NoteExternalRefund,
    NoteSettled,
    RequestCardRefund,
    RetryCardRefund,
    SetProvider,
    TryTerminal,
)
from edge.money.payments.payment import CardRefund
from edge.money.payments.providers.provider import Driver, Provider, abilities_of
from edge.money.payments.queries import last_close, refunds_of
from tests.card_shop import card_shop
from tests.counter_shop import books_of, paper
from tests.flow.money.test_card_payments import told
from tests.flow.money.test_pay_pages import OWED
from tests.http_client import when
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, done, run
from tests.terminals import RIGS


def test_a_refund_goes_back_to_the_card_and_never_more_than_it_brought(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            await counter.begin(MILK, MILK)
            payment = await counter.ends("captured")
            (sale,) = counter.sales()
            await done(counter.shop, RefundSale(sale.number), MANAGER)
            await counter.until(lambda one: one.state == "refunded", "it went back")
            assert counter.device.moved_minor == 0 and any("pending" in line for line in paper(counter.shop))
            assert [one.state for one in refunds_of(counter.shop.reader, payment.id)] == ["done"]
            slip = paper(counter.shop, "card_refund")
            assert any("Card refund" in line for line in slip) and any("-2.40" in line for line in slip), slip
            printed = "SELECT count(*) FROM print_job WHERE kind = 'card_refund'"
            assert counter.shop.reader.execute(printed).fetchone() == (1,)
            (back,) = refunds_of(counter.shop.reader, payment.id)
            heard = MoveCardRefund(payment.id, back.number, "done", "look_up", approval=back.approval)
            await done(counter.shop, heard, SYSTEM)
            assert counter.shop.reader.execute(printed).fetchone() == (1,), "once"
            again = await counter.shop.do(RefundSale(sale.number), MANAGER)
            assert isinstance(again, Refused)
            undone = await counter.shop.do(VoidLastSale(), MANAGER)
            assert isinstance(undone, Refused) and undone.code == "card_refund_stays"
            assert books_of(counter.shop).get(("assets", "cards"), 0) == 0
            assert verify(counter.shop.reader, counter.shop.registry).faults == ()

    run(scenario())


def test_a_refund_that_fails_is_tried_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            await counter.begin()
            payment = await counter.ends("captured")
            counter.device.fault = "decline"
            await done(counter.shop, VoidLastSale(), MANAGER)

            async def refund() -> object:
                return refunds_of(counter.shop.reader, payment.id)[0].state

            await when(refund, lambda state: state == "failed", "the refund failed")
            counter.device.fault = ""
            await done(counter.shop, RetryCardRefund(payment.id, 1), MANAGER.with_rights("manage"))
            await counter.until(lambda one: one.state == "refunded", "it went back")
            assert counter.device.moved_minor == 0
            assert verify(counter.shop.reader, counter.shop.registry).faults == ()

    run(scenario())


def test_a_refund_that_failed_is_given_in_cash_once_by_who_may(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            shop = counter.shop
            await done(shop, OpenShift(5000))
            await counter.begin()
            payment = await counter.ends("captured")
            counter.device.fault = "decline"
            await done(shop, RefundSale(counter.sales()[0].number), MANAGER)

            async def refund() -> CardRefund:
                return refunds_of(shop.reader, payment.id)[0]

            await when(refund, lambda one: one.state == "failed", "the refund failed")
            give = GiveRefundInCash(payment.id, 1, "the card was blocked")
            denied = await shop.do(give, CASHIER)
            assert isinstance(denied, Refused) and denied.code == "right_denied"
            assert books_of(shop)[OWED] == -120
            assert (await done(shop, give, MANAGER)).result == 120
            again = await shop.do(give, MANAGER)
            assert again == Refused("refund_state", {"state": "cash"})
            retried = await shop.do(RetryCardRefund(payment.id, 1), MANAGER.with_rights("manage"))
            assert retried == Refused("refund_state", {"state": "cash"})
            given = await refund()
            assert (given.state, given.cash_minor, given.cash_at) == ("cash", 120, "1")
            assert read_drawer(shop.reader, "1").expected_minor == 5000 - 120
            books = books_of(shop)
            assert (books.get(OWED, 0), books["assets", "cards"], books["assets", "cash", "1"]) == (0, 120, 4880)
            assert not told(counter, "card_refund_failed") and counter.device.moved_minor == 120
            assert "Card refund in cash" in paper(shop, "cash")
            more = await shop.do(RequestCardRefund(payment.id, 1), SYSTEM)
            assert more == Refused("over_captured", {"left_minor": 0}), "what was given in cash counts"
            await done(shop, PrintReport("z"), MANAGER)
            assert "Card refunds paid in cash (1) 1.20" in " ".join(paper(shop, "report"))
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_what_went_through_meanwhile_is_not_given_in_cash(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            await counter.begin()
            payment = await counter.ends("captured")
            counter.device.fault = "decline"
            await done(counter.shop, VoidLastSale(), MANAGER)

            async def state() -> str:
                return refunds_of(counter.shop.reader, payment.id)[0].state

            await when(state, lambda said: said == "failed", "the refund failed")
            counter.device.fault = ""
            await done(counter.shop, NoteExternalRefund(payment.id, 120, "there"), SYSTEM)
            give = GiveRefundInCash(payment.id, 1, "in a hurry")
            gone = await counter.shop.do(give, MANAGER)
            assert gone == Refused("payment_state", {"state": "refunded"})

    run(scenario())


def test_of_a_refund_of_which_less_went_back_the_rest_is_owed_and_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            await counter.begin(MILK, MILK)
            payment = await counter.ends("captured")
            counter.device.fault = "less"
            await done(counter.shop, RefundSale(counter.sales()[0].number), MANAGER)
            await counter.ends("partly_refunded")
            given, rest = refunds_of(counter.shop.reader, payment.id)
            assert (given.state, given.amount_minor, counter.device.moved_minor) == ("done", 140, 100)
            assert (rest.state, rest.code, rest.amount_minor) == ("failed", "gave_less", 100)
            assert told(counter, "card_refund_failed") == [f"{payment.id} 2"]
            counter.device.fault = ""
            await done(counter.shop, RetryCardRefund(payment.id, 2), MANAGER.with_rights("manage"))
            await counter.ends("refunded")
            assert counter.device.moved_minor == 0 and not told(counter, "card_refund_failed")
            assert books_of(counter.shop).get(("assets", "cards"), 0) == 0
            assert verify(counter.shop.reader, counter.shop.registry).faults == ()

    run(scenario())


@pytest.mark.parametrize("driver", ("sim", "zvt", "nexo"))
def test_a_terminal_is_tried_and_its_day_closed(driver: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver) as counter:
            await counter.begin()
            await counter.ends("captured")
            assert await counter.part.close_day() is True
            day = last_close(counter.shop.reader, "pad")
            assert day and [(one.count, one.amount_minor) for one in day.brands] == [(1, 120)]
            await done(counter.shop, PrintReport("z"), MANAGER)
            assert any("totals match" in line for line in paper(counter.shop, "report"))
            await done(counter.shop, TryTerminal(), MANAGER.with_rights("manage"))
            tried = await counter.until(lambda one: one.purpose == "trial" and one.state == "refunded", "it was tried")
            assert tried.taken_minor == 1 and counter.device.moved_minor == 120
            assert books_of(counter.shop)["assets", "cards"] == 120
            assert verify(counter.shop.reader, counter.shop.registry).faults == ()

    run(scenario())


def test_two_refunds_never_give_back_more_than_a_card_brought(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            await counter.begin()
            payment = await counter.ends("captured")
            await done(counter.shop, RequestCardRefund(payment.id, 100), SYSTEM)
            second = await counter.shop.do(RequestCardRefund(payment.id, 21), SYSTEM)
            assert isinstance(second, Refused) and (second.code, second.values) == ("over_captured", {"left_minor": 20})
            await counter.ends("partly_refunded")
            assert counter.device.moved_minor == 20

    run(scenario())


@pytest.mark.parametrize("driver", [name for name in RIGS if "partial_refund" in abilities_of(name)])
def test_a_part_goes_back_without_the_card_where_the_provider_can(driver: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver) as counter:
            await counter.begin()
            payment = await counter.ends("captured")
            await done(counter.shop, RequestCardRefund(payment.id, 50), SYSTEM)
            await counter.ends("partly_refunded")
            await done(counter.shop, RequestCardRefund(payment.id, 70), SYSTEM)
            await counter.ends("refunded")
            assert counter.device.moved_minor == 0
            await done(counter.shop, PrintReport("z"), MANAGER)
            assert not any("closed" in line for line in paper(counter.shop, "report")), "it has no day to close"
            await done(counter.shop, TryTerminal(), MANAGER.with_rights("manage"))
            await counter.until(lambda one: one.purpose == "trial" and one.state == "refunded", "it was tried")
            assert verify(counter.shop.reader, counter.shop.registry).faults == ()

    run(scenario())


def test_what_is_whose_is_split_as_money_comes_and_goes_back_in_proportion(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            fees: dict[str, Any] = {"fee_rate": 1_400, "fee_fixed_minor": 5, "platform_rate": 10_000}
            fees["refund_platform_fee"] = True
            await done(counter.shop, SetProvider(Provider("own", "sim", "test", ("EUR",), **fees)), SYSTEM)
            await counter.begin()
            payment = await counter.ends("captured")
            split = (payment.provider_fee_minor, payment.platform_fee_minor, payment.store_minor, payment.fees)
            assert split == (7, 12, 101, "by_contract")
            assert books_of(counter.shop)["liabilities", "platform fees"] == -12
            await done(counter.shop, RequestCardRefund(payment.id, 50), SYSTEM)
            await counter.ends("partly_refunded")
            assert books_of(counter.shop)["expenses", "platform fees"] == 7
            await done(counter.shop, RequestCardRefund(payment.id, 70), SYSTEM)
            await counter.ends("refunded")
            assert books_of(counter.shop).get(("liabilities", "platform fees"), 0) == 0
            await done(counter.shop, NoteSettled("2026-11-03", (payment.id,), (9,)), SYSTEM)
            told_of = await counter.until(lambda one: one.settled_on, "it is settled")
            assert (told_of.provider_fee_minor, told_of.fees) == (9, "reported")
            assert verify(counter.shop.reader, counter.shop.registry).faults == ()

    run(scenario())


@pytest.mark.parametrize(("driver", "undone"), [("zvt", True), ("nexo", False)])
def test_of_what_was_undone_before_it_was_paid_out_all_fees_come_back(
    driver: Driver, undone: bool, tmp_path: Path
) -> None:
    """A refund of which no one knows that it undid the payment leaves what the contract does not give back."""

    async def scenario() -> None:
        async with card_shop(tmp_path, driver) as counter:
            fees: dict[str, Any] = {"fee_rate": 1_400, "fee_fixed_minor": 5, "platform_rate": 10_000}
            await done(counter.shop, SetProvider(Provider("own", driver, "test", ("EUR",), **fees)), SYSTEM)
            await counter.begin()
            payment = await counter.ends("captured")
            assert (payment.provider_fee_minor, payment.platform_fee_minor) == (7, 12)
            await done(counter.shop, RequestCardRefund(payment.id, payment.taken_minor), SYSTEM)
            back = await counter.ends("refunded")
            assert (back.provider_back_minor, back.platform_back_minor) == ((7, 12) if undone else (0, 0))
            owed = books_of(counter.shop).get(("liabilities", "platform fees"), 0)
            assert owed == (0 if undone else -12)
            sent_back = MoveCardRefund(payment.id, 1, "failed", "look_up", code="declined")
            await done(counter.shop, sent_back, SYSTEM)
            owed_again = await counter.ends("captured")
            assert (owed_again.provider_back_minor, owed_again.platform_back_minor) == (0, 0)
            assert books_of(counter.shop)["liabilities", "platform fees"] == -12
            assert verify(counter.shop.reader, counter.shop.registry).faults == ()

    run(scenario())


def test_what_its_terminal_undid_by_itself_takes_no_fee_and_a_batch_that_says_otherwise_is_believed(
    tmp_path: Path,
) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            fees: dict[str, Any] = {"fee_rate": 1_400, "fee_fixed_minor": 5, "platform_rate": 10_000}
            await done(counter.shop, SetProvider(Provider("own", "sim", "test", ("EUR",), **fees)), SYSTEM)
            await counter.begin()
            payment = await counter.ends("captured")
            await done(counter.shop, MovePayment(payment.id, "voided", "look_up"), SYSTEM)
            voided = await counter.ends("voided")
            assert voided.store_minor == voided.shared_minor
            assert books_of(counter.shop).get(("liabilities", "platform fees"), 0) == 0
            await done(counter.shop, NoteSettled("2026-11-03", (payment.id,), (9,)), SYSTEM)
            told_of = await counter.until(lambda one: one.settled_on, "it is settled")
            assert (told_of.provider_fee_minor, told_of.provider_back_minor) == (9, 0)

    run(scenario())


def test_a_terminal_that_is_gone_is_left_alone_and_the_cashier_is_told_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            await counter.device.stop()
            id = await counter.begin()
            for _ in range(5):
                await counter.until(lambda one: one.code == "offline", "it is not reached", id)
                await done(counter.shop, BeginPayment())
            rests = await counter.until(lambda one: one.code == "resting", "it is left alone", id)
            assert not rests.runs
            await counter.device.start()
            await done(counter.shop, BeginPayment())
            assert counter.payments[0].code == "resting" and counter.device.requests == 0
            counter.clock.advance(31)
            await done(counter.shop, BeginPayment())
            assert await counter.ends("captured", id) and len(counter.sales()) == 1

    run(scenario())
