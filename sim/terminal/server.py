"""A payment terminal on TCP: money, connection and faults, for any protocol.

It serves one till at a time: a new connection ends the old one, with its unread data.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Literal, cast

import msgspec

from sim.ports import free_port

NOW_S = 1_793_563_756
"""20:09:16 UTC on 1 November 2026: the default time of simulated terminals."""
CARD = "4111111111111111"
"""A number for tests, of no account."""
Fault = Literal[
    "",
    "decline",
    "less",
    "more",
    "zero",
    "stored",
    "host_gone",
    "no_cash_back",
    "silent_before",
    "silent_after",
    "cut_before",
    "cut_after",
    "twice",
    "contradicts",
    "late",
    "deaf",
    "pieces",
    "busy",
    "paper",
    "reboot_before",
    "reboot_after",
    "wrong_key",
    "wrong_clock",
    "garbage",
    "whole_number",
]
"""The simulated fault.

`host_gone`: the terminal approves payments offline up to its limit and declines the rest. `stored`: it approves
everything offline. `no_cash_back`: the card supports none. `contradicts`: a refusal follows its approval. `before` and
`after`: it fails before or after moving money. `late`: it waits for `finish`. `deaf`: likewise, and it ignores
cancellations. `reboot`: it restarts, and is back after `start`.
"""
WAITING: tuple[Fault, ...] = ("late", "deaf")


class SimPayment(msgspec.Struct):
    """A payment, refund or tip in the terminal's memory; amounts in minor units."""

    key: str
    kind: Literal["payment", "refund", "tip"]
    asked_minor: int
    number: int
    state: Literal["running", "held", "taken", "declined", "back"] = "running"
    amount_minor: int = 0
    code: str = ""
    closed: bool = False
    cash_back_minor: int = 0
    tip_minor: int = 0
    surcharge_minor: int = 0
    offline_most_minor: int = 0
    offline: bool = False
    of: str = ""
    hold: bool = False
    adjustable: bool = False
    lowers: bool = False

    @property
    def reference(self) -> str:
        return self.of or f"{self.number:04d}"


