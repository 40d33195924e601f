"""A day at the counter, at each terminal: sales with tips, a decline, a cancel, a cut cable, one that restarts,
one that is off, what goes back, the end of the day, and what its provider pays out; then every cent is where it should
be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from edge.accounting.settlements.bank import BankCredit
from edge.accounting.settlements.commands import TakeBatch, TakeCredits
from edge.accounting.settlements.queries import read_unsettled
from edge.core.journal.verify import verify
from edge.counter.shifts.commands import CloseShift, OpenShift
from edge.counter.till.commands import AddLine, AddTip, Pay, PrintReport, RefundSale, VoidLastSale
from edge.counter.till.paying.card_payments import BeginPayment, CancelPayment
from edge.money.payments.commands import SetProvider
from edge.money.payments.providers.provider import Provider, abilities_of
from edge.money.payments.queries import ListedPayment, last_close, refunds_of
from edge.money.payments.watches import WATCHES
from tests.card_shop import CardShop, card_shop
from tests.counter_shop import books_of, paper
from tests.flow.accounting.test_settlements import accounts, batch_of
from tests.http_client import when
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, done, run
from tests.terminals import RIGS

DRIVERS = tuple(name for name in RIGS if abilities_of(name))
PRICE_MINOR, FLOAT_MINOR = 120, 5_000


async def known(counter: CardShop, id: str) -> ListedPayment:
    """A payment as soon as no one has to ask about it any more."""
    return await counter.until(lambda one: not one.runs and not one.is_open, "it is known", id)


async def with_a_tip(counter: CardShop, driver: str) -> ListedPayment:
    """One that the cashier typed, and one on top at each terminal that asks for it."""
    typed_minor = 20 if "tip" in abilities_of(driver) else 0
    counter.device.tip_minor = 20
    await done(counter.shop, AddLine(MILK))
    await done(counter.shop, AddTip(30))
    basket = (await done(counter.shop, BeginPayment())).result
    paid = await counter.ends("captured", str(basket.payment))
    counter.device.tip_minor = 0
    assert (paid.taken_minor, paid.tip_minor) == (PRICE_MINOR + 30 + typed_minor, typed_minor)
    assert books_of(counter.shop)["liabilities", "tips"] == -30 - typed_minor
    return paid


async def declined(counter: CardShop) -> ListedPayment:
    counter.device.fault = "decline"
    no = await counter.ends("declined", await counter.begin())
    counter.device.fault = ""
    await done(counter.shop, Pay("cash"))
    return no


async def cancelled(counter: CardShop) -> ListedPayment:
    counter.device.fault = "late"
    id = await counter.begin()

    async def waits() -> bool:
        return counter.device.running is not None

    await when(waits, bool, "the terminal waits for a card")
    await done(counter.shop, CancelPayment(id))
    over = await known(counter, id)
    counter.device.fault = ""
    assert over.state == "declined"
    await done(counter.shop, Pay("cash"))
    return over


async def cable_cut(counter: CardShop) -> ListedPayment:
    """The bank has agreed, and the line breaks before anyone hears of it."""
    counter.device.fault = "cut_after"
    id = await counter.begin()
    await counter.until(lambda one: one.state in ("unknown", "captured", "declined", "created"), "the line is gone", id)
    counter.device.fault = ""
    found = await known(counter, id)
    if not counter.basket.empty:  # this terminal takes back what nobody confirmed
        await done(counter.shop, Pay("cash"))
    return found


async def restarted(counter: CardShop) -> ListedPayment:
    """The terminal restarts while its customer looks for their card, and knows nothing of it afterwards."""
    counter.device.fault = "reboot_before"
    id = await counter.begin()
    await counter.until(lambda one: one.state in ("unknown", "declined"), "it is not there", id)
    counter.device.fault = ""
    await counter.device.start()
    over = await known(counter, id)
    assert over.taken_minor == 0 and not counter.basket.empty, "nobody paid, and the goods are still there to be paid"
    await done(counter.shop, Pay("cash"))
    return over


async def switched_off(counter: CardShop) -> ListedPayment:
    await counter.device.stop()
    id = await counter.begin()
    off = await counter.until(lambda one: bool(one.code), "it is said to be off", id)
    await done(counter.shop, Pay("cash"))
    await counter.device.start()
    return off


async def gone_back(counter: CardShop, undo: Callable[[int], Awaitable[object]]) -> ListedPayment:
    """A sale that a card paid, and all of it goes back."""
    paid = await counter.ends("captured", await counter.begin())
    await undo(counter.sales()[-1].number)

    async def back() -> object:
        return [one.state for one in refunds_of(counter.shop.reader, paid.id)]

    await when(back, lambda states: states == ["done"], "it went back")
    assert any("Card refund" in line for line in paper(counter.shop, "card_refund"))
    return await counter.until(lambda one: one.state in ("refunded", "voided"), "it is back", paid.id)


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_day_at_the_counter(driver: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver, config='[payments]\ntips = "terminal"\n') as counter:
            shop = counter.shop
            await done(shop, SetProvider(Provider("ours", driver, "test", ("EUR",))), SYSTEM)  # type: ignore[arg-type]
            await done(shop, OpenShift(FLOAT_MINOR))
            await counter.ends("captured", await counter.begin())
            await with_a_tip(counter, driver)
            await declined(counter)
            await cancelled(counter)
            found = await cable_cut(counter)
            await restarted(counter)
            await switched_off(counter)
            await counter.ends("captured", await counter.begin())
            await gone_back(counter, lambda number: done(shop, RefundSale(number), MANAGER))
            await gone_back(counter, lambda number: done(shop, VoidLastSale(), MANAGER))
            await counter.ends("captured", await counter.begin())
            await end_of_day(counter, driver, in_cash=4 + (found.state != "captured"))
            await paid_out(counter)
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


async def end_of_day(counter: CardShop, driver: str, in_cash: int) -> None:
    """The terminal's day, the Z and the drawer, which agree with what customers lack."""
    shop, kept = counter.shop, [one for one in counter.payments if one.state == "captured"]
    by_card = sum(one.taken_minor for one in kept)
    assert counter.device.moved_minor == by_card == books_of(shop)["assets", "cards"]
    assert {one.state for one in counter.payments} <= {"captured", "declined", "voided", "refunded"}
    if "totals" in abilities_of(driver):
        await counter.part.close_day()
        day = last_close(shop.reader, "pad")
        assert day is not None and day.agrees, day
    cash_minor = FLOAT_MINOR + in_cash * PRICE_MINOR
    assert books_of(shop)["assets", "cash", "1"] == cash_minor
    await done(shop, CloseShift(cash_minor), CASHIER)
    await done(shop, PrintReport("z"), MANAGER)
    report = " ".join(paper(shop, "report"))
    assert f"Cash taken {in_cash * PRICE_MINOR / 100:.2f}" in report, report
    assert "Unknown" not in report and "not closed" not in report, report
    now_us = shop.now_us()
    today = counter.payments[0].business_date
    told = {watch.kind for watch in WATCHES if tuple(watch.read(shop.reader, now_us, today))}
    assert told == set(), "nothing is left for a person to see to"


async def paid_out(counter: CardShop) -> None:
    """The provider's batch and the bank's statement of that day."""
    shop, kept = counter.shop, [one for one in counter.payments if one.state == "captured"]
    batch = batch_of(*kept)
    taken = (await done(shop, TakeBatch("ours", batch), SYSTEM)).result
    assert (taken.state, taken.differing) == ("balanced", 0)
    credit = BankCredit(day=batch.paid_on, currency="EUR", amount_minor=batch.net_minor, reference="R1")
    told = (await done(shop, TakeCredits((credit,)), SYSTEM)).result
    assert told.found == 1
    assert read_unsettled(shop.reader, "2027-01-01") == ()
    assert "assets:cards" not in accounts(shop)
