"""Terminals over HTTPS: whom they trust, and which answers they believe."""

from __future__ import annotations

import asyncio

import pytest

from drivers.roles import DeviceError, PaymentTerminal
from drivers.terminal_outcomes import NotStarted, OutcomeUnknown, StillRunning
from sim.terminal import clover, nexo
from sim.terminal.http_server import SimHttpTerminal, SimRequest
from sim.terminal.server import SimTerminalServer
from tests.terminal_tls import tls_of
from tests.terminals import AT_US, QUICK, RIGS, Watched, at_a_terminal, request_of

HTTPS = tuple(name for name, rig in RIGS.items() if isinstance(rig().device, SimHttpTerminal))
each = pytest.mark.parametrize("name", HTTPS)


@each
def test_a_certificate_of_another_authority_is_not_trusted_and_nothing_began(name: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        assert await terminal.pay(await request_of(terminal), Watched()) == NotStarted("certificate")
        with pytest.raises(DeviceError) as wrong:
            await terminal.open()
        assert wrong.value.code == "terminal_certificate" and not sim.requests

    at_a_terminal(name, scenario, authority=tls_of("somebody.else").authority)


@each
@pytest.mark.parametrize("authority", ["", "/nowhere/root.pem", "-----BEGIN nonsense"])
def test_without_its_authority_no_terminal_is_trusted(name: str, authority: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        assert await terminal.pay(await request_of(terminal), Watched()) == NotStarted("certificate")

    at_a_terminal(name, scenario, authority=authority)


def test_an_authority_that_lost_its_lines_in_a_form_is_the_same() -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        assert (await terminal.state()).ready

    for name in HTTPS:
        whole = str(RIGS[name]().options()["authority"])
        at_a_terminal(name, scenario, authority=whole.replace("\n", ""))


def test_a_certificate_of_another_name_is_not_trusted() -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        assert await terminal.pay(await request_of(terminal), Watched()) == NotStarted("certificate")

    at_a_terminal("nexo", scenario, environment="live")
    at_a_terminal("nexo", scenario, legacy_certificate=True)
    at_a_terminal("nexo", scenario, poi_id="P400Plus-1")


@each
def test_not_found_is_believed_only_once_it_cannot_be_on_its_way_any_more(name: str) -> None:
    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        request = await request_of(terminal)
        sim.fault = "cut_before"
        assert isinstance(await terminal.pay(request, Watched()), OutcomeUnknown)
        sim.fault = ""
        assert await terminal.look_up(request) == StillRunning()

    at_a_terminal(name, scenario, **QUICK, not_found_after_ms=600_000)


@each
def test_an_answer_beyond_the_limit_is_none(name: str) -> None:
    class Endless:
        def __init__(self, sim: SimHttpTerminal) -> None:
            self._sim = sim

        def __call__(self, request: SimRequest) -> None:
            self._sim.answer(request.line, 200, b" " * 70_000)

    async def main() -> None:
        rig = RIGS[name]()
        assert isinstance(rig.device, SimHttpTerminal)
        await rig.device.start()
        try:
            terminal = rig.terminal()
            rig.device.handle_request = Endless(rig.device)  # type: ignore[method-assign]
            with pytest.raises(DeviceError) as wrong:
                await terminal.state()
            assert wrong.value.code == "terminal_broke_off"
        finally:
            await rig.device.stop()

    asyncio.run(main())


def test_an_answer_to_another_request_is_none() -> None:
    class Mixed(nexo.SimNexoTerminal):
        def _say(self, asked, name, body) -> None:  # type: ignore[no-untyped-def]
            header = {**asked.header, "ServiceID": "OTHER"} if name == "PaymentResponse" else asked.header
            super()._say(asked._replace(header=header), name, body)

    async def main() -> None:
        rig = RIGS["nexo"]()
        rig.device = Mixed(tls_of(nexo.CERTIFICATE_NAME).server)
        await rig.device.start()
        try:
            terminal = rig.terminal()
            request = await request_of(terminal)
            assert await terminal.pay(request, Watched()) == OutcomeUnknown("bad_answer")
            assert rig.device.moved_minor == 2_040
        finally:
            await rig.device.stop()

    asyncio.run(main())


@pytest.mark.parametrize(("later_s", "known"), [(0, True), (19 * 3600, True), (21 * 3600, False), (-2 * 3600, False)])
def test_a_payment_older_than_stripes_keys_is_left_to_a_person(later_s: int, *, known: bool) -> None:
    """Stripe's clock is at AT_US. The request was sent `later_s` earlier, and no payment is found."""

    async def scenario(sim: SimTerminalServer, terminal: PaymentTerminal) -> None:
        request = await request_of(terminal, at_us=AT_US - later_s * 1_000_000)
        outcome = await terminal.look_up(request)
        assert isinstance(outcome, NotStarted if known else OutcomeUnknown)
        assert not sim.requests

    at_a_terminal("stripe_terminal", scenario)


def test_a_404_that_clover_did_not_say_is_no_word_about_the_payment() -> None:
    class Elsewhere(clover.SimCloverTerminal):
        def _find(self, request: SimRequest, key: str) -> None:
            self.answer(request.line, 404, b"<html>Not Found</html>")

    async def main() -> None:
        rig = RIGS["clover"]()
        rig.device = Elsewhere(tls_of("127.0.0.1").server)
        await rig.device.start()
        try:
            terminal = rig.terminal()
            assert isinstance(await terminal.look_up(await request_of(terminal)), OutcomeUnknown)
        finally:
            await rig.device.stop()

    asyncio.run(main())
