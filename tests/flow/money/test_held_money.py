"""What a card's bank holds for an order: taken as that is handed over, else free again, and never taken twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from edge.core.messages import Command, Refused
from edge.money.payments.watches import WATCHES
from edge.ordering.orders.commands import CancelOrder, HandOverOrder
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.paying.order_payments import TakeHeld, payment_of
from tests.flow.money.test_pay_pages import PAGES, PageShop, at
from tests.http_client import when
from tests.ordering import STAFF, do, sales

DAY_S = 86_400.0
HELD = PAGES + 'capture = "hand_over"\n'


def holding(folder: Path, scenario: Callable[[PageShop, KeptOrder], Awaitable[None]]) -> None:
    """A shop, and a payment that was authorised on its page."""

    async def begun(made: PageShop) -> None:
        order = await made.order()
        session = await made.page(order)
        assert made.stripe.pay(session)
        await made.ends("authorised")
        assert (made.stripe.held_minor, made.stripe.moved_minor) == (240, 0)
        await scenario(made, order)

    at(folder, begun, pages=HELD)


def alerts(made: PageShop) -> set[str]:
    now_us = made.shop.now_us()
    return {watch.kind for watch in WATCHES if tuple(watch.read(made.shop.reader, now_us, "2026-11-24"))}


async def why_not(made: PageShop, command: Command) -> str:
    outcome = await made.shop.do(command, STAFF)
    assert isinstance(outcome, Refused), outcome
    return outcome.code


def test_what_is_held_is_taken_before_the_order_is_handed_over(tmp_path: Path) -> None:
    async def scenario(made: PageShop, order: KeptOrder) -> None:
        told = payment_of(made.shop.reader, order.id)
        assert told is not None and told.state == "held"
        assert await why_not(made, HandOverOrder(order.id, ())) == "payment_held"
        assert sales(made.shop) == []
        assert await do(made.shop, TakeHeld(order.id), STAFF) == 240
        assert await why_not(made, TakeHeld(order.id)) == "nothing_held", "once"
        await made.until(lambda one: one.used, "it is sold")
        assert (made.stripe.held_minor, made.stripe.moved_minor) == (0, 240)
        await do(made.shop, HandOverOrder(order.id, ()), STAFF)
        assert made.stripe.moved_minor == 240

    holding(tmp_path, scenario)


@pytest.mark.parametrize("fault", ["cut", "down", "garbage"])
def test_a_capture_that_is_lost_is_found_or_asked_for_once_more(fault: str, tmp_path: Path) -> None:
    async def scenario(made: PageShop, order: KeptOrder) -> None:
        made.stripe.fault = fault  # type: ignore[assignment]
        await do(made.shop, TakeHeld(order.id), STAFF)
        await made.ends("unknown")
        assert await why_not(made, HandOverOrder(order.id, ())) == "payment_held"
        await made.kill()
        made.stripe.fault = ""
        made.start()
        await made.until(lambda one: one.used, "it is sold")
        assert (made.stripe.held_minor, made.stripe.moved_minor) == (0, 240)

    holding(tmp_path, scenario)


def test_of_a_cancelled_order_nothing_is_held_any_more(tmp_path: Path) -> None:
    async def scenario(made: PageShop, order: KeptOrder) -> None:
        await do(made.shop, CancelOrder(order.secret))
        await made.ends("voided")
        assert (made.stripe.held_minor, made.stripe.moved_minor, sales(made.shop)) == (0, 0, [])

    holding(tmp_path, scenario)


def test_what_ends_soon_is_told_and_so_is_what_ended(tmp_path: Path) -> None:
    async def scenario(made: PageShop, order: KeptOrder) -> None:
        assert "hold_ends" not in alerts(made)
        made.clock.advance(6.1 * DAY_S)
        assert "hold_ends" in alerts(made)
        made.stripe.let_go(next(iter(made.stripe._intents)))
        await made.kill()
        made.start()  # it is looked at as it begins
        expired = await made.ends("expired")
        assert expired.code == "hold_over" and "hold_over" in alerts(made) and "hold_ends" not in alerts(made)
        assert await why_not(made, TakeHeld(order.id)) == "nothing_held"

        async def pays_anew() -> str:
            told = payment_of(made.shop.reader, order.id)
            return told.state if told else ""

        await when(pays_anew, lambda state: state == "failed", "the customer is asked once more")

    holding(tmp_path, scenario)
