"""Payments that a terminal only authorises: the bank holds the sum, which is captured once, up to that sum, or
released.
"""

from __future__ import annotations

from typing import cast

import msgspec
import pytest

from drivers.roles import HoldsMoney, PaymentTerminal
from drivers.terminal_outcomes import Approved, Declined, OutcomeUnknown, TerminalRequest
from drivers.terminals.clover_messages import captured_minor
from drivers.terminals.link import BadMessage
from sim.terminal.clover import CAPTURED_READS, SimCloverTerminal
from sim.terminal.server import Fault, SimTerminalServer
from tests.terminals import Watched, at_a_terminal, request_of

each = pytest.mark.parametrize("name", ["clover", "stripe_terminal"])


async def held(terminal: PaymentTerminal) -> tuple[HoldsMoney, TerminalRequest]:
    """Authorise 20.40; returns the terminal as a holder, and the request for the next step."""
    request = await request_of(terminal, hold=True)
    outcome = await terminal.pay(request, Watched())
    assert isinstance(outcome, Approved) and outcome.held and outcome.amount_minor == request.amount_minor
    return cast(HoldsMoney, terminal), msgspec.structs.replace(request, reference=outcome.reference)


@each
def test_what_is_held_is_taken_once_and_the_rest_is_free(name: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        holder, request = await held(terminal)
        assert (sim.held_minor, sim.moved_minor) == (2_040, 0)
        looked = await terminal.look_up(msgspec.structs.replace(request, reference=""))
        assert isinstance(looked, Approved) and looked.held
        part = msgspec.structs.replace(request, amount_minor=1_500)
        taken = await holder.capture(part)
        assert isinstance(taken, Approved) and (taken.held, taken.amount_minor) == (False, 1_500)
        assert taken.last4 == "1111" and taken.reference == request.reference
        again = await holder.capture(part)
        assert isinstance(again, Approved) and again.amount_minor == 1_500
        assert (sim.held_minor, sim.moved_minor) == (0, 1_500)

    at_a_terminal(name, scenario)


@each
def test_more_than_is_held_is_not_taken(name: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        holder, request = await held(terminal)
        assert isinstance(await holder.capture(msgspec.structs.replace(request, amount_minor=2_041)), OutcomeUnknown)
        still = await holder.look_held(request)
        assert isinstance(still, Approved) and still.held and sim.moved_minor == 0

    at_a_terminal(name, scenario)


@each
def test_what_is_let_go_is_free_and_cannot_be_taken(name: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        holder, request = await held(terminal)
        await holder.free(request)
        assert isinstance(await holder.look_held(request), Declined)
        assert not isinstance(await holder.capture(request), Approved)
        assert (sim.held_minor, sim.moved_minor) == (0, 0)

    at_a_terminal(name, scenario)


@each
@pytest.mark.parametrize("fault", ["cut_before", "cut_after"])
def test_a_capture_of_which_the_answer_is_lost_is_found(fault: Fault, name: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        holder, request = await held(terminal)
        sim.fault = fault
        assert isinstance(await holder.capture(request), OutcomeUnknown)
        sim.fault = ""
        found = await holder.look_held(request)
        assert isinstance(found, Approved)
        if name != "clover":  # for Clover, only the answer to a capture shows that it was captured
            assert found.held == (fault == "cut_before")
        taken = await holder.capture(request)
        assert isinstance(taken, Approved) and not taken.held
        assert (sim.held_minor, sim.moved_minor) == (0, 2_040)

    at_a_terminal(name, scenario)


@each
def test_an_approval_that_is_lost_is_found_held(name: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        request = await request_of(terminal, hold=True)
        sim.fault = "cut_after"
        assert isinstance(await terminal.pay(request, Watched()), OutcomeUnknown)
        sim.fault = ""
        found = await terminal.look_up(request)
        assert isinstance(found, Approved) and found.held
        assert (sim.held_minor, sim.moved_minor) == (2_040, 0)

    at_a_terminal(name, scenario)


@pytest.mark.parametrize("tells_payment", [True, False])
@pytest.mark.parametrize("reads", CAPTURED_READS)
def test_however_clover_writes_what_was_captured_it_is_taken_once(reads: dict[str, str], tells_payment: bool) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        assert isinstance(sim, SimCloverTerminal)
        sim.captured_reads, sim.capture_tells_payment = reads, tells_payment
        sim.held_result = "AUTH" if reads["result"] == "AUTH_COMPLETED" else "SUCCESS"
        holder, request = await held(terminal)
        sim.fault = "cut_after"
        assert isinstance(await holder.capture(request), OutcomeUnknown)
        sim.fault = ""
        found = await holder.look_held(request)
        assert isinstance(found, Approved)
        assert found.held == (reads == CAPTURED_READS[0]), "which of the two it is it says alone where it can"
        taken = await holder.capture(request)
        assert isinstance(taken, Approved) and (taken.held, taken.amount_minor, taken.last4) == (False, 2_040, "1111")
        assert (sim.held_minor, sim.moved_minor) == (0, 2_040)

    at_a_terminal("clover", scenario)


def test_what_clover_captured_of_another_payment_is_no_answer() -> None:
    for body in (b'{"id":"P2","amount":5}', b'{"payment":{"id":"P2","amount":5}}', b'{"amount":"5"}', b"{}", b""):
        with pytest.raises(BadMessage):
            captured_minor(body, "P1")
    assert captured_minor(b'{"paymentId":"P1","amount":5,"tipAmount":2}', "P1") == 7
    assert captured_minor(b'{"amount":5}', "P1") == 5
