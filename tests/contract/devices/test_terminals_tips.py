"""Tips added to a payment afterwards, on each terminal that supports it: the newest is the total tip, added once."""

from __future__ import annotations

import msgspec
import pytest

from drivers.roles import PaymentTerminal
from drivers.terminal_outcomes import Approved, Declined, NotStarted, OutcomeUnknown, TerminalRequest
from drivers.terminals.clover_messages import tip_outcome
from drivers.terminals.link import BadMessage
from sim.terminal.clover import SimCloverTerminal
from sim.terminal.server import SimTerminalServer
from tests.terminals import AT_US, QUICK, RIGS, Watched, at_a_terminal, request_of

each = pytest.mark.parametrize("name", [name for name in RIGS if "tip_adjust" in RIGS[name]().terminal().abilities])


async def tipped(terminal: PaymentTerminal) -> TerminalRequest:
    """Make a payment of 20.40; returns a request to add a tip of 3.00."""
    paid = await terminal.pay(await request_of(terminal, tip_later=True), Watched())
    assert isinstance(paid, Approved) and not paid.held
    return await request_of(terminal, "t1", 300, kind="tip", reference=paid.reference)


@each
def test_a_tip_is_added_once_and_the_next_one_is_more_of_it(name: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        tip = await tipped(terminal)
        for _ in range(2):
            added = await terminal.pay(tip, Watched())
            assert isinstance(added, Approved) and added.amount_minor == 300
            assert sim.moved_minor == 2_340
        more = msgspec.structs.replace(tip, key="t2", amount_minor=200, tip_before_minor=300)
        assert isinstance(await terminal.pay(more, Watched()), Approved)
        assert sim.moved_minor == 2_540

    at_a_terminal(name, scenario)


@each
def test_a_tip_is_lowered_once_and_not_once_its_day_is_closed(name: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        tip = await tipped(terminal)
        added = await terminal.pay(tip, Watched())
        assert isinstance(added, Approved)
        of = {"kind": "refund", "voids": True, "tip_before_minor": 300, "reference": added.reference}
        less = await request_of(terminal, "t2", 100, **of)
        sim.fault = "cut_after"
        assert isinstance(await terminal.refund(less, Watched()), OutcomeUnknown)
        sim.fault = ""
        found = await terminal.look_up(less)
        assert isinstance(found, Approved) and (found.amount_minor, sim.moved_minor) == (100, 2_240)
        sim.close_day()
        late = msgspec.structs.replace(less, key="t3", tip_before_minor=200)
        refused = await terminal.refund(late, Watched())
        assert isinstance(refused, Declined) and (refused.code, sim.moved_minor) == ("too_late", 2_240)

    at_a_terminal(name, scenario, **QUICK)


@each
def test_a_tip_of_which_the_answer_is_lost_is_found_and_not_added_twice(name: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        tip = await tipped(terminal)
        sim.fault = "cut_after"
        assert isinstance(await terminal.pay(tip, Watched()), OutcomeUnknown)
        sim.fault = ""
        found = await terminal.look_up(tip)
        assert isinstance(found, Approved) and (found.amount_minor, sim.moved_minor) == (300, 2_340)

    at_a_terminal(name, scenario, **QUICK)


@each
def test_no_tip_is_added_once_the_day_of_its_payment_is_closed(name: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        tip = await tipped(terminal)
        sim.close_day()
        late = await terminal.pay(tip, Watched())
        assert isinstance(late, Declined) and (late.code, sim.moved_minor) == ("too_late", 2_040)

    at_a_terminal(name, scenario)


def test_clover_adds_none_to_a_final_sale_and_the_next_request_is_free() -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        paid = await terminal.pay(await request_of(terminal), Watched())
        assert isinstance(paid, Approved)
        tip = await request_of(terminal, "t1", 300, kind="tip", reference=paid.reference)
        assert isinstance(await terminal.pay(tip, Watched()), Declined)
        sim.fault = "busy"
        later = msgspec.structs.replace(tip, key="t2")
        assert await terminal.pay(later, Watched()) == NotStarted("busy")
        assert sim.moved_minor == 2_040

    at_a_terminal("clover", scenario)


@pytest.mark.parametrize("closed", [False, True])
def test_a_sale_that_clovers_gateway_leaves_open_is_paid_all_the_same(closed: bool) -> None:
    """Whether a gateway does so is up to Clover (docs.clover.com/docs/rest-pay-transaction-types, note on sales)."""

    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        assert isinstance(sim, SimCloverTerminal)
        sim.sales_stay_open, sim.fault = True, "cut_after"
        request = await request_of(terminal)
        assert isinstance(await terminal.pay(request, Watched()), OutcomeUnknown)
        sim.fault = ""
        if closed:
            sim.close_day()
        paid = await terminal.look_up(request)
        assert isinstance(paid, Approved) and (paid.held, paid.amount_minor) == (False, 2_040)

    at_a_terminal("clover", scenario)


def test_what_clover_says_of_another_tip_is_no_answer() -> None:
    said = {"key": "t2", "kind": "tip", "amount_minor": 200, "currency": "EUR", "at_us": AT_US, "reference": "P1"}
    request = TerminalRequest(**said, tip_before_minor=300)
    for body in (b'{"id":"P1","tipAmount":200}', b'{"id":"P2","tipAmount":500}', b'{"tipAmount":"500"}', b"{}", b""):
        with pytest.raises(BadMessage):
            tip_outcome(body, request)
    for body in (b'{"id":"P1","tipAmount":500}', b'{"payment":{"id":"P1","tipAmount":500}}', b'{"tipAmount":500}'):
        added = tip_outcome(body, request)
        assert isinstance(added, Approved) and added.amount_minor == 200
