"""The contract of all payment terminals: each driver with a simulated terminal."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from drivers import registry
from drivers.roles import DeviceError, PaymentTerminal, SpeaksOn
from drivers.terminal_outcomes import (
    Approved,
    Declined,
    NotStarted,
    OutcomeUnknown,
    StillRunning,
    TerminalOutcome,
    TerminalRequest,
)
from sim.terminal.server import CARD, Fault, SimTerminalServer
from tests.terminals import APPLES, QUICK, RIGS, Watched, at_a_terminal, has_it, request_of

CUTS = {"sim": 360, "zvt": 1_000}
"""Positions in a payment's bytes at which the connection is cut. Cheap protocols are cut at every or every second byte;
the bench tests the others completely.
"""
each = pytest.mark.parametrize("name", RIGS)


async def pay(terminal: PaymentTerminal, request: TerminalRequest, keeps: bool = True) -> TerminalOutcome:
    return await terminal.pay(request, Watched(keeps))


@each
def test_an_approved_payment_says_what_the_receipt_needs(name: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        await terminal.open()
        watched = Watched()
        outcome = await terminal.pay(await request_of(terminal), watched)
        assert isinstance(outcome, Approved)
        assert (outcome.amount_minor, outcome.currency, outcome.brand) == (2_040, "EUR", "VISA")
        assert (outcome.last4, outcome.entry, outcome.cvm) == ("1111", "chip", "pin")
        assert outcome.at == "11-01 21:09:16"
        assert outcome.funding == ("" if name in ("zvt", "clover") else "debit"), (
            "where the wire tells the kind of card"
        )
        assert outcome.reference
        assert [one.amount_minor for one in watched.approvals] == [2_040] * ("confirm" in terminal.abilities)
        assert watched.steps
        assert sim.moved_minor == 2_040

    at_a_terminal(name, scenario)


@each
@pytest.mark.parametrize(("fault", "amount_minor"), [("less", 1_940), ("more", 2_140), ("twice", 2_040)])
def test_what_was_approved_counts_and_not_what_was_asked(name: str, fault: Fault, amount_minor: int) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        sim.fault = fault
        outcome = await pay(terminal, await request_of(terminal))
        assert isinstance(outcome, Approved)
        assert (outcome.amount_minor, sim.moved_minor) == (amount_minor, amount_minor)

    at_a_terminal(name, scenario)


@pytest.mark.parametrize("name", ["sim", "zvt"])
def test_a_second_answer_that_differs_is_told_and_looked_up(name: str) -> None:
    """Only on a line, where data may follow the end; an HTTP request has one answer."""

    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        sim.fault = "contradicts"
        assert isinstance(terminal, SpeaksOn)
        request = await request_of(terminal)
        assert isinstance(await pay(terminal, request), Approved)
        assert isinstance(await terminal.second_end(), Declined)
        found = await terminal.look_up(request)
        assert isinstance(found, Approved) and found.amount_minor == sim.moved_minor, "by the terminal, not by memory"
        sim.fault = "twice"
        assert isinstance(await pay(terminal, await request_of(terminal, "a2")), Approved)
        assert await terminal.second_end() is None, "the same again"

    at_a_terminal(name, scenario)


@each
@pytest.mark.parametrize("fault", ["decline", "zero"])
def test_a_declined_payment_takes_nothing_and_the_next_is_free(name: str, fault: Fault) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        sim.fault = fault
        outcome = await pay(terminal, await request_of(terminal))
        assert isinstance(outcome, Declined)
        assert outcome.code in ("insufficient", "declined")
        assert sim.moved_minor == 0
        sim.fault = ""
        assert isinstance(await pay(terminal, await request_of(terminal, "a2")), Approved)

    at_a_terminal(name, scenario)


@each
def test_what_cannot_be_written_down_is_taken_back(name: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        if "confirm" not in terminal.abilities:
            return  # it asks for no confirmation; a late payment is refunded
        outcome = await pay(terminal, await request_of(terminal), keeps=False)
        assert isinstance(outcome, Declined)
        assert outcome.code == "taken_back"
        assert sim.moved_minor == 0

    at_a_terminal(name, scenario)


@each
@pytest.mark.parametrize("fault", ["busy", "paper"])
def test_one_that_cannot_now_began_nothing_and_may_be_asked_again(name: str, fault: Fault) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        if fault in RIGS[name].lacks:
            return
        request = await request_of(terminal)
        sim.fault = fault
        refused = await pay(terminal, request)
        assert isinstance(refused, NotStarted) and refused.code == RIGS[name].said_as.get(fault, fault)
        assert not (await terminal.state()).ready
        sim.fault = ""
        assert isinstance(await pay(terminal, request), Approved)
        assert sim.moved_minor == 2_040

    at_a_terminal(name, scenario)


@each
def test_one_that_is_off_began_nothing(name: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        request = await request_of(terminal)
        await sim.stop()
        assert await pay(terminal, request) == NotStarted("offline")
        with pytest.raises(DeviceError) as off:
            await terminal.state()
        assert (off.value.code, str(sim.port) in off.value.what) == ("terminal_offline", True)
        await sim.start()
        assert isinstance(await pay(terminal, request), Approved)

    at_a_terminal(name, scenario)


@each
def test_a_key_that_is_wrong_is_said_at_once(name: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        request = await request_of(terminal)
        sim.fault = "wrong_key"
        assert await pay(terminal, request) == NotStarted("key")
        with pytest.raises(DeviceError) as wrong:
            await terminal.open()
        assert wrong.value.code == "terminal_key"

    at_a_terminal(name, scenario)


@each
@pytest.mark.parametrize("fault", ["silent_before", "cut_before"])
def test_a_loss_before_anything_began_is_unknown_until_it_is_looked_up(name: str, fault: Fault) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        request = await request_of(terminal)
        sim.fault = fault
        assert isinstance(await pay(terminal, request), OutcomeUnknown)
        assert await pay(terminal, request) == OutcomeUnknown("look_up_first")
        other = msgspec.structs.replace(request, key="a2")
        assert await pay(terminal, other) == NotStarted("look_up_first")
        sim.fault = ""
        assert isinstance(await terminal.look_up(request), NotStarted)
        assert isinstance(await pay(terminal, request), Approved)
        assert (sim.requests, sim.moved_minor) == (1, 2_040)

    at_a_terminal(name, scenario, **QUICK)


@each
@pytest.mark.parametrize("fault", ["silent_after", "cut_after"])
def test_a_loss_after_the_money_moved_is_found_and_not_taken_again(name: str, fault: Fault) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        request = await request_of(terminal)
        sim.fault = fault
        assert isinstance(await pay(terminal, request), OutcomeUnknown)
        sim.fault = ""
        found = await terminal.look_up(request)
        assert isinstance(found, Approved)
        assert found.amount_minor == 2_040
        assert await pay(terminal, request) == found
        assert (sim.requests, sim.moved_minor) == (1, 2_040)

    at_a_terminal(name, scenario, **QUICK)


@each
def test_one_that_answers_late_is_still_running_and_then_paid(name: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        request = await request_of(terminal)
        sim.fault = "deaf"
        assert isinstance(await pay(terminal, request), OutcomeUnknown)
        assert await terminal.look_up(request) == StillRunning()
        sim.finish()
        assert isinstance(await terminal.look_up(request), Approved)
        assert sim.moved_minor == 2_040

    at_a_terminal(name, scenario, **QUICK)


@each
@pytest.mark.parametrize("limit", ["silence_timeout_ms", "total_timeout_ms"])
def test_one_that_waits_too_long_for_a_card_is_cancelled(name: str, limit: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        sim.fault = "late"
        outcome = await pay(terminal, await request_of(terminal))
        assert isinstance(outcome, Declined)
        assert (outcome.code, sim.moved_minor) == ("cancelled", 0)

    at_a_terminal(name, scenario, **{limit: 100})


@each
def test_cancel_is_a_wish_that_names_the_running_request(name: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        request, watched = await request_of(terminal), Watched()
        sim.fault = "late"
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(terminal.pay(request, watched))
            await watched.began.wait()
            assert not await terminal.cancel("another")
            assert await terminal.look_up(request) == StillRunning()
            assert await pay(terminal, request) == StillRunning()
            assert await pay(terminal, msgspec.structs.replace(request, key="a2")) == NotStarted("busy")
            assert await terminal.cancel(request.key)
        outcome = running.result()
        assert isinstance(outcome, Declined)
        assert (outcome.code, sim.moved_minor) == ("cancelled", 0)
        assert not await terminal.cancel(request.key)

    at_a_terminal(name, scenario)


@each
def test_a_cancel_that_comes_too_late_is_an_approval(name: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        request, watched = await request_of(terminal), Watched()
        sim.fault = "deaf"
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(terminal.pay(request, watched))
            await watched.began.wait()
            await terminal.cancel(request.key)
            await has_it(sim)
            sim.finish()
        assert isinstance(running.result(), Approved)
        assert sim.moved_minor == 2_040

    at_a_terminal(name, scenario)


@each
def test_the_same_request_twice_takes_once_and_another_sum_is_refused(name: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        request = await request_of(terminal)
        assert await pay(terminal, request) == await pay(terminal, request)
        other = msgspec.structs.replace(request, amount_minor=1)
        assert await pay(terminal, other) == NotStarted("key_reused")
        assert (sim.requests, sim.moved_minor) == (1, 2_040)

    at_a_terminal(name, scenario)


@each
def test_messages_in_pieces_are_whole(name: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        sim.fault = "pieces"
        assert isinstance(await pay(terminal, await request_of(terminal)), Approved)

    at_a_terminal(name, scenario)


@each
def test_one_that_speaks_something_else_is_said_and_began_nothing(name: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        request = await request_of(terminal)
        sim.fault = "garbage"
        assert await pay(terminal, request) == NotStarted("wrong_wire")
        assert isinstance(await terminal.look_up(request), OutcomeUnknown)

    at_a_terminal(name, scenario, answer_timeout_ms=300)


@each
def test_whichever_byte_is_the_last_no_money_is_taken_twice_or_lost(name: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        await pay(terminal, await request_of(terminal, "whole"))
        before = sim.sent_bytes
        await pay(terminal, await request_of(terminal, "measured"))
        whole = sim.sent_bytes - before
        for size in range(1, whole, max(1, whole // CUTS.get(name, 24))):
            request, moved_minor = await request_of(terminal, f"cut{size}"), sim.moved_minor
            sim.cut_at = size
            outcome = await pay(terminal, request)
            if sim.cut_at is None and isinstance(outcome, OutcomeUnknown):
                outcome = await terminal.look_up(request)
            sim.cut_at = None
            assert not isinstance(outcome, (OutcomeUnknown, StillRunning)), size
            taken_minor = outcome.amount_minor if isinstance(outcome, Approved) else 0
            assert sim.moved_minor - moved_minor == taken_minor, size

    at_a_terminal(name, scenario, answer_timeout_ms=5_000)


@each
def test_no_card_number_gets_past_the_driver(name: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        sim.fault = "whole_number"
        outcome = await pay(terminal, await request_of(terminal))
        assert isinstance(outcome, Approved)
        assert (outcome.sends_pan, outcome.last4) == (True, "1111")
        sim.fault = "decline"
        declined = await pay(terminal, await request_of(terminal, "a2"))
        assert isinstance(declined, Declined)
        for said in (outcome, declined):
            assert CARD not in repr(said)
            assert CARD[:6] not in repr(said)

    at_a_terminal(name, scenario)


@each
def test_money_goes_back_by_the_reference_of_its_payment(name: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        payment = await pay(terminal, await request_of(terminal))
        assert isinstance(payment, Approved)
        refund = await request_of(terminal, "r1", kind="refund", reference=payment.reference)
        assert isinstance(await terminal.refund(refund, Watched()), Approved)
        assert sim.moved_minor == 0
        carded = await request_of(terminal, "r2", 500, kind="refund")
        outcome = await terminal.refund(carded, Watched())
        assert isinstance(outcome, Approved) or (
            outcome == NotStarted("not_accepted") and "card_refund" in RIGS[name].lacks
        )
        assert sim.moved_minor == (-500 if isinstance(outcome, Approved) else 0)

    at_a_terminal(name, scenario)


@each
def test_a_days_end_is_counted_by_brand(name: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        if "totals" not in terminal.abilities:
            with pytest.raises(DeviceError):
                await terminal.end_of_day()
            return
        for key in ("a1", "a2"):
            await pay(terminal, await request_of(terminal, key))
        assert [(one.brand.upper(), one.count, one.amount_minor) for one in await terminal.end_of_day()] == [
            ("VISA", 2, 4_080)
        ]
        assert await terminal.end_of_day() == ()

    at_a_terminal(name, scenario)


@each
def test_it_shows_lines_and_says_how_it_is(name: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        assert (await terminal.state()).ready
        await terminal.show(APPLES)
        shown, _ = sim.lines, await terminal.show(None)
        assert shown == ("Apples 1.20", "TOTAL 1.20") and not any(sim.lines)

    at_a_terminal(name, scenario)


@each
def test_one_that_is_closed_while_it_pays_leaves_it_unknown(name: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        request, watched = await request_of(terminal), Watched()
        sim.fault = "deaf"
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(terminal.pay(request, watched))
            await watched.began.wait()
            await has_it(sim)
            await terminal.close()
        assert isinstance(running.result(), OutcomeUnknown)
        sim.finish()
        assert isinstance(await terminal.look_up(request), Approved)

    at_a_terminal(name, scenario, ready_timeout_ms=100)


@pytest.mark.parametrize("wrong", [{"amount_minor": 0}, {"amount_minor": -5}, {"key": "a b"}, {"key": ""}])
def test_no_request_is_for_nothing_or_without_a_name(wrong: dict[str, object]) -> None:
    said = {"key": "a1", "amount_minor": 100, "currency": "EUR", "at_us": 0, **wrong}
    with pytest.raises(ValueError, match="request"):
        TerminalRequest(**said)


@each
@pytest.mark.parametrize("wrong", [{"port": 0}, {"silence_timeout_ms": 1}, {"host": ""}, {"speed": 9600}])
def test_an_option_that_does_not_fit_is_named(name: str, wrong: dict[str, object]) -> None:
    with pytest.raises(registry.BadOptions) as bad:
        registry.create("payment_terminal", name, {"host": "terminal", **wrong})
    assert bad.value.key in wrong
