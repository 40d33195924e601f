"""Canada's debit network on Stripe's readers: refunds only go to the paying card, which must be presented."""

from __future__ import annotations

import asyncio

from drivers.roles import PaymentTerminal
from drivers.terminal_outcomes import Approved, Declined, NotStarted, OutcomeUnknown, StillRunning, TerminalRequest
from sim.terminal.server import SimTerminalServer
from sim.terminal.stripe import SimStripeTerminal
from tests.terminals import Watched, at_a_terminal, has_it, request_of


async def paid(sim: SimTerminalServer, terminal: PaymentTerminal, *, interac: bool = True) -> TerminalRequest:
    """Make a payment of 20.40; returns a request to refund 5.00 of it."""
    assert isinstance(sim, SimStripeTerminal)
    sim.interac = interac
    outcome = await terminal.pay(await request_of(terminal, currency="CAD"), Watched())
    assert isinstance(outcome, Approved)
    return await request_of(terminal, "r1", 500, kind="refund", currency="CAD", reference=outcome.reference)


def test_its_money_goes_back_to_the_card_that_is_presented_once() -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        refund, watched = await paid(sim, terminal), Watched()
        for _ in range(2):
            back = await terminal.refund(refund, watched)
            assert isinstance(back, Approved) and back.amount_minor == 500
            assert sim.moved_minor == 1_540
        assert watched.steps == ["insert_card"], "the cashier is told that the card is wanted"

    at_a_terminal("stripe_terminal", scenario)


def test_other_cards_of_canada_get_theirs_without_the_card() -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        refund, watched = await paid(sim, terminal, interac=False), Watched()
        assert isinstance(await terminal.refund(refund, watched), Approved)
        assert (watched.steps, sim.moved_minor) == ([], 1_540)

    at_a_terminal("stripe_terminal", scenario)


def test_one_that_breaks_off_while_the_card_is_waited_for_is_found() -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        refund = await paid(sim, terminal)
        sim.fault = "late"
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(terminal.refund(refund, Watched()))
            await has_it(sim)
            await terminal.close()
        assert isinstance(running.result(), OutcomeUnknown)
        assert await terminal.look_up(refund) == StillRunning()
        sim.finish()
        found = await terminal.look_up(refund)
        assert isinstance(found, Approved) and (found.amount_minor, sim.moved_minor) == (500, 1_540)

    at_a_terminal("stripe_terminal", scenario)


def test_a_card_that_is_declined_not_presented_or_a_busy_reader_gives_nothing_back() -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        refund = await paid(sim, terminal)
        sim.fault = "busy"
        assert isinstance(await terminal.refund(refund, Watched()), NotStarted)
        sim.fault = "decline"
        declined = await terminal.refund(refund, Watched())
        assert isinstance(declined, Declined) and "4111" not in declined.told
        again = await request_of(terminal, "r2", 500, kind="refund", currency="CAD", reference=refund.reference)
        sim.fault = "late"
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(terminal.refund(again, Watched()))
            await has_it(sim)
            assert await terminal.look_up(again) == StillRunning()
            await terminal.cancel(again.key)
        assert running.result() == Declined("cancelled")
        assert sim.moved_minor == 2_040

    at_a_terminal("stripe_terminal", scenario)
