"""Part that runs due backups in a separate process, and reports their state."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec
import structlog

from edge.backoffice.office.commands import DeleteAsideLedger
from edge.core.clock import RELEASED_US, Clock
from edge.core.command_bus import CommandBus
from edge.core.journal import archive, archive_manifest
from edge.core.journal.archive import Segment
from edge.core.messages import Done, Refused
from edge.core.process.parts import PartState, Ready
from edge.core.secrets import keys
from edge.core.storage.database import open_reader
from edge.foundation.access.rights import system
from edge.lib.errors import NeedsHuman
from edge.lib.worded_errors import worded_error
from edge.operations.maintenance import archive as archiving
from edge.operations.maintenance.backups.connected import find_backups
from edge.runtime.backup_state import aside_ledgers, status, waiting_rows
from edge.runtime.backup_state.desk import BackupDesk
from edge.runtime.backup_state.limits import AGAIN_S, BACKUP_S, DUE_EVERY_S
from edge.runtime.backup_state.restore_request import RestorePreview
from edge.runtime.backup_state.schedule import Task, due, of_two_boxes, overdue_days
from edge.runtime.backup_state.status import KEPT, BackupFault, BackupStatus, Drill
from edge.runtime.config import Config

_log = structlog.get_logger(__name__)
_WORDS: dict[Task, tuple[str, ...]] = {
    "backup": ("backup", "now"),
    "drill": ("drill",),
    "archive": ("journal", "archive"),
    "look": ("restore", "--look", "--json"),
}
SHOWN_BYTES = 4_096
"""Maximum characters of a command's output in the log."""


def _preview_of(path: str, said: bytes) -> RestorePreview:
    """The result of looking into a backup. It's the output's last line, after any messages."""
    try:
        return msgspec.json.decode(said.splitlines()[-1], type=RestorePreview)
    except (IndexError, msgspec.MsgspecError):
        why = said.decode(errors="replace")[-SHOWN_BYTES:].strip()
        _log.warning("failed", task="look", said=why)
        fault = worded_error(NeedsHuman, "first.restore_fault", why=why.rpartition("\n")[2])
        return RestorePreview(path, fault=BackupFault(fault.what, fault.advice, fault.key, fault.values))


