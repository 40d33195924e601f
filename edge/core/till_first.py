"""Gives tills priority: background work asks this module for its turns.

While a till is active, long work runs right after the till gets an answer, when the next scan is least likely, or after
a pause several times as long as the work. Otherwise it runs immediately. Exceptions and their reasons:
docs/decisions/0020.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable

from edge.core.limits import (
    BACKOFF_FACTOR,
    PAUSE_LIMIT_S,
    RENDER_GRACE_S,
    RESTS_ELSEWHERE,
    SCAN_GAP_S,
    SELLING_S,
    TILL_QUIET_S,
    YIELD_STEPS,
)
from edge.core.storage.database import Connection


class TillFirst:
    """Tracks till activity and schedules background work around it. For one event loop; `active` is thread-safe.

    `now` is a clock in seconds. A till counts as active for `quiet_s` after its last use.
    """

    def __init__(self, now: Callable[[], float], quiet_s: float = TILL_QUIET_S) -> None:
        self._now = now
        self._quiet_s = quiet_s
        self._touched_s = float("-inf")
        self._touched = asyncio.Event()

    @property
    def active(self) -> bool:
        """Whether a till is in use."""
        return self._now() - self._touched_s < self._quiet_s

    def touch(self) -> None:
        """Record that a till was just answered."""
        self._touched_s = self._now()
        self._touched.set()
        self._touched.clear()

    def budget(self, usual: int, at_a_till: int = 1) -> int:
        """Amount of work for the next turn: `usual`, or less while a till is active."""
        return min(usual, at_a_till) if self.active else usual

    async def repeat(self, work: Callable[[], Awaitable[object]], every_s: float, first_s: float = 0.0) -> None:
        """Repeat `work` every `every_s`, starting after `first_s`, while no till is active; until cancelled."""
        await asyncio.sleep(first_s)
        while True:
            if not self.active:
                await work()
            await asyncio.sleep(every_s)

    @contextlib.asynccontextmanager
    async def turn(self, least_s: float = 0.0) -> AsyncIterator[None]:
        """Run a turn of long work, then pause. The pause depends on the turn's duration, which counts as at least
        `least_s`."""
        began_s = self._now()
        yield
        await self.rest(max(least_s, self._now() - began_s))

    async def rest(self, worked_s: float) -> None:
        """Wait as long as is due after `worked_s` of work."""
        if not self.active:
            return
        answered_s = self._now() - self._touched_s
        if answered_s + 2 * worked_s < SCAN_GAP_S:
            await asyncio.sleep(max(RENDER_GRACE_S - answered_s, worked_s))
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(PAUSE_LIMIT_S, worked_s * BACKOFF_FACTOR)):
                await self._touched.wait()
                await asyncio.sleep(RENDER_GRACE_S)


class RightOfWay:
    """Pauses reader threads while a till command runs, because they share one interpreter lock.

    A sale releases the lock at each statement and would otherwise wait for readers each time. Created on the event
    loop's thread, which never pauses; call `take` and `give_back` there.
    """

    def __init__(self) -> None:
        self._loop = threading.get_ident()
        self._under_way = 0
        self._free = threading.Event()
        self._free.set()
        self._waiters: list[asyncio.Future[None]] = []

    @property
    def is_taken(self) -> bool:
        """Whether a till command is running."""
        return self._under_way > 0

    def take(self) -> None:
        """Pause readers: a till command begins."""
        self._under_way += 1
        self._free.clear()

    def give_back(self) -> None:
        """Let readers continue: a till command is answered and rendered."""
        self._under_way -= 1
        if not self._under_way:
            self._free.set()
            waiters, self._waiters = self._waiters, []
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(None)

    async def wait_free(self, limit_s: float) -> None:
        """Wait until no till command is running, for at most `limit_s`. The event loop gets at least one turn."""
        if not self.is_taken:
            await asyncio.sleep(0)
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(waiter, limit_s)

    def yielded_by(self, db: Connection) -> Connection:
        """Make a connection pause between statement steps for at most `PAUSE_LIMIT_S`. It then runs for as long, so
        that readers progress despite any number of tills."""
        goes_on_s = 0.0

        def stand_still() -> int:
            nonlocal goes_on_s
            if self._free.is_set() or threading.get_ident() == self._loop or time.monotonic() < goes_on_s:
                return 0
            if not self._free.wait(PAUSE_LIMIT_S):
                goes_on_s = time.monotonic() + PAUSE_LIMIT_S
            return 0

        db.set_progress_handler(stand_still, YIELD_STEPS)
        return db


class TillFirstElsewhere:
    """Gives tills priority from another process, which only has the ledger. While the shop sells, it works at most a
    quarter of the time. `clock` is in seconds since 1970, `worked` is monotonic."""

    def __init__(
        self,
        db: Connection,
        clock: Callable[[], float] = time.time,
        worked: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._db, self._clock, self._worked, self._sleep = db, clock, worked, sleep
        self._began_s = worked()

    @property
    def active(self) -> bool:
        """Whether the newest event in the shop is recent."""
        (newest_us,) = self._db.execute(_NEWEST).fetchone() or (0,)
        return bool(abs(self._clock() - newest_us / 1e6) < SELLING_S)

    def rest(self) -> None:
        """Wait as long as is due after a piece of work."""
        if self.active:
            self._sleep(RESTS_ELSEWHERE * (self._worked() - self._began_s))
        self._began_s = self._worked()


_NEWEST = "SELECT at_us FROM journal ORDER BY seq DESC LIMIT 1"
