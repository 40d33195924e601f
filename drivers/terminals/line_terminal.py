"""Base of terminals on a TCP line: a connection for each request, and how long to wait."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from contextlib import suppress
from typing import Generic, TypeVar

from drivers.roles import TerminalObserver
from drivers.terminal_outcomes import (
    Approved,
    Declined,
    NotStarted,
    OutcomeUnknown,
    TerminalOutcome,
    TerminalRequest,
)
from drivers.terminals.faults import TerminalError
from drivers.terminals.keyed_terminal import KeyedTerminal, fault_of
from drivers.terminals.link import BadMessage, LinkLost, TcpOptions, TerminalLink

M = TypeVar("M")
LATE_S = 2.0
"""Time to listen for another message after a terminal's answer; the next request ends it."""


class Conversation(Generic[M]):
    """A running request: its longest wait, and the message that cancels it."""

    def __init__(self, link: TerminalLink[M], options: TcpOptions, cancel: bytes) -> None:
        self.link = link
        self._options, self._cancel = options, cancel
        self._now = asyncio.get_running_loop().time
        self._acknowledged = self._cancelled = self._wished = False
        self._ends_at = self._now() + options.total_timeout_ms / 1000

    async def next_message(self) -> M:
        """The terminal's next message. If it is silent too long, it is cancelled and waited for once more.

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
        """Note that the terminal has the request; a cancel requested earlier is sent now."""
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


class LineTerminal(KeyedTerminal, Generic[M]):
    """A PaymentTerminal except for its messages. Each request has its own connection."""

    def __init__(self, thing: str, options: TcpOptions, cancel: bytes) -> None:
        super().__init__(thing)
        self._options, self._cancel = options, cancel
        self._conversation: Conversation[M] | None = None
        self._late: tuple[TerminalLink[M], TerminalRequest, Approved | Declined] | None = None

    async def open(self) -> None:
        """Check that the terminal is reachable and accepts us. Raises DeviceError."""
        async with self._turn:
            (await self._enter()).close()

    def _break_off(self) -> None:
        self._hang_up_late()
        if self._conversation is not None:
            self._conversation.link.close()

    async def _pass_wish_on(self) -> None:
        if self._conversation is not None:
            with suppress(LinkLost):  # the request itself notices
                await self._conversation.wish_cancelled()

    async def _ask(self, request: TerminalRequest, observer: TerminalObserver) -> TerminalOutcome:
        try:
            link = await self._enter()
        except TerminalError as err:
            return NotStarted(err.fault, err.told)
        is_ended = False
        try:
            if self._wished:
                return NotStarted("cancelled")
            self._conversation = Conversation(link, self._options, self._cancel)
            outcome = await self._talk(self._conversation, request, observer)
            if isinstance(outcome, Approved | Declined):
                is_ended, self._late = True, (link, request, outcome)
            return outcome
        except (LinkLost, BadMessage, TimeoutError) as err:
            return OutcomeUnknown(fault_of(err))
        finally:
            self._conversation = None
            if not is_ended:
                link.close()

    async def second_end(self) -> Approved | Declined | None:
        """See `SpeaksOn`. A differing outcome isn't remembered: the terminal is asked."""
        if self._late is None:
            return None
        link, request, outcome = self._late
        try:
            second = self._read_second_end(await link.receive(LATE_S), request)
        except (LinkLost, BadMessage, TimeoutError):
            return None
        finally:
            link.close()
        if not isinstance(second, Approved | Declined) or _money(second) == _money(outcome):
            return None
        self._ends.pop(request.key, None)
        return second

    def _hang_up_late(self) -> None:
        late, self._late = self._late, None
        if late is not None:
            late[0].close()

    async def _enter(self) -> TerminalLink[M]:
        """A connection on which the terminal has accepted us. Raises TerminalError."""
        self._hang_up_late()
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
        """Connect to the terminal. Raises OSError."""

    @abstractmethod
    async def _greet(self, link: TerminalLink[M]) -> None:
        """Log in. Raises TerminalError, LinkLost, BadMessage, TimeoutError."""

    @abstractmethod
    async def _talk(
        self, talk: Conversation[M], request: TerminalRequest, observer: TerminalObserver
    ) -> TerminalOutcome:
        """Send a request and follow it to its end. Raises LinkLost, BadMessage, TimeoutError if the outcome is
        unknown."""

    @abstractmethod
    def _read_second_end(self, message: M, request: TerminalRequest) -> TerminalOutcome | None:
        """The outcome in a message after the final one; None: none. Raises BadMessage."""


def _money(outcome: Approved | Declined) -> int:
    return outcome.amount_minor if isinstance(outcome, Approved) else 0
