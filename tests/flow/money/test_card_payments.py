"""A card pays at a terminal on a real wire: once, or it is said that no one knows; never twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from edge.core.journal.rows import read_rows
from edge.core.journal.verify import verify
from edge.core.messages import Refused
from edge.counter.shifts.commands import OpenShift
from edge.counter.till.commands import AbandonBasket, AddLine, Pay, PrintReport
from edge.counter.till.paying.card_payments import BeginPayment, CancelPayment, ResolvePayment
from edge.foundation.settings.commands import SetSetting
from edge.money.payments.providers.provider import abilities_of
from edge.money.payments.watches import LONG_US, WATCHES
from sim.terminal.server import CARD
from tests.card_shop import CardShop, card_shop
from tests.counter_shop import books_of, paper
from tests.http_client import when
from tests.shop_fixture import CASHIER, MANAGER, SYSTEM, TOMATO, done, run
from tests.terminals import RIGS

DRIVERS = tuple(name for name in RIGS if abilities_of(name))
SOME = ("sim", "zvt", "stripe_terminal")
"""A line without keys, one with them, and one through a cloud: the contract of the role tries all."""


def whole(counter: CardShop) -> None:
    """The ledger says what its facts say, and the shop has what the customers lack."""
    assert verify(counter.shop.reader, counter.shop.registry).faults == ()


@pytest.mark.parametrize("driver", DRIVERS)
def test_an_approval_is_a_sale_with_its_slip_and_no_card_number(driver: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver) as counter:
            await counter.begin()
            payment = await counter.ends("captured")
            (sale,) = counter.sales()
            assert [(one.kind, one.amount_minor, one.payment) for one in sale.tenders] == [("card", 120, payment.id)]
            assert counter.device.moved_minor == 120 and payment.used_minor == 120
            assert counter.basket.empty
            lines = paper(counter.shop)
            assert any("1111" in line for line in lines) and not any("411111" in line for line in lines)
            whole(counter)

    run(scenario())


@pytest.mark.parametrize("driver", SOME)
def test_a_decline_leaves_the_basket_and_the_next_card_pays(driver: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver, "decline") as counter:
            first = await counter.begin()
            declined = await counter.ends("declined")
            assert declined.code and len(counter.basket.lines) == 1 and not counter.sales()
            counter.device.fault = ""
            await done(counter.shop, BeginPayment())
            paid = await counter.ends("captured")
            assert paid.id != first and len(counter.sales()) == 1 and counter.device.moved_minor == 120
            whole(counter)

    run(scenario())


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("fault", ("cut_after", "silent_after"))
def test_what_was_approved_and_lost_is_found_and_never_charged_twice(driver: str, fault: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver, fault) as counter:
            await counter.begin()
            await counter.until(lambda one: one.state in ("authorised", "unknown", "captured"), "it was approved")
            counter.device.fault = ""
            await counter.ends("captured")
            assert counter.device.moved_minor == 120 and counter.device.requests == 1 and len(counter.sales()) == 1
            whole(counter)

    run(scenario())


@pytest.mark.parametrize("driver", SOME)
@pytest.mark.parametrize("fault", ("cut_before", "silent_before"))
def test_what_never_began_is_free_to_begin_again(driver: str, fault: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver, fault) as counter:
            id = await counter.begin()
            created = await counter.until(lambda one: one.state == "created" and one.code, "surely nothing began")
            counter.device.fault = ""
            assert not counter.device.moved_minor
            await done(counter.shop, BeginPayment())
            paid = await counter.ends("captured")
            assert (paid.id, paid.key) == (id, created.key), "the same payment is taken up, under the same key"
            assert counter.device.moved_minor == 120 and len(counter.sales()) == 1
            whole(counter)

    run(scenario())


def test_a_busy_terminal_is_said_at_once_and_the_next_attempt_has_another_key(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, fault="busy") as counter:
            await counter.begin()
            busy = await counter.until(lambda one: one.code == "busy", "it is busy")
            assert busy.state == "created"
            counter.device.fault = ""
            await done(counter.shop, BeginPayment())
            assert (await counter.ends("captured")).key != busy.key

    run(scenario())


@pytest.mark.parametrize("driver", DRIVERS)
def test_what_runs_while_it_is_killed_is_looked_up(driver: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, driver, "late") as counter:
            id = await counter.begin()
            await counter.ends("sent")
            await when(_running(counter), bool, "the terminal has it")
            await counter.kill()
            counter.device.finish()  # the customer presents the card all the same
            assert counter.device.moved_minor == 120
            counter.device.fault = ""
            await counter.start()
            assert (await counter.ends("captured")).id == id
            assert counter.device.moved_minor == 120 and len(counter.sales()) == 1
            whole(counter)

    run(scenario())


def _running(counter: CardShop) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return counter.device.running is not None

    return look


def test_cancelling_is_a_wish_and_the_basket_waits_for_the_answer(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, fault="late") as counter:
            id = await counter.begin()
            await when(_running(counter), bool, "the terminal has it")
            refused = await counter.shop.do(AddLine(TOMATO), CASHIER)
            assert isinstance(refused, Refused) and refused.code == "payment_open"
            for command in (AbandonBasket(), Pay("cash"), BeginPayment(), PrintReport("z")):
                answer = await counter.shop.do(command, MANAGER)
                assert isinstance(answer, Refused) and answer.code == "payment_open", command
            await done(counter.shop, CancelPayment(id))
            cancelled = await counter.ends("declined")
            assert cancelled.code == "cancelled" and not counter.device.moved_minor
            await done(counter.shop, Pay("cash", 10))
            assert not counter.basket.payment, "another tender pays: of the card nothing is said any more"
            await done(counter.shop, Pay("cash"))
            assert len(counter.sales()) == 1

    run(scenario())


def test_a_deaf_terminal_may_approve_what_was_cancelled_and_then_it_is_paid(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, fault="deaf") as counter:
            await counter.kill()
            await counter.start(silence_timeout_ms=60_000, cancel_timeout_ms=60_000)
            id = await counter.begin()
            await when(_running(counter), bool, "the terminal has it")
            await done(counter.shop, CancelPayment(id))
            counter.device.finish()
            await counter.ends("captured")
            assert len(counter.sales()) == 1 and counter.device.moved_minor == 120

    run(scenario())


def test_less_is_a_part_and_the_rest_is_paid_in_cash(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, fault="less") as counter:
            await counter.begin()
            payment = await counter.ends("captured")
            assert 0 < payment.taken_minor < 120 and not counter.sales()
            assert counter.basket.paid_minor == payment.taken_minor
            await done(counter.shop, Pay("cash"))
            (sale,) = counter.sales()
            assert [one.kind for one in sale.tenders] == ["card", "cash"]
            whole(counter)

    run(scenario())


def test_more_than_was_asked_goes_back_by_itself(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, fault="more") as counter:
            await counter.begin()
            payment = await counter.until(lambda one: one.state == "partly_refunded", "the surplus went back")
            (sale,) = counter.sales()
            (surplus,) = payment.refunds
            assert sale.tenders[0].amount_minor == payment.taken_minor - surplus.amount_minor == 120
            assert surplus.why == "surplus" and surplus.state == "done"
            assert books_of(counter.shop)["assets", "cards"] == 120
            whole(counter)

    run(scenario())


def _moved(counter: CardShop) -> Callable[[], Awaitable[int]]:
    async def look() -> int:
        return counter.device.moved_minor

    return look


async def lost(counter: CardShop, minor: int | None = None) -> str:
    """A payment that was approved and of which nothing more is heard, as the terminal is off: its id."""
    id = await counter.begin(minor=minor)
    await counter.until(lambda one: one.state in ("authorised", "unknown"), "it was approved")
    await when(_moved(counter), bool, "the terminal knows that")
    await counter.kill()
    await counter.device.stop()
    await counter.start()
    await counter.until(lambda one: one.state == "unknown" and one.failed_look_ups >= 2, "look-ups tell nothing")
    return id


def test_of_what_nobody_can_tell_a_person_does_and_only_the_rest_is_paid_meanwhile(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, fault="silent_after") as counter:
            id = await lost(counter, 100)
            too_much = await counter.shop.do(Pay("cash", 50), CASHIER)
            assert isinstance(too_much, Refused) and too_much.code == "payment_unknown"
            assert (await done(counter.shop, Pay("cash", 20))).result.paid_minor == 20
            denied = await counter.shop.do(ResolvePayment(id, taken=True, reason="so"), CASHIER)
            assert isinstance(denied, Refused) and denied.code == "right_denied"
            await done(counter.shop, PrintReport("x"), MANAGER)
            assert any(line.startswith("Unresolved card payments (1)") for line in paper(counter.shop, "report"))
            await done(counter.shop, ResolvePayment(id, taken=True, reason="its copy says so"), MANAGER)
            assert not any("its copy says so" in str(row) for row in read_rows(counter.shop.reader, 1, 10_000)), (
                "sealed"
            )
            (sale,) = counter.sales()
            assert sorted((one.kind, one.amount_minor) for one in sale.tenders) == [("card", 100), ("cash", 20)]
            await counter.device.start()
            await counter.until(lambda one: one.answered, "the terminal was asked all the same")
            assert not counter.payments[0].contradicted and len(counter.sales()) == 1
            whole(counter)

    run(scenario())


def test_nobody_decides_before_it_was_looked_up(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, fault="late") as counter:
            id = await counter.begin()
            await counter.ends("sent")
            refused = await counter.shop.do(ResolvePayment(id, taken=True, reason="so"), MANAGER)
            assert isinstance(refused, Refused) and refused.code == "payment_state"

    run(scenario())


@pytest.mark.parametrize("days_off", [0, 3])
def test_a_capture_that_comes_late_goes_back_to_the_card(days_off: int, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, fault="silent_after") as counter:
            id = await lost(counter)
            await done(counter.shop, ResolvePayment(id, taken=False, reason="its paper is empty"), MANAGER)
            await done(counter.shop, Pay("cash"))
            await counter.kill()
            counter.clock.advance(days_off * 86_400)
            counter.device.fault = ""
            await counter.device.start()
            await counter.start()
            late = await counter.ends("refunded", id)
            assert late.contradicted == "captured" and counter.device.moved_minor == 0
            (sale,) = counter.sales()
            assert [one.kind for one in sale.tenders] == ["cash"]
            assert books_of(counter.shop).get(("assets", "cards"), 0) == 0
            whole(counter)

    run(scenario())


def test_a_terminal_that_is_off_stops_no_sale(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            await counter.device.stop()
            await counter.begin()
            off = await counter.until(lambda one: one.code == "offline", "it is off")
            assert off.state == "created"
            await done(counter.shop, Pay("cash"))
            assert len(counter.sales()) == 1 and counter.payments[0].state == "voided"

    run(scenario())


def test_what_was_taken_is_in_the_basket_where_the_sale_cannot_be_completed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, fault="late") as counter:
            await counter.begin()
            await when(_running(counter), bool, "the terminal has it")
            await done(counter.shop, SetSetting("shifts.required", True), SYSTEM)
            counter.device.finish()
            await counter.ends("captured")
            assert not counter.sales() and counter.basket.paid_minor == 120
            await done(counter.shop, OpenShift(0))
            await done(counter.shop, Pay("cash"))
            (sale,) = counter.sales()
            assert [(one.kind, one.amount_minor) for one in sale.tenders] == [("card", 120)]
            assert counter.device.moved_minor == 120
            whole(counter)

    run(scenario())


def test_a_whole_card_number_is_kept_nowhere_and_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, fault="whole_number") as counter:
            await counter.begin()
            payment = await counter.ends("captured")
            assert payment.approval and payment.approval.sends_pan and payment.approval.last4 == CARD[-4:]
            rows = read_rows(counter.shop.reader, 1, 10_000)
            assert rows and not any(CARD in str(row) for row in rows)
            assert told(counter, "terminal_sends_pan") == ["pad"]

    run(scenario())


def told(counter: CardShop, kind: str, later_us: int = 0) -> list[str]:
    """What someone is told of a kind, so much later."""
    watch = next(one for one in WATCHES if one.kind == kind)
    now_us = counter.shop.now_us() + later_us
    return [one.subject for one in watch.read(counter.shop.reader, now_us, "2026-11-01")]


def test_a_person_is_told_of_what_is_unknown_for_minutes(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path, fault="silent_after") as counter:
            id = await lost(counter)
            assert told(counter, "payment_unknown") == []
            assert told(counter, "payment_unknown", LONG_US + 1) == [id]

    run(scenario())
