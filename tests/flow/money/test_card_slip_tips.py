"""Tips that customers write onto slips: typed in afterwards, said again, more or less, too late, not given back."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.accounting.settlements.batch import Batch, BatchLine
from edge.accounting.settlements.commands import TakeBatch
from edge.core.messages import Refused
from edge.counter.till.commands import PrintReport, RefundSale
from edge.counter.till.paying.card_tips import AddCardTip
from edge.money.payments.commands import RetryCardRefund
from edge.money.payments.providers.provider import abilities_of
from tests.card_shop import CardShop, card_shop
from tests.counter_shop import books_of, paper
from tests.flow.money.test_card_extras import PRICE_MINOR, refused, whole
from tests.shop_fixture import CASHIER, MANAGER, SYSTEM, done, run

AFTER = '[payments]\ntips = "after"\n'
drivers = pytest.mark.parametrize("driver", ["sim", "clover"])


async def close_its_day(counter: CardShop, driver: str) -> None:
    """The terminal's day is over, and it counted what we did, where its wire says that."""
    if "totals" in abilities_of(driver):
        assert await counter.part.close_day(), "the terminal counted the same"
    else:
        counter.device.close_day()


async def answer_lost(counter: CardShop) -> None:
    """The terminal added a tip, and no one hears of it before the line is there again."""
    open_ = ("created", "sent", "authorised")
    await counter.until(lambda one: one.purpose == "tip" and one.state not in open_, "its answer is lost")
    counter.device.fault = ""


@drivers
def test_a_tip_on_a_slip_is_added_once_and_is_a_sale_of_nothing_else(driver: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver, config=AFTER) as counter:
            shop, of = counter.shop, await counter.begin()
            await counter.ends("captured")
            high = await shop.do(AddCardTip(of, 100), CASHIER)
            assert isinstance(high, Refused) and high.code == "confirm_tip"
            counter.device.fault = "silent_after"
            await done(shop, AddCardTip(of, 100, answers=(high.answer,)))
            await answer_lost(counter)
            tip = await counter.until(lambda one: one.purpose == "tip" and one.used, "it is looked up")
            assert counter.device.moved_minor == PRICE_MINOR + 100 and counter.device.requests == 2
            _, sale = counter.sales()
            assert [(line.kind, line.amount_minor) for line in sale.lines] == [("tip", 100)]
            assert [(one.kind, one.amount_minor, one.payment) for one in sale.tenders] == [("card", 100, tip.id)]
            assert books_of(shop)["liabilities", "tips"] == -100
            assert books_of(shop)["assets", "cards"] == PRICE_MINOR + 100
            assert await refused(counter, AddCardTip(of, 100)) == "tip_same"
            await done(shop, PrintReport("x"), MANAGER)
            report = paper(shop, "report")
            assert "Tips included in total 1.00" in report and "VISA (1) 2.20" in report
            await close_its_day(counter, driver)
            base = next(one for one in counter.payments if one.id == of)
            line = BatchLine(kind="payment", day=base.business_date, amount_minor=220, reference=tip.approval.reference)
            sums = {"gross_minor": 220, "fees_minor": 0, "net_minor": 220}
            batch = Batch(id="1", currency="EUR", paid_on=base.business_date, lines=(line,), **sums)
            assert (await done(shop, TakeBatch(driver, batch), SYSTEM)).result.state == "balanced"
            assert [one.state for one in counter.payments] == ["settled", "settled"]
            whole(counter)

    run(scenario())


@drivers
def test_a_second_tip_on_a_slip_is_the_tip_in_all(driver: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver, config=AFTER) as counter:
            shop, of = counter.shop, await counter.begin()
            await counter.ends("captured")

            async def tip_is(minor: int) -> str:
                newest = await counter.until(lambda one: one.added_minor == minor, "the tip is on it", of)
                return newest.added_tip

            await done(shop, AddCardTip(of, 20))
            first = await tip_is(20)
            assert await refused(counter, AddCardTip(of, 20)) == "tip_same"
            counter.device.fault = "silent_after"
            await done(shop, AddCardTip(of, 50))
            await answer_lost(counter)
            assert await tip_is(50) != first
            assert counter.device.moved_minor == PRICE_MINOR + 50, "looked up, and not added twice"
            assert [sale.total_minor for sale in counter.sales()] == [PRICE_MINOR, 20, 30]
            assert books_of(shop)["liabilities", "tips"] == -50
            assert books_of(shop)["assets", "cards"] == PRICE_MINOR + 50
            await close_its_day(counter, driver)
            base = next(one for one in counter.payments if one.id == of)
            reference = base.approval.reference if base.approval else ""
            line = BatchLine(kind="payment", day=base.business_date, amount_minor=170, reference=reference)
            sums = {"gross_minor": 170, "fees_minor": 0, "net_minor": 170}
            batch = Batch(id="1", currency="EUR", paid_on=base.business_date, lines=(line,), **sums)
            assert (await done(shop, TakeBatch(driver, batch), SYSTEM)).result.state == "balanced"
            assert [one.state for one in counter.payments] == ["settled"] * 3
            assert await refused(counter, AddCardTip(of, 90)) == "no_tip_on_it", "it was paid out"
            whole(counter)

    run(scenario())


