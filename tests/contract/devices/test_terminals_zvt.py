"""ZVT terminals: they have no idempotency keys, so a lost payment is found by its receipt."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from drivers import registry
from drivers.roles import DeviceError, PaymentTerminal
from drivers.terminal_outcomes import Approved, Declined, NotStarted, OutcomeUnknown, TerminalRequest
from sim.terminal.server import SimPayment, SimTerminalServer
from sim.terminal.zvt import SimZvtTerminal
from tests.terminals import AT_US, QUICK, Watched, ZvtRig, at_a_terminal, request_of


async def lose_answer(sim: SimTerminalServer, terminal: PaymentTerminal) -> TerminalRequest:
    """Make a payment without an answer from the terminal; returns its request."""
    request = await request_of(terminal)
    sim.fault = "silent_after"
    assert isinstance(await terminal.pay(request, Watched()), OutcomeUnknown)
    sim.fault = ""
    return request


def test_a_terminal_that_never_printed_a_receipt_tells_nothing_about_a_lost_one() -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        sim.payments.clear()
        request = await lose_answer(sim, terminal)
        assert request.mark == ""
        assert isinstance(await terminal.look_up(request), OutcomeUnknown)

    at_a_terminal("zvt", scenario, **QUICK)


def test_another_sum_or_another_receipt_is_not_taken_for_ours() -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        request = await lose_answer(sim, terminal)
        sim.payments[-1].amount_minor += 1
        assert isinstance(await terminal.look_up(request), OutcomeUnknown)
        sim.payments[-1].amount_minor -= 1
        sim.payments.append(SimPayment("", "payment", 2_040, 43, "taken", 2_040))
        assert isinstance(await terminal.look_up(request), OutcomeUnknown)
        sim.payments.pop()
        assert isinstance(await terminal.look_up(request), Approved)

    at_a_terminal("zvt", scenario, **QUICK)


@pytest.mark.parametrize(
    ("later_s", "found"), [(0, True), (119, True), (3 * 60, False), (86_400, False), (-3_600, True), (-90_000, False)]
)
def test_a_payment_that_the_terminal_made_before_it_was_sent_is_not_ours(later_s: int, *, found: bool) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        request = msgspec.structs.replace(await lose_answer(sim, terminal), at_us=AT_US + later_s * 1_000_000)
        assert isinstance(await terminal.look_up(request), Approved) is found

    at_a_terminal("zvt", scenario, **QUICK)


def test_a_terminal_whose_clock_is_wrong_leaves_it_to_a_person() -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        request = await lose_answer(sim, terminal)
        sim.fault = "wrong_clock"
        assert isinstance(await terminal.look_up(request), OutcomeUnknown)

    at_a_terminal("zvt", scenario, **QUICK)


def test_receipt_numbers_begin_again_after_the_highest() -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        sim.payments[0].number = 9_999
        request = await lose_answer(sim, terminal)
        sim.payments[-1].number = 1
        sim.payments[0].closed = True
        assert isinstance(await terminal.look_up(request), Approved)

    at_a_terminal("zvt", scenario, **QUICK)


def test_a_request_from_before_a_restart_is_not_sent_again_before_it_is_looked_up() -> None:
    async def main() -> None:
        rig = ZvtRig()
        await rig.device.start()
        try:
            request = await lose_answer(rig.device, rig.terminal(**QUICK))
            after = rig.terminal()
            assert await after.pay(request, Watched()) == OutcomeUnknown("look_up_first")
            assert isinstance(await after.look_up(request), Approved)
            assert (rig.device.requests, rig.device.moved_minor) == (1, 2_040)
        finally:
            await rig.device.stop()

    asyncio.run(main())


def test_another_currency_or_a_reference_of_another_kind_begins_nothing() -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        francs = await request_of(terminal, currency="CHF")
        assert await terminal.pay(francs, Watched()) == NotStarted("wrong_currency")
        refund = await request_of(terminal, "r1", kind="refund", reference="pi_3abc")
        assert await terminal.refund(refund, Watched()) == NotStarted("not_accepted")
        assert sim.requests == 0

    at_a_terminal("zvt", scenario)


def test_its_slip_and_its_own_word_come_through_without_the_card() -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        paid = await terminal.pay(await request_of(terminal), Watched())
        assert isinstance(paid, Approved)
        assert paid.slip == ("CARD ************1111",)
        sim.fault = "decline"
        assert await terminal.pay(await request_of(terminal, "a2"), Watched()) == Declined(
            "insufficient", "DECLINED ************1111"
        )

    at_a_terminal("zvt", scenario)


def test_a_commit_that_fails_leaves_the_payment_unknown_and_lookable() -> None:
    class Broken(Watched):
        async def record_approval(self, approval: Approved) -> bool:
            raise OSError("disk full")

    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        request = await request_of(terminal)
        with pytest.raises(OSError, match="disk full"):
            await terminal.pay(request, Broken())
        other = await request_of(terminal, "a2")
        assert await terminal.pay(other, Watched()) == NotStarted("look_up_first")
        found = await terminal.look_up(request)
        assert isinstance(found, Approved)
        assert sim.moved_minor == found.amount_minor

    at_a_terminal("zvt", scenario)


def test_a_wrong_password_or_zone_is_named() -> None:
    for wrong in ({"password": "12"}, {"zone": "Europe/Nowhere"}, {"zone": "../etc"}):
        with pytest.raises(registry.BadOptions) as bad:
            registry.create("payment_terminal", "zvt", {"host": "terminal", **wrong})
        assert bad.value.key in wrong
    assert isinstance(registry.create("payment_terminal", "zvt", {"host": "x", "password": "secret:zvt"}), object)


def test_a_password_that_is_wrong_is_said() -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        with pytest.raises(DeviceError) as wrong:
            await terminal.open()
        assert wrong.value.code == "terminal_key"

    at_a_terminal("zvt", scenario, password="999999")


def test_one_that_wants_no_password_when_it_is_asked_how_it_is_gets_none() -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        assert isinstance(sim, SimZvtTerminal)
        sim.bare_enquiry = True
        assert (await terminal.state()).version == "2.14.1"

    at_a_terminal("zvt", scenario, enquiry_password=False)


def test_what_the_terminal_began_itself_is_told_and_not_taken_for_the_answer() -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        assert isinstance(sim, SimZvtTerminal)
        sim.own_payment_minor = 700
        watched = Watched()
        paid = await terminal.pay(await request_of(terminal), watched)
        assert isinstance(paid, Approved)
        assert watched.steps[0] == "own_taken_back", "the cashier is told"
        assert paid.amount_minor == 2_040
        assert sim.moved_minor == 2_040

    at_a_terminal("zvt", scenario)
