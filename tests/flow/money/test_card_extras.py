"""What comes with a card's payment: a tip that is typed at the terminal, cash that is handed out, and what is taken
while its host is gone."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest

from edge.accounting.settlements.events import StoredLost
from edge.core.journal.verify import verify
from edge.core.messages import Actor, Refused
from edge.counter.till.commands import (
    AbandonBasket,
    AddLine,
    AddLoad,
    AddTip,
    Pay,
    PrintReport,
    RefundSale,
    VoidLastSale,
)
from edge.counter.till.paying.card_payments import BeginPayment, ResolvePayment
from edge.money.payments.commands import AgreeOffline
from edge.money.payments.queries import Which, count_troubled, read_payments, refunds_of
from edge.money.payments.settings import OfflineLimits
from edge.money.payments.watches import WATCHES
from tests.card_shop import CardShop, card_shop
from tests.counter_shop import books_of, paper
from tests.fiscal_shop import of_type
from tests.http_client import when
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, done, run

TIPS = '[payments]\ntips = "terminal"\n'
CASH_BACK = "[payments]\ncash_back_most = 50\n"
OFFLINE = "[payments]\noffline_most = 2\noffline_total_most = 3\noffline_card_most = 3\noffline_count_most = 2\n"
PRICE_MINOR = 120


def whole(counter: CardShop) -> None:
    assert verify(counter.shop.reader, counter.shop.registry).faults == ()


async def refused(counter: CardShop, command: object, actor: Actor = CASHIER) -> str:
    outcome = await counter.shop.do(command, actor)  # type: ignore[arg-type]
    assert isinstance(outcome, Refused), outcome
    return outcome.code


@pytest.mark.parametrize("driver", ("sim", "nexo", "stripe_terminal", "clover"))
def test_a_tip_that_is_typed_at_the_terminal_joins_the_sale(driver: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver, config=TIPS) as counter:
            counter.device.tip_minor = 20
            await done(counter.shop, AddLine(MILK))
            await done(counter.shop, AddTip(10))
            await done(counter.shop, BeginPayment())
            payment = await counter.ends("captured")
            (sale,) = counter.sales()
            assert [(one.kind, one.amount_minor) for one in sale.tenders] == [("card", PRICE_MINOR + 30)]
            assert [one.amount_minor for one in sale.lines if one.kind == "tip"] == [30], "that of the till and its own"
            assert (payment.tip_minor, payment.used_minor, payment.refunds) == (20, 150, ())
            assert books_of(counter.shop)["liabilities", "tips"] == -30
            assert books_of(counter.shop)["assets", "cards"] == counter.device.moved_minor == 150
            await done(counter.shop, PrintReport("x"), MANAGER)
            assert "Tips included in total 0.30" in paper(counter.shop, "report")
            whole(counter)

    run(scenario())


def test_a_part_that_a_card_pays_has_its_tip_on_top(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, config=TIPS) as counter:
            counter.device.tip_minor = 20
            await counter.begin(minor=100)
            await counter.ends("captured")
            assert not counter.sales() and counter.basket.paid_minor == 120
            await done(counter.shop, Pay("cash"))
            (sale,) = counter.sales()
            assert (sale.total_minor, [one.amount_minor for one in sale.tenders]) == (140, [120, 20])
            whole(counter)

    run(scenario())


@pytest.mark.parametrize(
    ("driver", "kept"), [("sim", ""), ("nexo", ""), ("stripe_terminal", ""), ("clover", ""), ("zvt", TIPS)]
)
def test_nobody_is_asked_for_a_tip_where_the_till_or_the_terminal_does_not(
    driver: str, kept: str, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver, config=kept) as counter:
            counter.device.tip_minor = 20
            await counter.begin()
            payment = await counter.ends("captured")
            assert not payment.asks_tip and counter.device.moved_minor == PRICE_MINOR

    run(scenario())


@pytest.mark.parametrize("driver", ["sim", "nexo"])
def test_cash_back_leaves_the_drawer_and_is_no_revenue(driver: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver, config=CASH_BACK) as counter:
            await done(counter.shop, AddLine(MILK))
            assert await refused(counter, BeginPayment(cash_back_minor=50_01)) == "cash_back_limit"
            assert await refused(counter, BeginPayment(100, cash_back_minor=50_00)) == "cash_back_alone"
            await done(counter.shop, BeginPayment(cash_back_minor=50_00))
            payment = await counter.ends("captured")
            (sale,) = counter.sales()
            assert (sale.total_minor, sale.change_minor, sale.rounding_minor) == (PRICE_MINOR, 50_00, 0)
            assert [(one.amount_minor, one.cash_back_minor) for one in sale.tenders] == [(PRICE_MINOR + 50_00, 50_00)]
            assert {"including cash back 50.00", "Cash back 50.00"} <= set(paper(counter.shop))
            books = books_of(counter.shop)
            assert books["assets", "cards"] == PRICE_MINOR + 50_00 == counter.device.moved_minor
            assert books["assets", "cash", "1"] == -50_00
            await done(counter.shop, PrintReport("x"), MANAGER)
            report = paper(counter.shop, "report")
            assert "including cash back (1) 50.00" in report and "Cash taken -50.00" in report
            undone = await counter.shop.do(VoidLastSale(), MANAGER)
            assert isinstance(undone, Refused) and undone.code == "cash_back_stays"
            await done(counter.shop, RefundSale(sale.number), MANAGER)
            back = await counter.until(lambda one: one.state == "refunded", "it went back", payment.id)
            assert [one.amount_minor for one in back.refunds] == [PRICE_MINOR] and counter.device.moved_minor == 50_00
            whole(counter)

    run(scenario())


@pytest.mark.parametrize("driver", ["sim", "nexo"])
def test_a_card_that_pays_for_no_cash_hands_none_out(driver: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver, fault="no_cash_back", config=CASH_BACK) as counter:
            await done(counter.shop, AddLine(MILK))
            await done(counter.shop, BeginPayment(cash_back_minor=50_00))
            payment = await counter.ends("captured")
            (sale,) = counter.sales()
            assert (sale.change_minor, payment.handed_out_minor) == (0, 0)
            assert counter.device.moved_minor == PRICE_MINOR and payment.refunds == ()
            whole(counter)

    run(scenario())


def test_cash_that_another_card_than_a_debit_card_paid_for_goes_back_to_it(tmp_path: Path) -> None:
    """Where a terminal asks no one before it takes the money."""

    async def scenario() -> None:
        async with card_shop(tmp_path, "nexo", config=CASH_BACK) as counter:
            counter.device.funding = "credit"
            await done(counter.shop, AddLine(MILK))
            await done(counter.shop, BeginPayment(cash_back_minor=50_00))
            payment = await counter.until(lambda one: bool(one.refunds), "it goes back")
            (sale,) = counter.sales()
            assert (sale.change_minor, payment.handed_out_minor, payment.used_minor) == (0, 0, PRICE_MINOR)
            assert [(one.why, one.amount_minor) for one in payment.refunds] == [("surplus", 50_00)]
            await counter.until(lambda one: one.state == "partly_refunded", "it went back", payment.id)
            assert counter.device.moved_minor == PRICE_MINOR
            whole(counter)

    run(scenario())


@pytest.mark.parametrize("funding", ["credit", "prepaid"])
def test_only_a_debit_card_pays_for_cash_that_is_handed_out(funding: Any, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, config=CASH_BACK) as counter:
            counter.device.funding = funding
            await done(counter.shop, AddLine(MILK))
            await done(counter.shop, BeginPayment(cash_back_minor=50_00))
            kept_out = await counter.until(lambda one: bool(one.code), "it is kept out")
            assert (kept_out.state, kept_out.code) == ("declined", "cash_back_debit")
            assert (counter.sales(), counter.device.moved_minor) == ([], 0)
            await done(counter.shop, BeginPayment())
            await counter.ends("captured")
            assert counter.device.moved_minor == PRICE_MINOR, "for the goods any card pays"
            counter.device.funding = "debit"
            await done(counter.shop, AddLine(MILK))
            await done(counter.shop, BeginPayment(cash_back_minor=50_00))
            await counter.until(lambda one: one.handed_out_minor == 50_00, "it is handed out")
            whole(counter)

    run(scenario())


def test_no_cash_back_where_the_shop_or_the_terminal_has_none(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path / "none") as counter:
            await done(counter.shop, AddLine(MILK))
            assert await refused(counter, BeginPayment(cash_back_minor=100)) == "cash_back_limit"
        async with card_shop(tmp_path / "zvt", "zvt", config=CASH_BACK) as counter:
            await done(counter.shop, AddLine(MILK))
            assert await refused(counter, BeginPayment(cash_back_minor=100)) == "no_cash_back"

    run(scenario())


def test_offline_only_within_the_limits_and_confirmed_when_its_host_is_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, fault="host_gone", config=OFFLINE) as counter:
            await done(counter.shop, AgreeOffline(), SYSTEM)
            first = await counter.ends("stored", await counter.begin())
            assert first.offline_most_minor == 200
            assert "Taken offline, not confirmed yet" in paper(counter.shop)
            second = await counter.ends("stored", await counter.begin())
            assert second.offline_most_minor == 180, "what all of them may come to"
            third = await counter.begin()
            declined = await counter.ends("declined", third)
            assert (declined.code, declined.offline_most_minor) == ("offline_limit", 0), "no more than two"
            await done(counter.shop, Pay("cash"))
            counter.device.fault = ""
            counter.device.forward()
            await counter.ends("captured", first.id)
            await counter.ends("captured", second.id)
            assert counter.device.moved_minor == 2 * PRICE_MINOR
            whole(counter)

    run(scenario())


@pytest.mark.parametrize("fault", ["host_gone", "stored"])
def test_no_gift_card_is_loaded_offline(fault: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, fault=fault, config=OFFLINE) as counter:
            await done(counter.shop, AgreeOffline(), SYSTEM)
            await done(counter.shop, AddLoad("GIFT-CARD-0001", 100))
            declined = await counter.ends("declined", await counter.begin())
            assert declined.offline_most_minor == 0
            assert (counter.device.moved_minor, counter.sales()) == (0, []), "it would be spent before anybody knows"

    run(scenario())


def test_nothing_is_taken_offline_before_somebody_agreed_to_as_much(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, fault="host_gone", config=OFFLINE) as counter:
            declined = await counter.ends("declined", await counter.begin())
            assert (declined.code, declined.offline_most_minor) == ("offline", 0)
            await done(counter.shop, Pay("cash"))
            await done(counter.shop, AgreeOffline(), SYSTEM)
            stored = await counter.ends("stored", await counter.begin())
            assert stored.offline_most_minor == 200
            assert OfflineLimits(200, 300, 300, 2, 24).within(OfflineLimits(200, 300, 300, 2, 24))
            assert not OfflineLimits(201, 300, 300, 2, 24).within(OfflineLimits(200, 300, 300, 2, 24)), "more is asked"
        async with card_shop(tmp_path / "off") as counter:
            assert await refused(counter, AgreeOffline(), SYSTEM) == "offline_off"

    run(scenario())


def test_a_terminal_that_takes_more_offline_than_it_may_takes_it_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, fault="stored") as counter:
            await counter.begin()
            back = await counter.ends("declined")
            assert back.code == "offline_limit" and counter.device.moved_minor == 0
            await done(counter.shop, Pay("cash"))
            whole(counter)

    run(scenario())


def test_what_the_bank_refuses_afterwards_is_told_and_lost_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, fault="host_gone", config=OFFLINE) as counter:
            await done(counter.shop, AgreeOffline(), SYSTEM)
            id = await counter.begin()
            await counter.ends("stored")
            counter.device.fault = ""
            counter.device.forward(agrees=False)
            assert (await counter.ends("lost")).code == "offline_declined"
            watch = next(one for one in WATCHES if one.kind == "offline_declined")
            assert [one.subject for one in watch.read(counter.shop.reader, counter.shop.now_us(), "")] == [id]
            assert [one.payment for one in of_type(counter.shop, StoredLost)] == [id]
            assert books_of(counter.shop)["expenses", "card losses"] == PRICE_MINOR
            assert len(counter.sales()) == 1
            whole(counter)

    run(scenario())


def test_a_sale_waits_for_no_payment_of_before_that_no_one_can_ask_about(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, fault="host_gone", config=OFFLINE) as counter:
            await done(counter.shop, AgreeOffline(), SYSTEM)
            await counter.begin()
            await counter.ends("stored")
            await counter.device.stop()
            await done(counter.shop, AddLine(MILK))
            await done(counter.shop, Pay("cash"))

            async def sold() -> int:
                return len(counter.sales())

            await when(sold, lambda count: count == 2, "it is sold")
            assert counter.payments[0].state == "stored"
            whole(counter)

    run(scenario())


def test_a_manager_finds_what_has_to_be_seen_to(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, fault="host_gone", config=OFFLINE) as counter:
            await done(counter.shop, AgreeOffline(), SYSTEM)
            stored = await counter.begin()
            await counter.ends("stored")
            counter.device.fault = ""
            taken = await counter.begin()
            await counter.ends("captured", taken)
            counter.device.fault = "decline"
            await done(counter.shop, VoidLastSale(), MANAGER)
            await counter.until(lambda one: one.refunds and one.refunds[0].state == "failed", "it failed", taken)
            reader = counter.shop.reader
            found = {which: [one.id for one in read_payments(reader, which)] for which in get_args(Which)}
            assert found["stored"] == [stored] and found["refund_failed"] == [taken]
            assert found["unsettled"] == found["taken"] == [taken, stored]
            assert found["unknown"] == found["disputed"] == []
            assert count_troubled(reader) == {"stored": 1, "refund_failed": 1}

    run(scenario())


def test_who_refuses_to_pay_the_rest_gets_all_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, fault="less") as counter:
            part = await counter.begin()
            await counter.ends("captured")
            counter.device.fault = ""
            await done(counter.shop, AbandonBasket(), MANAGER)
            await counter.ends("refunded", part)
            assert counter.device.moved_minor == 0 and not counter.sales()
            assert books_of(counter.shop).get(("assets", "cards"), 0) == 0
            whole(counter)

    run(scenario())


def test_of_what_comes_late_no_cash_was_handed_out_and_all_goes_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, fault="silent_after", config=CASH_BACK) as counter:
            await done(counter.shop, AddLine(MILK))
            id = (await done(counter.shop, BeginPayment(cash_back_minor=50_00))).result.payment
            await counter.until(lambda _: counter.device.moved_minor, "the terminal has heard that it got through")
            await counter.kill()
            await counter.device.stop()
            await counter.start()
            await counter.until(lambda one: one.state == "unknown" and one.failed_look_ups >= 2, "nobody can tell")
            await done(counter.shop, ResolvePayment(id, taken=False, reason="its paper is empty"), MANAGER)
            await done(counter.shop, Pay("cash"))
            counter.device.fault = ""
            await counter.device.start()
            late = await counter.ends("refunded", id)
            assert [(one.amount_minor, one.why) for one in late.refunds] == [(PRICE_MINOR + 50_00, "late")]
            assert counter.device.moved_minor == 0 and counter.sales()[0].change_minor == 0
            whole(counter)

    run(scenario())


def test_a_tip_that_no_one_asked_for_goes_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, "nexo") as counter:
            begin = counter.device._begin  # type: ignore[attr-defined]

            def with_tip(asked: Any, kind: str, minor: int, tip_minor: int = 0, cash_back_minor: int = 0) -> None:
                begin(asked, kind, minor, 50 if kind == "payment" else tip_minor, cash_back_minor)

            counter.device._begin = with_tip  # type: ignore[attr-defined]
            id = await counter.begin()
            await counter.until(lambda one: one.state == "partly_refunded", "it went back", id)
            (sale,) = counter.sales()
            assert [line.kind for line in sale.lines] == ["goods"] and sale.total_minor == PRICE_MINOR
            (back,) = refunds_of(counter.shop.reader, id)
            assert (back.why, back.amount_minor, back.state) == ("surplus", 50, "done")
            whole(counter)

    run(scenario())