class SimTerminalServer:
    """A terminal at `port` of 127.0.0.1. All of it belongs to one event loop.

    `now_s`: its clock, in seconds (UTC). `tip_minor`: the tip of a customer who is asked; `surcharge_minor`: its own
    card surcharge; `dcc`: the card's currency, in which the customer chooses to pay (0.85 per unit of ours, with a
    markup of 3 %); `signs`: the card is verified by a signature; `funding`: the kind of card, if the protocol has it.
    `cut_at`: cut the connection after sending this many more bytes; `hear_at`: after receiving this many more.
    `when_cut` is then called, at that very byte. `heard_bytes` and `sent_bytes` count bytes, `requests` counts requests
    that move money."""

    tls: ssl.SSLContext | None = None

    def __init__(self) -> None:
        self.port = free_port()
        self.now_s: Callable[[], float] = lambda: NOW_S
        self.fault: Fault = ""
        self.cut_at: int | None = None
        self.hear_at: int | None = None
        self.when_cut: Callable[[], None] = lambda: None
        self.heard_bytes = 0
        self.tip_minor = 0
        self.surcharge_minor = 0
        self.dcc = ""
        self.signs = False
        self.funding: Literal["debit", "credit", "prepaid"] = "debit"
        self.payments: list[SimPayment] = []
        self.lines: tuple[str, ...] = ()
        self.requests = 0
        self.sent_bytes = 0
        self.running: SimPayment | None = None
        self.handshakes: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._transport: asyncio.Transport | None = None
        self._asker: asyncio.Transport | None = None
        self._held = b""
        self._pieces = b""
        self._going_down: asyncio.Task[None] | None = None

    @property
    def moved_minor(self) -> int:
        """Net amount charged to customers, in minor units."""
        signs = {"payment": 1, "refund": -1, "tip": 1}
        return sum(signs[one.kind] * one.amount_minor for one in self.payments if one.state == "taken")

    @property
    def held_minor(self) -> int:
        """The amount authorised at banks for the shop."""
        return sum(one.amount_minor for one in self.payments if one.state == "held")

    async def start(self) -> None:
        """Switch it on, or back on after a restart."""
        await self._is_down()
        if self._server is None:
            self._server = await asyncio.get_running_loop().create_server(lambda: _Line(self), "127.0.0.1", self.port)

    async def stop(self) -> None:
        """Switch it off and release its connection and port."""
        await self._is_down()
        await self._go_down()

    async def _is_down(self) -> None:
        """If a restart is in progress, wait until the terminal is down."""
        going, self._going_down = self._going_down, None
        if going is not None:
            await going

    async def _go_down(self) -> None:
        server, self._server = self._server, None
        self.hang_up()
        for one in list(self.handshakes):
            one.cancel()
        await asyncio.gather(*self.handshakes, return_exceptions=True)
        if server is not None:
            server.close()
            await server.wait_closed()

    def reboot(self) -> None:
        """Restart in the middle of anything: completed payments are remembered, but not those still waiting for a card.
        It is unreachable until `start`."""
        self.hang_up()
        if self.running is not None:
            self.forget(self.running)
        self._going_down = asyncio.get_running_loop().create_task(self._go_down())

    def forget(self, payment: SimPayment) -> None:
        """Forget a request."""
        self.payments.remove(payment)
        self.running = None

    def awaits_card(self, payment: SimPayment) -> None:
        """Ask the customer for a card, which is presented at once unless the fault prevents it."""
        if self.fault == "reboot_before":
            self.reboot()
        elif self.fault not in WAITING:
            self.card_presented(payment)

    def finish(self) -> None:
        """Present the awaited card."""
        if self.running is not None:
            self.card_presented(self.running)

    def press(self, fault: Fault) -> None:
        """Present the card with this effect; silence and a cut last until the next press."""
        self.fault = fault
        self.finish()
        if fault not in ("silent_after", "cut_after"):
            self.fault = "late"

    def hang_up(self) -> None:
        """Break the connection off."""
        if self._transport is not None:
            self._transport.abort()
            self._transport, self._held, self._pieces = None, b"", b""
            self.on_lost()

    @property
    def is_connected(self) -> bool:
        return self._transport is not None

    @property
    def asker_listens(self) -> bool:
        """Whether the till that requested the current operation is still connected."""
        return self._transport is not None and self._transport is self._asker

    def begin(self, key: str, kind: Literal["payment", "refund", "tip"], asked_minor: int) -> SimPayment:
        """Begin a request that moves money."""
        self.requests += 1
        self._asker = self._transport
        numbers = [one.number for one in self.payments if one.state == "taken"]
        self.running = SimPayment(key, kind, asked_minor, max(numbers, default=0) + 1)
        self.payments.append(self.running)
        return self.running

    def settle(self, payment: SimPayment, state: Literal["held", "taken", "declined", "back"]) -> None:
        """End the running payment in this state."""
        payment.state = state
        self.running = None

    def close_day(self) -> list[SimPayment]:
        """Close the day; returns the payments since the last close."""
        taken = [one for one in self.payments if one.state == "taken" and not one.closed]
        for one in taken:
            one.closed = True
        return taken

    def is_settled(self, reference: str) -> bool:
        """Whether a payment's day is closed, so that it can't be voided any more."""
        return any(one.closed for one in self.payments if one.kind == "payment" and one.reference == reference)

    def forward(self, *, agrees: bool = True) -> None:
        """Make the host reachable again: it approves or declines the offline payments."""
        for one in self.payments:
            if one.offline and one.state == "taken":
                one.offline = False
                if not agrees:
                    one.state, one.code = "declined", "insufficient"

    def granted_minor(self, payment: SimPayment) -> int:
        """The amount the bank approves."""
        factor = {"less": -100, "more": 100, "zero": -payment.asked_minor}.get(self.fault, 0)
        return payment.asked_minor + factor

    def converted_total(self, payment: SimPayment) -> str:
        """The amount in the card's currency: "48.32 GBP"."""
        return f"{payment.amount_minor * 85 / 10_000:.2f} {self.dcc}"

    def write(self, data: bytes) -> None:
        """Send bytes, subject to the fault."""
        if self._transport is None:
            return
        if self.cut_at is not None and self.cut_at <= len(data):
            self._transport.write(data[: self.cut_at])
            transport, self.cut_at = self._transport, None
            self._transport, self._held = None, b""
            transport.close()  # bytes already written still arrive
            self.when_cut()
            self.on_lost()
            return
        if self.cut_at is not None:
            self.cut_at -= len(data)
        self.sent_bytes += len(data)
        if self.fault == "pieces":
            if not self._pieces:
                asyncio.get_running_loop().call_soon(self._write_piece)
            self._pieces += data
        else:
            self._transport.write(data)

    def _write_piece(self) -> None:
        if self._transport is not None and self._pieces:
            self._transport.write(self._pieces[:1])
            self._pieces = self._pieces[1:]
            asyncio.get_running_loop().call_soon(self._write_piece)

    def on_connection(self, transport: asyncio.Transport) -> None:
        """Handle a till's connection."""
        self.hang_up()
        self._transport, self._held = transport, b""

    def data(self, transport: asyncio.Transport, data: bytes) -> None:
        """Bytes from the connected till; those of another are dropped."""
        if transport is not self._transport:
            return
        data, last = self.as_heard(data)
        self._held += data
        while self._transport is transport and (size := self.message_size(self._held)):
            message, self._held = self._held[:size], self._held[size:]
            self.on_message(message)
        if last:
            self.hang_up()

    def as_heard(self, data: bytes) -> tuple[bytes, bool]:
        """Return the part of the data that arrives, and whether the connection ends after it."""
        self.heard_bytes += len(data)
        if self.hear_at is None or self.hear_at > len(data):
            self.hear_at = None if self.hear_at is None else self.hear_at - len(data)
            return data, False
        data, self.hear_at = data[: self.hear_at], None
        self.when_cut()
        return data, True

    def on_disconnection(self, transport: asyncio.Transport) -> None:
        """Handle the end of a till's connection."""
        if transport is self._transport:
            self._transport = None
            self.on_lost()

    def on_lost(self) -> None:
        """Handle the loss of the till that was served."""

    def message_size(self, held: bytes) -> int:
        """The size of the first message in bytes; 0 while it's incomplete."""
        raise NotImplementedError

    def on_message(self, message: bytes) -> None:
        """Handle a complete message of the till."""
        raise NotImplementedError

    def card_presented(self, payment: SimPayment) -> None:
        """Ask the bank for approval."""
        raise NotImplementedError


