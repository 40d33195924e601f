"""A terminal's answer to a refund is lost, and look-ups can't tell: the till goes on, and a person resolves it."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.journal.rows import facts
from edge.core.journal.verify import verify
from edge.core.messages import Refused
from edge.counter.shifts.commands import GiveRefundInCash
from edge.counter.till.commands import VoidLastSale
from edge.money.payments.commands import ResolveCardRefund
from edge.money.payments.events import CardRefundResolved
from edge.money.payments.payment import CardRefund
from edge.money.payments.queries import LOOK_UPS_LEAST, look_ups, refunds_of
from sim.terminal.server import SimTerminalServer
from tests import card_shop as shops
from tests.card_shop import CardShop, card_shop
from tests.counter_shop import books_of
from tests.flow.money.test_pay_pages import OWED
from tests.http_client import when
from tests.shop_fixture import CASHIER, MANAGER, done, open_shop, run

REASON = "the customer's bank has it"


async def lost_refund(counter: CardShop) -> CardRefund:
    """A sale that was paid by card and is undone; what became of that the terminal can't say."""
    await counter.begin()
    payment = await counter.ends("captured")
    counter.clock.advance(5)
    at_s = counter.device.now_s() - 300
    counter.device.now_s = lambda: at_s  # its clock is five minutes behind
    counter.device.fault = "cut_after"
    await done(counter.shop, VoidLastSale(), MANAGER)
    refund = await unknown_refund(counter, payment.id)
    counter.device.fault = ""
    counter.clock.advance(5)
    return refund


async def unknown_refund(counter: CardShop, payment: str) -> CardRefund:
    async def look() -> CardRefund:
        return refunds_of(counter.shop.reader, payment)[0]

    def in_vain(one: CardRefund) -> bool:
        return one.state == "unknown" and look_ups(counter.shop.reader, one.key).failed >= LOOK_UPS_LEAST

    return await when(look, in_vain, "look-ups told nothing")


def forget_reversal(device: SimTerminalServer) -> None:
    """The line breaks before the terminal reads what shall go back, and then it makes no sense for a while."""
    heard = device.on_message

    def received(message: bytes) -> None:
        if not message.startswith(b"\x06\x30"):
            return heard(message)
        device.on_message = heard  # type: ignore[method-assign]
        device.fault = "garbage"
        device.hang_up()

    device.on_message = received  # type: ignore[method-assign]


def test_a_lost_refund_holds_up_no_later_card(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, "zvt") as counter:
            refund = await lost_refund(counter)
            for _ in range(2):
                await counter.begin()
                await counter.ends("captured", counter.payments[0].id)
                await counter.kill()
                await counter.start()
            assert refunds_of(counter.shop.reader, refund.payment)[0].state == "unknown"
            assert verify(counter.shop.reader, counter.shop.registry).faults == ()

    run(scenario())


def test_who_may_says_that_a_lost_refund_reached_its_card(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, "zvt") as counter:
            refund, shop = await lost_refund(counter), counter.shop
            of = (refund.payment, refund.number)
            denied = await shop.do(ResolveCardRefund(*of, True, REASON), CASHIER)
            assert isinstance(denied, Refused) and denied.code == "right_denied"
            await done(shop, ResolveCardRefund(*of, True, REASON), MANAGER)
            assert counter.payments[0].state == "refunded"
            assert books_of(shop).get(OWED, 0) == 0 and books_of(shop).get(("assets", "cards"), 0) == 0
            (said,) = [
                one.event for one in facts(shop.reader, shop.registry) if isinstance(one.event, CardRefundResolved)
            ]
            assert said.given and said.reason
            again = await shop.do(ResolveCardRefund(*of, False, REASON), MANAGER)
            assert again == Refused("refund_state", {"state": "done"})
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_lost_refund_that_did_not_reach_its_card_is_given_in_cash(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, "zvt") as counter:
            refund, shop = await lost_refund(counter), counter.shop
            of = (refund.payment, refund.number)
            await done(shop, ResolveCardRefund(*of, False, REASON), MANAGER)
            assert (await done(shop, GiveRefundInCash(*of, "in cash"), MANAGER)).result == 120
            assert books_of(shop).get(OWED, 0) == 0
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_the_receipt_of_a_later_sale_is_not_taken_for_that_of_a_lost_refund(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shops, "PAUSES_S", (0.01, 3600.0))

    async def scenario() -> None:
        async with card_shop(tmp_path, "zvt") as counter:
            await counter.begin()
            payment = await counter.ends("captured")
            counter.clock.advance(5)
            forget_reversal(counter.device)
            await done(counter.shop, VoidLastSale(), MANAGER)
            refund = await unknown_refund(counter, payment.id)
            counter.clock.advance(5)
            counter.device.fault = ""
            await counter.begin()  # of the same sum, and on the very next receipt
            await counter.ends("captured", counter.payments[0].id)
            await counter.kill()
            tries = look_ups(counter.shop.reader, refund.key).failed
            await counter.start()

            async def looked_up() -> int:
                return look_ups(counter.shop.reader, refund.key).failed

            await when(looked_up, lambda failed: failed > tries, "it was looked up once more")
            assert refunds_of(counter.shop.reader, payment.id)[0].state == "unknown"

    run(scenario())


def test_what_a_terminal_that_was_taken_away_left_unknown_is_resolved_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, "zvt") as counter:
            payment = await counter.begin()
            await counter.ends("captured")
            counter.device.fault = "silent_after"
            await done(counter.shop, VoidLastSale(), MANAGER)

            async def look() -> str:
                return refunds_of(counter.shop.reader, payment)[0].state

            await when(look, lambda state: state == "sent", "it is at the terminal")
            await counter.kill()
        async with open_shop(tmp_path, counter.clock) as shop:
            await done(shop, ResolveCardRefund(payment, 1, False, REASON), MANAGER)
            assert (await done(shop, GiveRefundInCash(payment, 1, "in cash"), MANAGER)).result == 120
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())
