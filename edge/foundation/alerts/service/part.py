"""The part that evaluates watches alongside the till and sends the resulting commands."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import structlog

from edge.core.bus import Subscription
from edge.core.command_bus import COMMITTED, CommandBus
from edge.core.jobs.store import JOBS
from edge.core.messages import Done, Refused
from edge.core.process.parts import PARTS, Ready
from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection, open_reader
from edge.foundation.access.queries import is_active_user
from edge.foundation.access.rights import system
from edge.foundation.alerts.commands import LapseAcknowledgement, RaiseAlert, ResolveAlert
from edge.foundation.alerts.queries import Alert, open_kinds, open_of_kind
from edge.foundation.alerts.rules import SAID
from edge.foundation.alerts.service.diff import Gone, changes
from edge.foundation.alerts.service.machine_watch import MachineNow, MachineWatch

_log = structlog.get_logger(__name__)
_AT = "SELECT seq FROM projection WHERE name = ?"
TICK_S = 1.0
"""Interval of checks for due watches."""
REST_S = 0.1
"""Time within which arriving events are handled together."""
COST = 10
"""Shortest pause of a watch after an event, in multiples of its last duration."""
BETWEEN_S = 0.2
"""Longest time between watches while a user is at a till."""
SHORT_S = 0.005
"""Watches shorter than this give way to the till only after all have run."""
AT_ONCE = 8
"""Quick watches to read in one batch, because switching to the reader's thread and back costs more than they do."""
LIMIT_S = 10.0
"""Time limit of a watch. A watch that takes longer is stopped and reported, because the others wait for the same
thread."""
STEPS = 20_000
"""SQLite steps between two checks of the clock."""
CONDITIONS = 10_000
"""Conditions to accept from one watch at a time. Further ones are left out and logged."""
TOGETHER = 32
"""Commands to submit at once; they share a commit."""
ASKING_S = 0.02
"""Time limit of the commands on a slow disk. During scanning, they wait until the next answer was sent."""


class WatchState:
    """Time when a watch was evaluated and its duration (monotonic clock)."""

    __slots__ = ("failing", "may_read", "read_s", "stale", "took_s", "watch")

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.read_s = -float("inf")
        self.took_s = 0.0
        self.failing = False
        self.stale = True
        self.may_read = not watch.rests_on

    def due(self, now_s: float) -> bool:
        since = now_s - self.read_s
        if self.failing and since < COST * self.took_s:
            return False
        return since >= self.watch.every_s or (self.stale and since >= COST * self.took_s)


WatchRead = tuple[list[Condition], dict[str, Alert]]
"""A watch's current findings and the open alerts of its kind, by subject."""


