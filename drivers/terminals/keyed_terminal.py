"""Base of all terminals: one request at a time, each key once, a look-up first after a loss."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import ClassVar

from drivers.roles import TerminalObserver
from drivers.terminal_outcomes import (
    Ability,
    Approved,
    Declined,
    NotStarted,
    OutcomeUnknown,
    StillRunning,
    TerminalFault,
    TerminalMode,
    TerminalOutcome,
    TerminalRequest,
)
from drivers.terminals.faults import TerminalError
from drivers.terminals.link import BadMessage, LinkLost

MAX_REMEMBERED = 256
"""Outcomes kept to answer repeated requests without the terminal."""


class KeyedTerminal(ABC):
    """A PaymentTerminal except for its connection and messages."""

    abilities: ClassVar[frozenset[Ability]]
    mode: TerminalMode = ""

    def __init__(self, thing: str) -> None:
        self._thing = thing
        self._turn = asyncio.Lock()
        self._ends: dict[str, tuple[TerminalRequest, Approved | Declined]] = {}
        self._running = ""
        self._uncleared = ""
        self._wished = False

    async def close(self) -> None:
        """Disconnect and abort the current request. An earlier unknown outcome no longer blocks the next request."""
        self._break_off()
        async with self._turn:
            self._uncleared = ""

    async def pay(self, request: TerminalRequest, observer: TerminalObserver) -> TerminalOutcome:
        """Take a payment."""
        return await self._do(request, observer)

    async def refund(self, request: TerminalRequest, observer: TerminalObserver) -> TerminalOutcome:
        """Refund a payment."""
        return await self._do(request, observer)

    async def cancel(self, key: str) -> bool:
        """Ask the terminal to stop this request."""
        if key != self._running:
            return False
        self._wished = True
        await self._pass_wish_on()
        return True

    async def look_up(self, request: TerminalRequest) -> TerminalOutcome:
        """Return the outcome of a request.

        Offline payments are looked up again, as the host may have answered since.
        """
        known = self._recall(request)
        if known is not None and not (isinstance(known, Approved) and (known.offline or known.held)):
            return known
        async with self._turn:
            try:
                outcome = await self._find(request)
            except TerminalError as err:
                outcome = OutcomeUnknown(err.fault, err.told)
            except (LinkLost, BadMessage, TimeoutError) as err:
                outcome = OutcomeUnknown(fault_of(err))
            return self._record_end(request, outcome)

    async def _do(self, request: TerminalRequest, observer: TerminalObserver) -> TerminalOutcome:
        if (known := self._recall(request)) is not None:
            return known
        if self._uncleared == request.key:
            return OutcomeUnknown("look_up_first")
        if self._turn.locked():
            return NotStarted("busy")
        if self._uncleared:
            return NotStarted("look_up_first")
        async with self._turn:
            self._running = self._uncleared = request.key
            self._wished = False
            try:
                outcome = await self._ask(request, observer)
            finally:
                self._running = ""
            return self._record_end(request, outcome)

    def _recall(self, request: TerminalRequest) -> TerminalOutcome | None:
        if request.key == self._running:
            return StillRunning()
        if (ended := self._ends.get(request.key)) is None:
            return None
        before, outcome = ended
        return outcome if _content(before) == _content(request) else NotStarted("key_reused")

    def _record_end(self, request: TerminalRequest, outcome: TerminalOutcome) -> TerminalOutcome:
        if isinstance(outcome, (OutcomeUnknown, StillRunning)):
            return outcome
        if self._uncleared == request.key:
            self._uncleared = ""
        if isinstance(outcome, (Approved, Declined)):
            self._ends[request.key] = request, outcome
            if len(self._ends) > MAX_REMEMBERED:
                del self._ends[next(iter(self._ends))]
        return outcome

    @abstractmethod
    def _break_off(self) -> None:
        """Abort the current request."""

    @abstractmethod
    async def _pass_wish_on(self) -> None:
        """Tell the terminal that `_wished` is set, at once or when it has the request. Never raises."""

    @abstractmethod
    async def _ask(self, request: TerminalRequest, observer: TerminalObserver) -> TerminalOutcome:
        """Send a request and follow it to its end. Doesn't raise errors of its connection."""

    @abstractmethod
    async def _find(self, request: TerminalRequest) -> TerminalOutcome:
        """Look up a request. Raises TerminalError, LinkLost, BadMessage, TimeoutError if it stays unknown."""


def fault_of(err: LinkLost | BadMessage | TimeoutError) -> TerminalFault:
    if isinstance(err, LinkLost):
        return "broke_off"
    return "silent" if isinstance(err, TimeoutError) else "bad_answer"


def _content(request: TerminalRequest) -> tuple[str, int, str, str]:
    return request.kind, request.amount_minor, request.currency, request.reference
