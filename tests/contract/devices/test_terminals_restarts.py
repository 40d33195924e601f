"""The contract of payment terminals after a restart of the terminal or the till: payments are found, and made once."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from drivers.roles import PaymentTerminal
from drivers.terminal_outcomes import (
    Approved,
    NotStarted,
    OutcomeUnknown,
    StillRunning,
    TerminalOutcome,
    TerminalRequest,
)
from sim.terminal.server import Fault, SimTerminalServer
from tests.terminals import QUICK, RIGS, Watched, at_a_terminal, request_of

each = pytest.mark.parametrize("name", RIGS)


async def pay(terminal: PaymentTerminal, request: TerminalRequest) -> TerminalOutcome:
    return await terminal.pay(request, Watched())


@each
@pytest.mark.parametrize(("fault", "taken_minor"), [("reboot_before", 0), ("reboot_after", 2_040)])
def test_one_that_restarts_in_the_middle_is_looked_up_as_soon_as_it_is_back(
    name: str, fault: Fault, taken_minor: int
) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        request = await request_of(terminal)
        other = msgspec.structs.replace(request, key="a2")
        sim.fault = fault
        outcome = await pay(terminal, request)
        if RIGS[name].in_cloud:  # the cloud knows the result, whatever the reader is doing
            assert await pay(terminal, other) == NotStarted("offline", f"No: {'*' * 12}1111")
        else:
            assert isinstance(outcome, OutcomeUnknown)
            assert isinstance(await terminal.look_up(request), OutcomeUnknown), "it is not back yet"
            assert await pay(terminal, other) == NotStarted("look_up_first")
        sim.fault = ""
        await sim.start()
        found = await terminal.look_up(request)
        assert (found.amount_minor if isinstance(found, Approved) else 0) == sim.moved_minor == taken_minor
        assert not isinstance(found, (OutcomeUnknown, StillRunning))
        assert isinstance(await pay(terminal, await request_of(terminal, "a3")), Approved), "the next card pays"
        assert sim.moved_minor == taken_minor + 2_040

    at_a_terminal(name, scenario, ready_timeout_ms=2_000)


@each
def test_after_a_restart_it_is_found_by_what_was_written_down(name: str) -> None:
    async def main() -> None:
        rig = RIGS[name]()
        await rig.device.start()
        try:
            before = rig.terminal(**QUICK)
            request = await request_of(before)
            rig.device.fault = "silent_after"
            assert isinstance(await pay(before, request), OutcomeUnknown)
            rig.device.fault = ""
            assert isinstance(await rig.terminal().look_up(request), Approved)
            assert rig.device.moved_minor == 2_040
        finally:
            await rig.device.stop()

    asyncio.run(main())
