"""Shared code of terminals over HTTPS: time limits for answers, and cancelling requests."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from drivers.roles import TerminalObserver
from drivers.terminal_outcomes import (
    CURRENCIES_BY_HTTPS,
    NotStarted,
    OutcomeUnknown,
    StillRunning,
    TerminalOutcome,
    TerminalRequest,
)
from drivers.terminals.faults import TerminalError
from drivers.terminals.http_link import HttpLink, HttpOptions
from drivers.terminals.keyed_terminal import MAX_REMEMBERED, KeyedTerminal, fault_of
from drivers.terminals.link import BadMessage, LinkLost

T = TypeVar("T")


class HttpTerminal(KeyedTerminal):
    """A PaymentTerminal except for its messages. Each request has its own connection."""

    def __init__(self, thing: str, link: HttpLink, options: HttpOptions) -> None:
        super().__init__(thing)
        self._link, self._waits = link, options
        self._watch: _Watch[TerminalOutcome] | None = None
        self._since_s: dict[str, float] = {}

    async def mark(self) -> str:
        """Return "", as these terminals look up requests by key."""
        return ""

    def _break_off(self) -> None:
        if self._watch is not None:
            self._watch.break_off()

    async def _pass_wish_on(self) -> None:
        if self._watch is not None:
            self._watch.stop_soon()

    async def _ask(self, request: TerminalRequest, observer: TerminalObserver) -> TerminalOutcome:
        self._note_sent(request)
        if request.currency not in CURRENCIES_BY_HTTPS:
            return NotStarted("wrong_currency")
        try:
            return await self._take(request, observer)
        except TerminalError as err:
            return NotStarted(err.fault, err.told)
        except (LinkLost, BadMessage, TimeoutError) as err:
            return OutcomeUnknown(fault_of(err))
        finally:
            self._watch = None

    async def _run_stoppable(
        self, ask: Callable[[Callable[[], None]], Awaitable[TerminalOutcome]], stop: Callable[[], Awaitable[None]]
    ) -> TerminalOutcome:
        """Return the outcome of `ask`, which calls its argument once the terminal has the request.

        After that, `stop` makes the terminal end the request, if a stop is requested or it takes too long. Raises
        TimeoutError, LinkLost, and any error of `ask`.
        """
        self._watch = _Watch(self._waits, stop)
        if self._wished:
            self._watch.stop_soon()
        return await self._watch.result(ask)

    def _note_sent(self, request: TerminalRequest) -> None:
        self._since_s.pop(request.key, None)
        self._since_s[request.key] = asyncio.get_running_loop().time()
        if len(self._since_s) > MAX_REMEMBERED:
            del self._since_s[next(iter(self._since_s))]

    def _not_found(self, request: TerminalRequest) -> TerminalOutcome:
        """Return the outcome if the terminal doesn't know the request: not started, once the request can't be in
        transit any more. A request from before a restart counts from its first look-up, as the clock may have been
        set meanwhile."""
        if request.key not in self._since_s:
            self._note_sent(request)
        age_ms = (asyncio.get_running_loop().time() - self._since_s[request.key]) * 1000
        return NotStarted("broke_off") if age_ms >= self._waits.not_found_after_ms else StillRunning()

    @property
    def _answer_s(self) -> float:
        return self._waits.answer_timeout_ms / 1000

    @abstractmethod
    async def _take(self, request: TerminalRequest, observer: TerminalObserver) -> TerminalOutcome:
        """Send a request and follow it to its end.

        Raises TerminalError if it certainly didn't start; LinkLost, BadMessage or TimeoutError if that's unknown.
        """


class _Watch(Generic[T]):
    """Waits for a request that may be stopped."""

    def __init__(self, waits: HttpOptions, stop: Callable[[], Awaitable[None]]) -> None:
        self._waits, self._stop = waits, stop
        self._news = asyncio.Event()
        self._wished = self._sent = self._over = self._broken = False

    def stop_soon(self) -> None:
        self._wished = True
        self._news.set()

    def break_off(self) -> None:
        self._broken = True
        self._news.set()

    def _has_it(self) -> None:
        self._sent = True
        self._news.set()

    async def result(self, ask: Callable[[Callable[[], None]], Awaitable[T]]) -> T:
        ended: list[T] = []
        failed: list[Exception] = []

        async def run() -> None:
            try:
                ended.append(await ask(self._has_it))
            except (TerminalError, LinkLost, BadMessage, TimeoutError) as err:
                failed.append(err)
            finally:
                self._over = True
                self._news.set()

        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(run())
            await self._wait()
            running.cancel()
        if ended:
            return ended[0]
        raise failed[0] if failed else LinkLost if self._broken else TimeoutError

    async def _wait(self) -> None:
        """Wait until the request has ended or can't be stopped."""
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + min(self._waits.silence_timeout_ms, self._waits.total_timeout_ms) / 1000
        passed_on = last = False
        while not (self._over or self._broken):
            try:
                async with asyncio.timeout_at(ends_at):
                    await self._news.wait()
            except TimeoutError:
                if last:
                    return
                last = passed_on = True
                ends_at = loop.time() + self._waits.cancel_timeout_ms / 1000
                await self._tell_to_stop()
                continue
            self._news.clear()
            if self._wished and self._sent and not (passed_on or self._over or self._broken):
                passed_on = True
                await self._tell_to_stop()

    async def _tell_to_stop(self) -> None:
        with suppress(TerminalError, LinkLost, BadMessage, TimeoutError):  # the request itself gets the outcome
            await self._stop()


def zone_of(name: str) -> tzinfo | None:
    """The time zone of this name; None: this machine's. Raises ValueError if unknown."""
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, OSError, KeyError):
        raise ValueError("Time zone not found: `zone`") from None


def slip_time(at_s: float, zone: str) -> str:
    """A time (seconds, UTC) as printed on slips; "" if invalid."""
    try:
        return datetime.fromtimestamp(at_s, UTC).astimezone(zone_of(zone)).strftime("%m-%d %H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return ""