class AlertsPart:
    """Evaluates the watches; see the module. Results depend only on current conditions and open alerts, so restarts and
    restores never raise duplicates."""

    def __init__(
        self,
        shop: CommandBus,
        machine: MachineWatch,
        day: Callable[[int], str],
        mono_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shop = shop
        self._machine = machine
        self._day = day
        self._mono_s = mono_s
        self._now = MachineNow()
        every = (*shop.registry.watches.values(), *machine.watches(lambda: self._now))
        self._states = [WatchState(watch) for watch in every]
        self._states.append(WatchState(Watch("watch_failed", "high", self._failing, every_s=15)))
        self._opened_seq = shop.head.seq
        self._gone: Gone = {}
        self._own_facts = 0
        self._minded: dict[tuple[int, int], float] = {}

    async def run(self, ready: Ready) -> None:
        """Run until cancelled."""
        subscription = self._shop.bus.subscribe(COMMITTED, JOBS, PARTS)
        thread = ThreadPoolExecutor(1, thread_name_prefix="alerts-reader")
        db = open_reader(self._shop.path)
        try:
            await self.end_unwatched()
            seen, facts = -1, True
            while True:
                began_s = self._mono_s()
                await self.look(thread, db, facts)
                ready()
                if self._shop.till_first.active:  # all watches together then use no more CPU than one may
                    await asyncio.sleep(min(BETWEEN_S, COST * (self._mono_s() - began_s)))
                facts = await _word(subscription, REST_S if any(one.stale for one in self._states) else TICK_S)
                head = self._shop.head.seq
                facts, seen, self._own_facts = facts and head - seen > self._own_facts, head, 0
        finally:
            self._shop.bus.unsubscribe(subscription)
            thread.shutdown(wait=True, cancel_futures=True)
            db.close()

    async def end_unwatched(self) -> None:
        """Resolve alerts whose watch no longer exists in this version or configuration."""
        watched = {SAID, *(state.watch.kind for state in self._states)}
        kinds = set(open_kinds(self._shop.reader)) - watched
        await self._ask([ResolveAlert(one.id) for kind in kinds for one in open_of_kind(self._shop.reader, kind)])

    async def look(self, thread: ThreadPoolExecutor, db: Connection, facts: bool = True) -> None:
        """Evaluate due watches and send commands. `facts`: new events arrived."""
        now_s = self._mono_s()
        self._now = self._machine.now(int(now_s * 1e6))
        for state in self._states:
            state.stale = state.stale or facts
        for together in _parts([one for one in self._states if one.due(now_s) and self._may_read(db, one)]):
            began_s = self._mono_s()
            found = await asyncio.get_running_loop().run_in_executor(thread, self._read_all, db, together)
            took_s = self._mono_s() - began_s
            if took_s > SHORT_S:
                await self._shop.till_first.rest(took_s)
            for state, read in zip(together, found, strict=True):
                if read is not None:
                    await self._follow(state.watch, *read)
        await self._lapse()

    def _may_read(self, db: Connection, state: WatchState) -> bool:
        """Whether the tables that a watch reads have been complete since the start. Partial tables would end valid
        alerts."""
        if not state.may_read:
            at = [seq for name in state.watch.rests_on for (seq,) in db.execute(_AT, (name,))]
            state.may_read = len(at) == len(state.watch.rests_on) and min(at) >= self._opened_seq
        return state.may_read

    def _read_all(self, db: Connection, states: Sequence[WatchState]) -> list[WatchRead | None]:
        """Evaluate several watches in the reader's thread."""
        now_us = self._shop.now_us()
        return [self._read(db, state, now_us, self._day(now_us)) for state in states]

    def _read(self, db: Connection, state: WatchState, now_us: int, day: str) -> WatchRead | None:
        """Return the conditions and open alerts of one watch; None if it can't be read, which is logged once."""
        watch, began_s = state.watch, self._mono_s()
        state.stale = False
        try:
            with self._cut_off(db, began_s + LIMIT_S) as still:
                true = list(islice(still(watch.read(db, now_us, day)), CONDITIONS))
            found = true, {alert.subject: alert for alert in open_of_kind(db, watch.kind)}
        except Exception as error:  # noqa: BLE001 - one's fault silences no other; it is said, and shown in the log
            if not state.failing:
                _log.error("an alert check failed; retrying", kind=watch.kind, error=repr(error))
            state.failing = True
            return None
        finally:
            state.read_s = self._mono_s()
            state.took_s = state.read_s - began_s
        state.failing = False
        if len(found[0]) == CONDITIONS:
            _log.warning("too many alerts at once; some are left for the next check", kind=watch.kind, limit=CONDITIONS)
        return found

    def _failing(self, db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
        """Report failed or slow watches, because their alerts are missing."""
        for state in self._states:
            if state.failing:
                yield Condition(state.watch.kind, {"of_kind": state.watch.kind})

    @contextlib.contextmanager
    def _cut_off(
        self, db: Connection, until_s: float
    ) -> Iterator[Callable[[Iterable[Condition]], Iterator[Condition]]]:
        """Interrupt queries at a deadline. The next condition then raises `TimeoutError`."""

        def still(conditions: Iterable[Condition]) -> Iterator[Condition]:
            for condition in conditions:
                if self._mono_s() > until_s:
                    raise TimeoutError(f"it took longer than {LIMIT_S:.0f} s")
                yield condition

        db.set_progress_handler(lambda: self._mono_s() > until_s, STEPS)
        try:
            yield still
        finally:
            db.set_progress_handler(None, 0)

    async def _follow(self, watch: Watch, now_true: list[Condition], is_open: dict[str, Alert]) -> None:
        of_kind = {key: since for key, since in self._gone.items() if key[0] == watch.kind}
        made = changes(watch, now_true, is_open, of_kind, self._shop.now_us())
        for key in of_kind:
            del self._gone[key]
        self._gone |= made.gone
        await self._ask(made.commands)

    async def _lapse(self) -> None:
        """End acknowledgements that expired or whose owner left. Durations are loaded once and then measured in real
        time, so that clock changes don't affect them."""
        now_us, now_s, db = self._shop.now_us(), self._mono_s(), self._shop.reader
        query = "SELECT id, acked_by, acked_us, acked_until_us FROM alert WHERE state = 'acknowledged'"
        over, minded = [], {}
        for id, holder, acked_us, until_us in db.execute(query).fetchall():
            left_us = until_us - max(now_us, acked_us)
            until_s = minded[id, until_us] = self._minded.get((id, until_us), now_s + left_us / 1e6)
            if until_s <= now_s:
                over.append(LapseAcknowledgement(id, "time"))
            elif holder not in ("system", "cashier") and not is_active_user(db, holder):
                over.append(LapseAcknowledgement(id, "gone"))
        self._minded = minded
        await self._ask(over)

    async def _ask(self, commands: Sequence[RaiseAlert | ResolveAlert | LapseAcknowledgement]) -> None:
        """Send commands. The resulting events are counted so that they don't trigger another evaluation."""
        for start in range(0, len(commands), TOGETHER):
            piece = commands[start : start + TOGETHER]
            await self._shop.till_first.rest(ASKING_S)
            for outcome in await asyncio.gather(*(self._shop.do(command, system()) for command in piece)):
                self._own_facts += len(outcome.events) if isinstance(outcome, Done) else 0
                if isinstance(outcome, Refused) and outcome.code not in ("busy", "read_only", "alert_over"):
                    _log.warning("an alert was rejected", code=outcome.code, values=outcome.values)


def _parts(due: Sequence[WatchState]) -> Iterator[Sequence[WatchState]]:
    """Return batches to evaluate together: several quick watches, or one slow one, because the till has priority."""
    quick = [one for one in due if one.took_s <= SHORT_S]
    yield from (quick[start : start + AT_ONCE] for start in range(0, len(quick), AT_ONCE))
    yield from ([one] for one in due if one.took_s > SHORT_S)


async def _word(subscription: Subscription, within_s: float) -> bool:
    """Wait up to `within_s` for news, and for more that follows closely. Returns whether there was any."""
    if not await subscription.within(within_s):
        return False
    await asyncio.sleep(REST_S)
    subscription.clear()
    return True