class MaintenancePart:
    """Runs due backups, backup tests and archiving in a separate process.

    `other_drill`: the other box's last backup test, which replaces this box's; None with a single box. `every_s`: the
    interval of checks. `desk`: requests from a page.
    """

    def __init__(
        self,
        config: Config,
        clock: Clock,
        shop: CommandBus,
        other_drill: Callable[[], Drill | None] = lambda: None,
        every_s: float = DUE_EVERY_S,
        desk: BackupDesk | None = None,
    ) -> None:
        self._desk = desk or BackupDesk(config)
        self._desk.find = lambda place: find_backups(place=place)
        self._other_drill = other_drill
        self._config = config
        self._clock = clock
        self._shop = shop
        self._every_s = every_s
        self._failed: dict[Task, float] = {}
        self._seen = 0

    async def run(self, ready: Ready) -> None:
        """Run until cancelled. A fault is reported as state, and retried."""
        folder = self._config.folder
        keys.stored_or_made(folder)
        await self._shop.maintain(partial(archiving.pin, self._config))
        if status.load(folder).began_us < RELEASED_US:
            status.note(folder, began_us=self._clock.read().at_us)
        shown: BackupStatus | None = None
        while True:
            kept = self._with_other_drill(status.load(folder))
            ready(self._state(kept))
            if kept != shown:
                self._shop.bus.publish(KEPT, kept)
                shown = kept
            await self._take_over()
            await self._delete_replaced()
            backup = await asyncio.to_thread(lambda: self._desk.settings)  # parses the file if it has changed
            self._config = msgspec.structs.replace(self._config, backup=backup)
            if task := self._desk.next_asked() or self._due():
                await self._run_visibly(task)
            else:
                await self._desk.wait(self._every_s)

    def _with_other_drill(self, kept: BackupStatus) -> BackupStatus:
        """Store the other box's result if its backup test is newer."""
        other = self._other_drill()
        if other is None or not kept.drill_us < other.at_us <= self._clock.read().at_us:
            return kept
        status.note_drill(self._config.folder, other)
        return status.load(self._config.folder)

    def _due(self) -> Task | None:
        """Return the task that is due, unless it has just failed."""
        config = self._config
        now_us = self._clock.read().at_us
        settings = config.backup if self._other_drill() is None else of_two_boxes(config.backup)
        task = due(status.load(config.folder), settings, config.store.zone, now_us)
        if task == "archive" and not archiving.worth_it(self._shop.reader, now_us, config.backup.archive_after_days):
            status.note(config.folder, archive_us=now_us)
            return None
        waits = task is not None and self._now() - self._failed.get(task, -AGAIN_S) < AGAIN_S
        return None if waits else task

    async def _run_visibly(self, task: Task) -> None:
        """Run a task, and show it on pages meanwhile."""
        self._desk.running = task
        self._shop.bus.publish(KEPT, status.load(self._config.folder))
        try:
            await self._do(task)
        finally:
            self._desk.running = None
            self._shop.bus.publish(KEPT, status.load(self._config.folder))

    async def _do(self, task: Task) -> None:
        """Run a task, and note whether it failed."""
        path, code = self._desk.looking
        more, typed = ((path,), f"{code}\n") if task == "look" else ((), "")
        status, said = await self._run(*_WORDS[task], *more, typed=typed)
        if task == "look":
            self._desk.preview = _preview_of(path, said)
        elif status == 0:
            self._failed.pop(task, None)
            _log.info("done", task=task)
        else:
            self._failed[task] = self._now()
            _log.warning("failed", task=task, said=said.decode(errors="replace")[-SHOWN_BYTES:].strip())

    async def _run(self, *words: str, typed: str) -> tuple[int, bytes]:
        """Run a command of our command line with low priority. Returns its status and output."""
        argv = [sys.executable, "-m", "edge", "--config", str(self._config.file), *words]
        child = await asyncio.create_subprocess_exec(
            *("nice", "-n", "19", *argv),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        )
        try:
            async with asyncio.timeout(BACKUP_S):
                said, _ = await child.communicate(typed.encode())
        except TimeoutError:
            said = b"it took too long"
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
        return child.returncode if child.returncode is not None else 1, said

    async def _take_over(self) -> None:
        """Delete archived rows from the ledger, a few per writer turn."""
        shop = self._shop
        signed = archive.folder_of(shop.reader) / archive_manifest.FILE
        seen = signed.stat().st_mtime_ns if signed.exists() else 0
        if seen == self._seen:
            return
        for segment in await asyncio.to_thread(self._waiting):
            await shop.maintain(partial(archiving.enter, segment=segment))
        more: bool | Refused = True
        while more is True:
            async with shop.till_first.turn():
                more = await shop.maintain(archiving.take_out)
        self._seen = 0 if isinstance(more, Refused) else seen

    async def _delete_replaced(self) -> None:
        """Delete old ledgers that a restore replaced, if every entry in them was restored."""
        config, now_us = self._config, self._clock.read().at_us
        await asyncio.to_thread(aside_ledgers.sweep, config.folder)
        for one in await asyncio.to_thread(aside_ledgers.list_all, config.folder, config.header):
            if aside_ledgers.is_due(one, now_us, config.backup.aside_days):
                outcome = await self._shop.do(DeleteAsideLedger(*one.facts), system())
                if isinstance(outcome, Done):
                    await asyncio.to_thread(aside_ledgers.delete, config.folder, one.folder)

    def _waiting(self) -> list[Segment]:
        """Return verified files to adopt. `edge verify` reports faulty ones."""
        db = open_reader(self._config.ledger)
        try:
            found = archiving.waiting(db)
            faults = [fault for segment in found if (fault := archive.file_fault(archive.folder_of(db), segment))]
        except NeedsHuman as error:
            found, faults = [], [error.what]
        finally:
            db.close()
        if faults:
            _log.warning("an archive couldn't be replaced", why=faults[0])
        return [] if faults else found

    def _state(self, kept: BackupStatus) -> PartState:
        """Return the state: sales set aside by a restore, otherwise the last attempt's fault, the last test's result,
        or an overdue backup."""
        if waiting := waiting_rows.load(self._config.folder):
            return waiting[0].state(self._config.store.language)
        if not self._config.backup.is_wanted:
            return PartState("", "ok")
        if kept.fault:
            fault = kept.fault
            return PartState("", "lost", fault.what, fault.advice, fault.key, fault.values)
        if kept.drill_fault:
            what = f"The restore test of backup {kept.drill_name} failed: {kept.drill_fault}"
            values: dict[str, str | int] = {"name": kept.drill_name, "why": kept.drill_fault}
            return PartState("", "lost", what, "Make a new one: edge backup now", "backup.drill_failed", values)
        if days := overdue_days(kept, self._clock.read().at_us):
            what = f"The latest backup is {days} days old."
            return PartState("", "lost", what, "Make one: edge backup now", "backup.overdue", {"days": days})
        return PartState("", "ok")

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