@drivers
def test_a_tip_that_was_too_much_is_lowered_on_the_card_and_in_the_books(driver: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver, config=AFTER) as counter:
            shop, of = counter.shop, await counter.begin()
            await counter.ends("captured")

            async def tip_is(minor: int) -> None:
                await done(shop, AddCardTip(of, minor))
                await counter.until(lambda one: one.added_minor == minor, "the tip is that by now", of)
                assert counter.device.moved_minor == PRICE_MINOR + minor
                assert books_of(shop)["liabilities", "tips"] == -minor
                assert books_of(shop)["assets", "cards"] == PRICE_MINOR + minor

            for minor in (20, 50, 40, 10, 30):
                await tip_is(minor)
            counter.device.fault = "busy"
            await done(shop, AddCardTip(of, 25))
            tip = await counter.until(lambda one: any(back.code == "busy" for back in one.refunds), "it is busy")
            assert await refused(counter, AddCardTip(of, 35)) == "tip_waits"
            counter.device.fault = "silent_after"
            await done(shop, RetryCardRefund(tip.id, 1), MANAGER.with_rights("manage"))
            ends = ("unknown", "done")
            await counter.until(lambda one: one.refunds[0].state in ends, "its answer is lost", tip.id)
            counter.device.fault = ""
            base = await counter.until(lambda one: one.added_minor == 25, "it is looked up, and taken off once", of)
            assert counter.device.moved_minor == PRICE_MINOR + 25
            await done(shop, PrintReport("x"), MANAGER)
            report = paper(shop, "report")
            assert "Tips included in total 0.25" in report and "VISA (1) 1.45" in report
            assert sum(sale.total_minor for sale in counter.sales()) == PRICE_MINOR + 20 + 30 + 20
            await close_its_day(counter, driver)
            reference = base.approval.reference if base.approval else ""
            line = BatchLine(kind="payment", day=base.business_date, amount_minor=145, reference=reference)
            sums = {"gross_minor": 145, "fees_minor": 0, "net_minor": 145}
            batch = Batch(id="1", currency="EUR", paid_on=base.business_date, lines=(line,), **sums)
            assert (await done(shop, TakeBatch(driver, batch), SYSTEM)).result.state == "balanced"
            assert all(one.settled_on for one in counter.payments)
            whole(counter)

    run(scenario())


@drivers
def test_a_tip_that_is_lowered_too_late_goes_back_to_its_card(driver: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver, config=AFTER) as counter:
            of = await counter.begin()
            await counter.ends("captured")
            await done(counter.shop, AddCardTip(of, 50))
            await counter.until(lambda one: one.added_minor == 50, "it is added", of)
            await close_its_day(counter, driver)
            await done(counter.shop, AddCardTip(of, 20))
            await counter.until(lambda one: one.purpose == "tip" and one.state == "partly_refunded", "it went back")
            assert counter.device.moved_minor == PRICE_MINOR + 20
            assert books_of(counter.shop)["liabilities", "tips"] == -20
            whole(counter)

    run(scenario())


@drivers
def test_of_a_tip_that_was_lowered_the_rest_alone_is_refunded(driver: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver, config=AFTER) as counter:
            of = await counter.begin()
            await counter.ends("captured")
            await done(counter.shop, AddCardTip(of, 50))
            await counter.until(lambda one: one.added_minor == 50, "it is added", of)
            await done(counter.shop, AddCardTip(of, 20))
            await counter.until(lambda one: one.added_minor == 20, "it is lowered", of)
            tip = counter.sales()[1].number
            await done(counter.shop, RefundSale(tip), MANAGER)
            await counter.until(lambda one: one.purpose == "tip" and one.state == "refunded", "the rest went back")
            assert counter.device.moved_minor == PRICE_MINOR
            assert books_of(counter.shop).get(("liabilities", "tips"), 0) == 0
            refusal = await counter.shop.do(RefundSale(tip), MANAGER)
            assert isinstance(refusal, Refused) and refusal.code == "all_refunded"
            whole(counter)

    run(scenario())


@drivers
def test_a_tip_that_comes_too_late_is_none_and_stops_no_sale(driver: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver, config=AFTER) as counter:
            of = await counter.begin()
            await counter.ends("captured")
            await close_its_day(counter, driver)
            await done(counter.shop, AddCardTip(of, 20))
            await counter.until(lambda one: one.purpose == "tip" and one.state == "declined", "it is too late")
            assert len(counter.sales()) == 1 and counter.device.moved_minor == PRICE_MINOR
            counter.device.fault = "busy"
            await done(counter.shop, AddCardTip(of, 20))
            await counter.until(lambda one: one.purpose == "tip" and one.code == "busy", "it is busy")
            counter.device.fault = ""
            sale = await counter.begin()
            await counter.ends("captured", sale)
            assert len(counter.sales()) == 2
            whole(counter)

    run(scenario())


@drivers
def test_a_refund_of_what_has_a_tip_gives_no_tip_back(driver: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver, config=AFTER) as counter:
            of = await counter.begin()
            await counter.ends("captured")
            await done(counter.shop, AddCardTip(of, 20))
            await counter.until(lambda one: one.purpose == "tip" and one.used, "it is added")
            await done(counter.shop, RefundSale(counter.sales()[0].number), MANAGER)
            back = await counter.until(lambda one: one.state == "refunded", "it went back", of)
            by_reference = "partial_refund" in abilities_of(driver)
            assert [bool(one.reference) for one in back.refunds] == [by_reference], "else the card is presented again"
            assert counter.device.moved_minor == 20
            whole(counter)

    run(scenario())


def test_no_tip_afterwards_where_the_shop_does_not_want_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            of = await counter.begin()
            await counter.ends("captured")
            assert await refused(counter, AddCardTip(of, 20)) == "no_tip_after"

    run(scenario())
