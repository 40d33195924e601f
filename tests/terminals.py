"""Payment terminals on their wires, each with its driver: what the contract of the role is tried on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal

import msgspec

from drivers import registry
from drivers.roles import PaymentTerminal
from drivers.terminal_outcomes import Approved, ScreenLine, TerminalFault, TerminalRequest, TerminalScreen
from sim.terminal import clover, nexo, stripe
from sim.terminal.json_lines import SECRET, SimJsonTerminal
from sim.terminal.server import Fault, SimPayment, SimTerminalServer
from sim.terminal.zvt import PASSWORD, SimZvtTerminal
from tests.http_client import when
from tests.terminal_tls import tls_of

DEADLINE_S = 60.0
AT_US = 1_793_563_756_000_000
"""2026-11-01 20:09:16 UTC, when the terminals' clocks say 21:09:16 in Berlin."""
APPLES = TerminalScreen((ScreenLine("Apples", "1.20", 120),), ScreenLine("TOTAL", "1.20", 120))
"""What customers read there."""
QUICK = {"silence_timeout_ms": 100, "cancel_timeout_ms": 100, "answer_timeout_ms": 300, "ready_timeout_ms": 100}
"""For terminals that are about to say nothing: no one waits."""


HTTPS_ANSWER_MS = 1_500
"""The least that an answer over HTTPS is waited for: it takes more turns of a busy processor than one on a line."""


class Watched:
    """Follows a request; `keeps` is what it says to an approval."""

    def __init__(self, keeps: bool = True) -> None:
        self.keeps = keeps
        self.steps: list[str] = []
        self.approvals: list[Approved] = []
        self.began = asyncio.Event()

    def on_step(self, step: str) -> None:
        self.steps.append(step)
        self.began.set()

    async def record_approval(self, approval: Approved) -> bool:
        self.approvals.append(approval)
        return self.keeps


class SimRig:
    """The simulated wire."""

    driver = "sim"
    said_as: Mapping[Fault, TerminalFault] = {}
    """What a fault is called on this wire, where it has no word for it."""
    lacks: frozenset[str] = frozenset()
    """Faults that such a terminal can't have, and "card_refund", where it gives nothing back without the payment."""
    in_cloud = False
    """Whether what answers is its provider's cloud, which is there while the terminal itself is not."""

    def __init__(self) -> None:
        self.device: SimTerminalServer = self.make()

    def make(self) -> SimTerminalServer:
        return SimJsonTerminal()

    def options(self) -> dict[str, object]:
        return {"secret": SECRET}

    def terminal(self, **options: object) -> PaymentTerminal:
        place: dict[str, object] = {"host": "127.0.0.1", "port": self.device.port}
        known = {field.name for field in msgspec.structs.fields(registry.options_type("payment_terminal", self.driver))}
        fitting = {key: value for key, value in options.items() if key in known or key not in QUICK}
        if self.device.tls is not None and "answer_timeout_ms" in fitting:
            fitting["answer_timeout_ms"] = HTTPS_ANSWER_MS
        return registry.create("payment_terminal", self.driver, {**place, **self.options(), **fitting})


class ZvtRig(SimRig):
    """ZVT over TCP."""

    driver = "zvt"

    def make(self) -> SimTerminalServer:
        made = SimZvtTerminal()
        made.payments.append(SimPayment("", "payment", 0, 41, "taken", closed=True))  # it was used before
        return made

    def options(self) -> dict[str, object]:
        return {"password": PASSWORD, "zone": "Europe/Berlin"}


class NexoRig(SimRig):
    """Adyen's Terminal API over HTTPS."""

    driver = "nexo"
    said_as: Mapping[Fault, TerminalFault] = {"paper": "terminal_fault"}

    def make(self) -> SimTerminalServer:
        return nexo.SimNexoTerminal(tls_of(nexo.CERTIFICATE_NAME).server)

    def options(self) -> dict[str, object]:
        return {
            **{"poi_id": nexo.POI_ID, "passphrase": nexo.PASSPHRASE, "key_identifier": nexo.KEY_IDENTIFIER},
            **{"authority": tls_of(nexo.CERTIFICATE_NAME).authority, "environment": "test", "not_found_after_ms": 0},
        }


class StripeRig(SimRig):
    """Stripe's cloud, and a reader behind it."""

    driver = "stripe_terminal"
    in_cloud = True
    lacks = frozenset(("paper", "card_refund"))

    def make(self) -> SimTerminalServer:
        return stripe.SimStripeTerminal(tls_of("127.0.0.1").server)

    def options(self) -> dict[str, object]:
        return {
            **{"key": stripe.KEY, "reader": stripe.READER, "zone": "Europe/Berlin", "poll_ms": 10},
            **{"authority": tls_of("127.0.0.1").authority, "not_found_after_ms": 0},
        }


class CloverRig(SimRig):
    """REST Pay Display over HTTPS."""

    driver = "clover"
    lacks = frozenset(("paper", "card_refund"))

    def make(self) -> SimTerminalServer:
        return clover.SimCloverTerminal(tls_of("127.0.0.1").server)

    def options(self) -> dict[str, object]:
        return {
            **{"token": clover.TOKEN, "serial": clover.SERIAL, "zone": "Europe/Berlin"},
            **{"authority": tls_of("127.0.0.1").authority, "not_found_after_ms": 0},
        }


RIGS: dict[str, type[SimRig]] = {
    "sim": SimRig,
    "zvt": ZvtRig,
    "nexo": NexoRig,
    "clover": CloverRig,
    "stripe_terminal": StripeRig,
}
Scenario = Callable[[SimTerminalServer, PaymentTerminal], Awaitable[None]]


def at_a_terminal(name: str, scenario: Scenario, **options: object) -> None:
    """Try something at a terminal that is switched on."""

    async def main() -> None:
        rig = RIGS[name]()
        await rig.device.start()
        terminal = rig.terminal(**options)
        try:
            async with asyncio.timeout(DEADLINE_S):
                await scenario(rig.device, terminal)
                await terminal.close()
                await terminal.close()
        finally:
            await rig.device.stop()

    asyncio.run(main())


async def has_it(sim: SimTerminalServer) -> None:
    """Wait until the terminal has the request: over some wires it says nothing before it is over."""

    async def running() -> bool:
        return sim.running is not None

    await when(running, bool, "the terminal has the request")


async def request_of(
    terminal: PaymentTerminal,
    key: str = "a1",
    amount_minor: int = 2_040,
    kind: Literal["payment", "refund", "tip"] = "payment",
    **more: Any,
) -> TerminalRequest:
    """A request as it is written down before it is sent."""
    said = {"currency": "EUR", "at_us": AT_US, "mark": await terminal.mark(), **more}
    return TerminalRequest(key=key, kind=kind, amount_minor=amount_minor, **said)
