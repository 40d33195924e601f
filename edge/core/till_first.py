"""The till comes first: what works in the background asks here for its turns.

While somebody is at a till, long work goes on behind an answer to them, when the next scan is least to be expected; or
else after a wait that is several times as long as it works. While nobody is, it goes on at once.
Who does not ask here, and why: docs/decisions/0020.
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
    """Whether somebody is at a till, and the turns of everything else. For one event loop; `active` for all threads.

    `now` is a clock in seconds; behind the last touch of a till it counts as active for `quiet_s`.
    """

    def __init__(self, now: Callable[[], float], quiet_s: float = TILL_QUIET_S) -> None:
        self._now = now
        self._quiet_s = quiet_s
        self._touched_s = float("-inf")
        self._touched = asyncio.Event()

    @property
    def active(self) -> bool:
        """Whether somebody is at a till."""
        return self._now() - self._touched_s < self._quiet_s

    def touch(self) -> None:
        """Somebody at a till has just been answered."""
        self._touched_s = self._now()
        self._touched.set()
        self._touched.clear()

    def budget(self, usual: int, at_a_till: int = 1) -> int:
        """How much to take into the next turn: as `usual`, or less while somebody is at a till."""
        return min(usual, at_a_till) if self.active else usual

    async def repeat(self, work: Callable[[], Awaitable[object]], every_s: float, first_s: float = 0.0) -> None:
        """Do something again and again, from `first_s` on, while nobody is at a till; until cancelled."""
        await asyncio.sleep(first_s)
        while True:
            if not self.active:
                await work()
            await asyncio.sleep(every_s)

    @contextlib.asynccontextmanager
    async def turn(self, least_s: float = 0.0) -> AsyncIterator[None]:
        """A turn of long work, and the rest behind it; the turn counts as `least_s` at least."""
        began_s = self._now()
        yield
        await self.rest(max(least_s, self._now() - began_s))

    async def rest(self, worked_s: float) -> None:
        """Wait as long as is due behind a turn that took so long."""
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
    """Who reads beside the till in a thread of its own stands still while a command of a till is under way: there is
    one interpreter, and a sale, which lets go of it at each statement, would wait each time until a reader does, too.

    Made on the event loop's thread, which never stands still; `take` and `give_back` are called there.
    """

    def __init__(self) -> None:
        self._loop = threading.get_ident()
        self._under_way = 0
        self._free = threading.Event()
        self._free.set()

    def take(self) -> None:
        """A command of a till is asked for."""
        self._under_way += 1
        self._free.clear()

    def give_back(self) -> None:
        """It is answered, and the answer on the page."""
        self._under_way -= 1
        if not self._under_way:
            self._free.set()

    def yielded_by(self, db: Connection) -> Connection:
        """This connection, which from now on stands still between steps of its statements: `PAUSE_LIMIT_S` at most,
        and then goes on for as long, so that readers get on beside any number of tills."""
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
    """The same for a process of its own, which knows of the till what the ledger says: while the shop sells, it works a
    quarter of the time at most. `clock` is in seconds since 1970, `worked` in seconds since whenever.
    """

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
        """Whether something happened in the shop lately."""
        (newest_us,) = self._db.execute(_NEWEST).fetchone() or (0,)
        return bool(abs(self._clock() - newest_us / 1e6) < SELLING_S)

    def rest(self) -> None:
        """A piece of work is done: wait as long as is due behind it."""
        if self.active:
            self._sleep(RESTS_ELSEWHERE * (self._worked() - self._began_s))
        self._began_s = self._worked()


_NEWEST = "SELECT at_us FROM journal ORDER BY seq DESC LIMIT 1"
