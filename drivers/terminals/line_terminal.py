"""What terminals on a line have in common: one request at a time, each key once, after a loss a look-up first."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import ClassVar, Generic, TypeVar

from drivers.roles import TerminalObserver
from drivers.terminal_outcomes import (
    Ability,
    Approved,
    Declined,
    NotStarted,
    OutcomeUnknown,
    StillRunning,
    TerminalFault,
    TerminalOutcome,
    TerminalRequest,
)
from drivers.terminals.faults import TerminalError
from drivers.terminals.link import BadMessage, LinkLost, TcpOptions, TerminalLink

MAX_REMEMBERED = 256
"""Ends of requests that are answered without the terminal, should they be asked again."""

M = TypeVar("M")


class Conversation(Generic[M]):
    """A request that runs: how long it is waited for, and what is sent to cancel it."""

    def __init__(self, link: TerminalLink[M], options: TcpOptions, cancel: bytes) -> None:
        self.link = link
        self._options, self._cancel = options, cancel
        self._now = asyncio.get_running_loop().time
        self._acknowledged = self._cancelled = self._wished = False
        self._ends_at = self._now() + options.total_timeout_ms / 1000

    async def next_message(self) -> M:
        """What the terminal says next. One that is silent for too long is cancelled, and then waited for once more.

        Raises TimeoutError, LinkLost, BadMessage.
        """
        try:
            return await self.link.receive(self._timeout_s())
        except TimeoutError:
            if self._cancelled or not self._acknowledged:
                raise
        self._cancelled = True
        self._ends_at = self._now() + self._options.cancel_timeout_ms / 1000
        await self.link.send(self._cancel)
        return await self.link.receive(self._timeout_s())

    async def acknowledge(self) -> None:
        """The terminal has the say from here on; what was wished before is sent now."""
        self._acknowledged = True
        if self._wished:
            await self.link.send(self._cancel)

    async def wish_cancelled(self) -> None:
        """Send the cancel, at once or when the terminal has acknowledged the request."""
        self._wished = True
        if self._acknowledged:
            await self.link.send(self._cancel)

    def _timeout_s(self) -> float:
        if not self._acknowledged:
            return self._options.answer_timeout_ms / 1000
        return min(self._options.silence_timeout_ms / 1000, self._ends_at - self._now())


class LineTerminal(ABC, Generic[M]):
    """A PaymentTerminal, but for what is said on its wire. Each request has a connection of its own."""

    abilities: ClassVar[frozenset[Ability]]

    def __init__(self, thing: str, options: TcpOptions, cancel: bytes) -> None:
        self._thing, self._options, self._cancel = thing, options, cancel
        self._turn = asyncio.Lock()
        self._ends: dict[str, tuple[TerminalRequest, Approved | Declined]] = {}
        self._running = ""
        self._uncleared = ""
        self._wished = False
        self._conversation: Conversation[M] | None = None

    async def open(self) -> None:
        """See that it is there and lets us in. Raises DeviceError."""
        async with self._turn:
            (await self._enter()).close()

    async def close(self) -> None:
        """Let go of it; what runs breaks off. What was unknown is no longer held against the next request."""
        if self._conversation is not None:
            self._conversation.link.close()
        async with self._turn:
            self._uncleared = ""

    async def pay(self, request: TerminalRequest, observer: TerminalObserver) -> TerminalOutcome:
        """Take money."""
        return await self._do(request, observer)

    async def refund(self, request: TerminalRequest, observer: TerminalObserver) -> TerminalOutcome:
        """Give money back."""
        return await self._do(request, observer)

    async def cancel(self, key: str) -> bool:
        """Wish that this request ends."""
        if key != self._running:
            return False
        self._wished = True
        if self._conversation is not None:
            try:
                await self._conversation.wish_cancelled()
            except LinkLost:
                return True  # the request finds that out itself
        return True

    async def look_up(self, request: TerminalRequest) -> TerminalOutcome:
        """What became of it. One that was taken offline is asked about anew: its host may have answered since."""
        known = self._recall(request)
        if known is not None and not (isinstance(known, Approved) and known.offline):
            return known
        async with self._turn:
            try:
                outcome = await self._find(request)
            except TerminalError as err:
                outcome = OutcomeUnknown(err.fault, err.told)
            except (LinkLost, BadMessage, TimeoutError) as err:
                outcome = OutcomeUnknown(_fault_of(err))
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

    async def _ask(self, request: TerminalRequest, observer: TerminalObserver) -> TerminalOutcome:
        try:
            link = await self._enter()
        except TerminalError as err:
            return NotStarted(err.fault, err.told)
        try:
            if self._wished:
                return NotStarted("cancelled")
            self._conversation = Conversation(link, self._options, self._cancel)
            return await self._talk(self._conversation, request, observer)
        except (LinkLost, BadMessage, TimeoutError) as err:
            return OutcomeUnknown(_fault_of(err))
        finally:
            self._conversation = None
            link.close()

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

    async def _enter(self) -> TerminalLink[M]:
        """A connection on which the terminal has let us in. Raises TerminalError."""
        try:
            link = await self._connect()
        except OSError as err:
            raise TerminalError(self._thing, "offline") from err
        try:
            await self._greet(link)
        except LinkLost as err:
            link.close()
            raise TerminalError(self._thing, "offline") from err
        except (BadMessage, TimeoutError) as err:
            link.close()
            raise TerminalError(self._thing, "wrong_wire") from err
        except BaseException:
            link.close()
            raise
        return link

    @abstractmethod
    async def _connect(self) -> TerminalLink[M]:
        """Raises OSError."""

    @abstractmethod
    async def _greet(self, link: TerminalLink[M]) -> None:
        """Be let in. Raises TerminalError, LinkLost, BadMessage, TimeoutError."""

    @abstractmethod
    async def _talk(
        self, talk: Conversation[M], request: TerminalRequest, observer: TerminalObserver
    ) -> TerminalOutcome:
        """Ask, and follow it to its end. Raises LinkLost, BadMessage, TimeoutError: it is unknown."""

    @abstractmethod
    async def _find(self, request: TerminalRequest) -> TerminalOutcome:
        """Ask what became of it. Raises TerminalError, LinkLost, BadMessage, TimeoutError: it stays unknown."""


def _fault_of(err: LinkLost | BadMessage | TimeoutError) -> TerminalFault:
    if isinstance(err, LinkLost):
        return "broke_off"
    return "silent" if isinstance(err, TimeoutError) else "bad_answer"


def _content(request: TerminalRequest) -> tuple[str, int, str, str]:
    return request.kind, request.amount_minor, request.currency, request.reference
