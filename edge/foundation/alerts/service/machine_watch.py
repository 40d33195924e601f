"""Alerts about the machine: parts, disk, backups, clock, and its connection to head office."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.messages import Actor, Command, Outcome
from edge.core.process.parts import PartState, Supervisor
from edge.core.registry import Condition, Watch
from edge.core.services import Service
from edge.core.storage.database import Connection
from edge.runtime.backup_state import replica_check, status
from edge.runtime.sync_state import SyncState

SECOND_US = 1_000_000
LOST_US = 120 * SECOND_US
"""Shortest loss of a part that raises an alert. Shorter losses are normal, for example while paper is changed."""
SOON_US = 60 * SECOND_US
TOGETHER = 3
"""Number of parts lost within LOST_US from which this machine itself counts as cut off, if it's also more than half
of all parts."""
OFFLINE_US = 300 * SECOND_US
LATE_US = 3600 * SECOND_US
"""How long data may be missing at head office before sync is reported as late."""
BACKUP_US = 26 * 3600 * SECOND_US
"""Longest time between backups: a day, plus two hours to make one."""
JOBS_SHOWN_US = 24 * 3600 * SECOND_US
FREE_LOW_BYTES, FREE_CRITICAL_BYTES = 2 * 1024**3, 300 * 1024**2
FAULTS_US = 300 * SECOND_US
FAULTS_MANY, FAULTS_FEW = 5, 2
"""Software faults within FAULTS_US that raise an alert. The smaller number applies if there is one for every
FAULT_SHARE commands."""
FAULT_SHARE = 20
COUNTED_EVERY_US = 5 * SECOND_US
OWN = frozenset({"sync", "backup", "clock", "proof", "alerts", "notifications", "twin"})
"""Parts with a separate kind of alert, and those that report all others."""
STUCK = ("read_only", "disk_full")
CUT = ("offline", "sync_stopped")
"""Kinds that explain others, such as late sync while there is no connection."""
_STATUS = "/manager/status"
BESIDE: Service[tuple[Watch, ...]] = Service("watches of other machines", lambda site: ())
_JOBS = """
    SELECT id, kind FROM job AS one WHERE state = 'failed' AND changed_us >= ?
    AND NOT EXISTS (SELECT 1 FROM job AS later
                    WHERE later.kind = one.kind AND later.id > one.id AND later.state = 'done')
    ORDER BY id DESC LIMIT 20
"""


class MachineNow(msgspec.Struct, frozen=True):
    """Machine status collected on the loop's thread, for a thread that may access the disk."""

    parts: tuple[tuple[PartState, int], ...] = ()
    why_read_only: str = ""
    clock_doubted: bool = False
    offline_us: int = 0
    stopped: bool = False
    waiting: int = 0
    late_us: int = 0
    watched: int = 0
    faults: int = 0
    commands: int = 0


