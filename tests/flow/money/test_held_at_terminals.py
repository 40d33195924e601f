"""An order that is paid at a kiosk's terminal, where money is held alone: taken as the order is handed over, once, or
free again; and other cards pay there meanwhile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from edge.core.messages import Command, Refused
from edge.core.process.booking_part import BookingPart
from edge.money.payments.watches import WATCHES
from edge.ordering.orders.commands import CancelOrder, HandOverOrder
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.paying.order_payments import AskForPayment, TakeHeld, payment_of
from tests.card_shop import CardShop, card_shop
from tests.flow.ordering.test_kiosk_payments import paid_for, selling
from tests.ordering import STAFF, do, kept, milk_order
from tests.shop_fixture import CASHIER, run

DAY_S = 86_400.0
HELD = '[payments]\ncapture = "hand_over"\n'
SUM_MINOR = 240
both = pytest.mark.parametrize("driver", ["clover", "stripe_terminal"])
Scenario = Callable[[CardShop, KeptOrder, BookingPart], Awaitable[None]]


def holding(folder: Path, driver: str, scenario: Scenario, fault: str = "") -> None:
    """A shop, and an order that was paid at the terminal: its bank holds the money."""

    async def main() -> None:
        async with card_shop(folder, driver, fault, HELD) as counter:
            order, part = await paid_for(counter, folder)
            await scenario(counter, order, part)

    run(main())


async def why_not(counter: CardShop, command: Command) -> str:
    outcome = await counter.shop.do(command, STAFF)
    assert isinstance(outcome, Refused), outcome
    return outcome.code


@both
def test_it_is_taken_before_the_order_is_handed_over_and_others_pay_meanwhile(driver: str, tmp_path: Path) -> None:
    async def scenario(counter: CardShop, order: KeptOrder, part: BookingPart) -> None:
        held = await counter.ends("authorised")
        assert (counter.device.held_minor, counter.device.moved_minor) == (SUM_MINOR, 0)
        told = payment_of(counter.shop.reader, order.id)
        assert told is not None and told.state == "held"
        assert await why_not(counter, HandOverOrder(order.id, ())) == "payment_held"
        await counter.begin()
        await counter.ends("captured")
        assert counter.device.moved_minor == 120, "a card of another customer"
        assert await do(counter.shop, TakeHeld(order.id), STAFF) == SUM_MINOR
        assert await why_not(counter, TakeHeld(order.id)) == "nothing_held", "once"
        await counter.ends("captured", held.id)
        await part.look()
        assert kept(counter.shop, order).advance_minor == SUM_MINOR
        assert (counter.device.held_minor, counter.device.moved_minor) == (0, 120 + SUM_MINOR)
        await do(counter.shop, HandOverOrder(order.id, ()), STAFF)

    holding(tmp_path, driver, scenario)


@both
def test_of_an_order_that_is_cancelled_nothing_is_held_any_more(driver: str, tmp_path: Path) -> None:
    async def scenario(counter: CardShop, order: KeptOrder, part: BookingPart) -> None:
        await counter.ends("authorised")
        await do(counter.shop, CancelOrder(order.secret))
        await part.look()
        await counter.ends("voided")
        assert (counter.device.held_minor, counter.device.moved_minor, counter.sales()) == (0, 0, [])

    holding(tmp_path, driver, scenario)


@both
@pytest.mark.parametrize("fault", ["cut_before", "cut_after"])
def test_a_capture_that_is_lost_is_found_also_behind_a_kill(fault: str, driver: str, tmp_path: Path) -> None:
    async def scenario(counter: CardShop, order: KeptOrder, part: BookingPart) -> None:
        await counter.ends("authorised")
        counter.device.fault = fault  # type: ignore[assignment]
        await do(counter.shop, TakeHeld(order.id), STAFF)
        await counter.ends("unknown")
        await counter.kill()
        counter.device.fault = ""
        await counter.start()
        await counter.ends("captured")
        await part.look()
        assert kept(counter.shop, order).advance_minor == SUM_MINOR
        assert (counter.device.held_minor, counter.device.moved_minor) == (0, SUM_MINOR)

    holding(tmp_path, driver, scenario)


@both
def test_what_is_held_outlives_a_kill_and_is_told_before_its_bank_lets_it_go(driver: str, tmp_path: Path) -> None:
    async def scenario(counter: CardShop, order: KeptOrder, part: BookingPart) -> None:
        await counter.ends("authorised")
        await counter.kill()
        await counter.start()
        await counter.ends("authorised")
        days = {"clover": 7, "stripe_terminal": 2}[driver]

        def soon() -> bool:
            now_us = counter.shop.now_us()
            (watch,) = [one for one in WATCHES if one.kind == "hold_ends"]
            return bool(tuple(watch.read(counter.shop.reader, now_us, "")))

        counter.clock.advance((days - 1) * DAY_S - 60)
        assert not soon()
        counter.clock.advance(120)
        assert soon()

    holding(tmp_path, driver, scenario)


@both
def test_a_cashier_holds_it_at_the_counter_as_a_customer_does_at_a_kiosk(driver: str, tmp_path: Path) -> None:
    async def main() -> None:
        async with card_shop(tmp_path, driver, config=HELD) as counter:
            order = await milk_order(counter.shop)
            paid = await do(counter.shop, AskForPayment(order.id, way="terminal"), STAFF)
            await counter.ends("authorised", str(paid))
            assert (counter.device.held_minor, counter.device.moved_minor) == (SUM_MINOR, 0)
            assert await why_not(counter, HandOverOrder(order.id, ())) == "payment_held"
            assert await why_not(counter, AskForPayment(order.id, way="terminal")) == "payment_held", "not twice"
            assert await why_not(counter, AskForPayment(order.secret, way="terminal")) == "payment_held"
            await do(counter.shop, TakeHeld(order.id), STAFF)
            await counter.ends("captured", str(paid))
            await selling(tmp_path, counter).look()
            assert kept(counter.shop, order).advance_minor == counter.device.moved_minor == SUM_MINOR
            (sale,) = counter.sales()
            assert [(one.kind, one.amount_minor) for one in sale.tenders] == [("card", SUM_MINOR)]
            await do(counter.shop, HandOverOrder(order.id, ()), STAFF)

    run(main())


def test_of_less_than_was_asked_nothing_is_held(tmp_path: Path) -> None:
    async def scenario(counter: CardShop, order: KeptOrder, part: BookingPart) -> None:
        await counter.ends("authorised")
        await part.look()
        await counter.ends("voided")
        assert (counter.device.held_minor, counter.device.moved_minor) == (0, 0)
        counter.device.fault = ""
        await do(counter.shop, AskForPayment(order.secret, way="terminal"), CASHIER)
        await counter.ends("authorised")
        assert counter.device.held_minor == SUM_MINOR

    holding(tmp_path, "clover", scenario, "less")
