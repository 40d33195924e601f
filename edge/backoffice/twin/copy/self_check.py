"""A follower's self-check: the newest facts often, all of them once a day.

It finds disk corruption before this box leads, and the copy is then repaired. It also tests the newest backup.
"""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import structlog

from edge.backoffice.twin.copy.backup_drill import BackupDrill
from edge.backoffice.twin.copy.ledger_copy import Hurried, LedgerCopy
from edge.backoffice.twin.copy.shop_copy import ShopCopy, copy_shop
from edge.backoffice.twin.limits import CHECK_FIRST_S, CHECK_S, WHOLE_CHECK_S
from edge.core.journal.verify import check_tail
from edge.core.storage.database import DatabaseError, open_reader
from edge.runtime.backup_state.status import Drill
from edge.runtime.config import Config

_log = structlog.get_logger(__name__)

PLACE = "check"
"""Name of the copy being checked, in the folder `twin`."""
SHOWN_CHARS = 500
FAULT = "FAULT"
"""Prefix of an error line of `edge verify`."""


class SelfCheck:
    """Checks `copy`. `file`: config.toml. `damaged(why)` is called on the checking thread. `drill_done` receives
    results of backup tests; `has_backups`: whether there are any here."""

    def __init__(
        self,
        copy: LedgerCopy,
        file: Path,
        damaged: Callable[[str], None],
        drill_done: Callable[[Drill], None],
        has_backups: Callable[[Config], bool],
    ) -> None:
        self._copy, self._file, self._damaged = copy, file, damaged
        self._drill = BackupDrill(copy, file, drill_done, has_backups)
        self._ends = threading.Event()
        self._faults = ""

    def start(self) -> None:
        """Check until `stop`."""
        threading.Thread(target=self._run, name="twin checks", daemon=True).start()

    def stop(self) -> None:
        self._ends.set()

    def look(self) -> str:
        """Check the newest facts; returns the error, or "". Raises `Hurried` if this box is about to lead."""

        def read(ledger: Path) -> str:
            try:
                with closing(open_reader(ledger)) as db:
                    return "; ".join(check_tail(db))
            except (DatabaseError, LookupError, ValueError) as error:
                return str(error)

        return self._copy.inspect(read)

    def look_at_all(self) -> str:
        """Check everything like `edge verify`, in a separate low-priority process. Returns the error, or "". Raises
        `Hurried`; or `OSError` if there is no room for a copy."""
        with copy_shop(self._copy, self._file, PLACE) as shop:
            return _verify(shop)

    def _run(self) -> None:
        next_s, whole_s = CHECK_FIRST_S, time.monotonic() + WHOLE_CHECK_S
        while not self._ends.wait(next_s):
            next_s = CHECK_S
            self._try_backup()
            is_whole = time.monotonic() >= whole_s
            try:
                found = self.look_at_all() if is_whole else self.look()
            except Hurried:
                return
            except (OSError, subprocess.SubprocessError, ValueError) as error:
                _log.warning("this box can't check its copy; retrying", why=str(error))
                continue
            if is_whole:
                whole_s = time.monotonic() + WHOLE_CHECK_S
            if found and found != self._faults:  # the same damage again: the leader has it too
                self._damaged(found)
            self._faults = found

    def _try_backup(self) -> None:
        with suppress(Hurried):  # if it must stop, so must the next check of the copy
            try:
                self._drill.look(time.time_ns() // 1_000)
            except (OSError, subprocess.SubprocessError, ValueError) as error:
                _log.warning("this box can't test the latest backup; retrying", why=str(error))


def _verify(shop: ShopCopy) -> str:
    done = shop.run("verify")
    if done.returncode and FAULT not in done.stdout:
        raise OSError(f"edge verify: {(done.stdout + done.stderr).strip()[:SHOWN_CHARS]}")
    return done.stdout.strip()[:SHOWN_CHARS] if done.returncode else ""