class MachineWatch:
    """Tracks how long conditions of the machine last. Call `now` on the loop's thread; all other methods use its
    result. `beside`: watches of other machines."""

    def __init__(
        self,
        shop: CommandBus,
        supervisor: Supervisor,
        folder: Path,
        sync: SyncState | None,
        backups_wanted: bool,
        beside: tuple[Watch, ...] = (),
    ) -> None:
        self._shop = shop
        self._supervisor = supervisor
        self._folder = folder
        self._sync = sync
        self._backups_wanted = backups_wanted
        self._beside = beside
        self._since: dict[str, int] = {}
        self._through = -1
        self._commands = 0
        self._counted: deque[tuple[int, int, int]] = deque()
        shop.listen(self._count_command)

    def now(self, mono_us: int) -> MachineNow:
        """Current status with durations (`mono_us`: the monotonic clock)."""
        lost = [state for state in self._supervisor.states.values() if state.state == "lost"]
        true = {f"part {state.name}" for state in lost}
        sync = self._sync
        if sync is not None:
            true |= {"offline"} if sync.state == "offline" else set()
            moved, self._through = sync.through != self._through, sync.through
            true |= {"late"} if sync.through < sync.head and not moved else set()
        self._since = {what: self._since.get(what, mono_us) for what in true}

        faults, commands = self._lately(mono_us)

        def lasting(what: str) -> int:
            return mono_us - self._since[what] if what in self._since else 0

        return MachineNow(
            tuple((state, lasting(f"part {state.name}")) for state in lost),
            self._shop.why_read_only or "",
            self._shop.doubt_of_clock is not None,
            lasting("offline"),
            sync is not None and sync.state == "stopped",
            max(0, sync.head - sync.through) if sync else 0,
            lasting("late"),
            sum(state.name not in OWN for state in self._supervisor.states.values()),
            faults,
            commands,
        )

    def _count_command(self, command: Command, actor: Actor, outcome: Outcome) -> None:
        self._commands += 1

    def _lately(self, mono_us: int) -> tuple[int, int]:
        """Return the errors and commands within FAULTS_US, to the nearest seconds."""
        faults, commands = self._shop.faults, self._commands
        if not self._counted or mono_us - self._counted[-1][0] >= COUNTED_EVERY_US:
            self._counted.append((mono_us, faults, commands))
        while len(self._counted) > 1 and mono_us - self._counted[1][0] >= FAULTS_US:
            self._counted.popleft()
        _, faults_then, commands_then = self._counted[0]
        return faults - faults_then, commands - commands_then

    def watches(self, now: Callable[[], MachineNow]) -> tuple[Watch, ...]:
        """Return watches like a capability's. `now` returns the last result of `self.now`."""

        def of(read: Callable[[MachineNow], Iterator[Condition]]) -> Callable[[Connection, int, str], list[Condition]]:
            return lambda db, now_us, business_date: list(read(now()))

        found = [
            Watch("parts_lost", "high", of(_together), every_s=5, mended_at=_STATUS),
            Watch("part_lost", "high", of(_parts), every_s=5, causes=("parts_lost",), mended_at=_STATUS),
            Watch("read_only", "critical", of(_read_only), every_s=5, causes=("disk_full",), mended_at=_STATUS),
            Watch("clock_doubted", "high", of(_clock), every_s=15, mended_at=_STATUS),
            Watch("faults", "high", of(_faults), every_s=15, causes=STUCK, mended_at=_STATUS),
            Watch("disk_full", "high", self._disk, every_s=60, mended_at=_STATUS),
            Watch("job_failed", "medium", _jobs, every_s=15, causes=STUCK, mended_at="/manager/tools"),
        ]
        if self._backups_wanted:
            found += [
                Watch("backup_overdue", "high", self._backup, every_s=60, causes=STUCK, mended_at="/manager/backups"),
                Watch("drill_failed", "high", self._drill, every_s=60, causes=STUCK, mended_at="/manager/backups"),
            ]
        if self._sync is not None:
            found += [
                Watch("offline", "medium", of(_offline), every_s=15, mended_at="/manager/network"),
                Watch(
                    "sync_stopped",
                    "high",
                    of(_sync_stopped),
                    every_s=15,
                    causes=("read_only",),
                    mended_at="/manager/technical",
                ),
                Watch(
                    "sync_late", "medium", of(_late), every_s=60, causes=(*CUT, *STUCK), mended_at="/manager/technical"
                ),
                Watch("proof_failed", "high", self._proof, every_s=60, causes=CUT, mended_at="/manager/technical"),
            ]
        return (*found, *self._beside)

    def _disk(self, db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
        free = shutil.disk_usage(self._folder).free
        if free < FREE_LOW_BYTES:
            grave = "critical" if free < FREE_CRITICAL_BYTES else ""
            yield Condition("", {"free_mb": free // 1024**2}, grave)

    def _backup(self, db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
        kept = status.load(self._folder)
        last = kept.backup_us or kept.began_us
        if last and now_us - last > BACKUP_US:
            yield Condition("", {"hours": (now_us - last) // (3600 * SECOND_US)})

    def _drill(self, db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
        if status.load(self._folder).drill_fault:
            yield Condition("")

    def _proof(self, db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
        proved = replica_check.load(self._folder)
        if proved is not None and not proved.holds:
            yield Condition("")


def _parts(now: MachineNow) -> Iterator[Condition]:
    for state, us in now.parts:
        if us >= LOST_US and state.name not in OWN:
            yield Condition(state.name, {"part": state.name})


def _together(now: MachineNow) -> Iterator[Condition]:
    """Report that most devices were lost at once, which means that network or power failed rather than each device."""
    lost = sorted(us for state, us in now.parts if state.name not in OWN)
    if len(lost) >= TOGETHER and len(lost) * 2 > now.watched and lost[0] >= SOON_US and lost[-1] - lost[0] <= LOST_US:
        yield Condition("", {"count": len(lost)})


def _read_only(now: MachineNow) -> Iterator[Condition]:
    if now.why_read_only:
        yield Condition("", {"why": now.why_read_only})


def _clock(now: MachineNow) -> Iterator[Condition]:
    if now.clock_doubted:
        yield Condition("")


def _faults(now: MachineNow) -> Iterator[Condition]:
    """Report many errors, or a high share of commands. A single error is only logged."""
    few = now.faults >= FAULTS_FEW and now.faults * FAULT_SHARE >= now.commands
    if now.faults >= FAULTS_MANY or few:
        yield Condition("", {"count": now.faults})


def _offline(now: MachineNow) -> Iterator[Condition]:
    if now.offline_us >= OFFLINE_US:
        yield Condition("")


def _sync_stopped(now: MachineNow) -> Iterator[Condition]:
    if now.stopped:
        yield Condition("")


def _late(now: MachineNow) -> Iterator[Condition]:
    if now.late_us >= LATE_US:
        yield Condition("", {"rows": now.waiting})


def _jobs(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Report jobs that failed today, unless a later one of their kind succeeded."""
    for id, kind in db.execute(_JOBS, (now_us - JOBS_SHOWN_US,)).fetchall():
        yield Condition(str(id), {"job": id, "of_kind": kind})