class _Line(asyncio.Protocol):
    """A till's connection; encrypted if the terminal has `tls`, unless the fault is garbage."""

    def __init__(self, terminal: SimTerminalServer) -> None:
        self._terminal = terminal
        self._transport: asyncio.Transport | None = None
        self._early = b""
        self._secure: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        plain = cast(asyncio.Transport, transport)
        if self._terminal.tls is None or self._terminal.fault == "garbage":
            self._attach(plain)
            return
        plain.pause_reading()
        self._secure = asyncio.get_running_loop().create_task(self._shake_hands(plain, self._terminal.tls))
        self._terminal.handshakes.add(self._secure)
        self._secure.add_done_callback(self._terminal.handshakes.discard)

    async def _shake_hands(self, plain: asyncio.Transport, tls: ssl.SSLContext) -> None:
        try:
            secret = await asyncio.get_running_loop().start_tls(plain, self, tls, server_side=True)
        except (OSError, asyncio.CancelledError):  # the till doesn't trust it, or has gone
            plain.abort()
            return
        if secret is not None:
            self._attach(secret)

    def _attach(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._terminal.on_connection(transport)
        early, self._early = self._early, b""
        if early:
            self._terminal.data(transport, early)

    def data_received(self, data: bytes) -> None:
        if self._transport is not None:
            self._terminal.data(self._transport, data)
        else:
            self._early += data

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:
            self._terminal.on_disconnection(self._transport)
        elif self._secure is not None:
            self._secure.cancel()
