"""A follower looks at its own copy: the newest facts often, all of it once a day. A disk that changed what it was given
is found before this box leads by it: what differs is copied anew. Beside that it tries the newest backup."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import structlog

from edge.backoffice.twin.backup_drill import BackupDrill
from edge.backoffice.twin.ledger_copy import Hurried, LedgerCopy
from edge.backoffice.twin.limits import CHECK_FIRST_S, CHECK_S, WHOLE_CHECK_S
from edge.backoffice.twin.shop_copy import ShopCopy, copy_shop
from edge.core.journal.verify import check_tail
from edge.core.storage.database import DatabaseError, open_reader
from edge.runtime.backup_state.status import Drill
from edge.runtime.config import Config

_log = structlog.get_logger(__name__)

PLACE = "check"
"""In the folder `twin`: the copy that is looked at."""
SHOWN_CHARS = 500
FAULT = "FAULT"
"""What a line of `edge verify` begins with that says what is wrong."""


class SelfCheck:
    """Of `copy`; `file`: config.toml. `damaged(why)` is called on the check's own thread, and `drill_done` with what
    came of trying a backup; `has_backups`: whether there are any here."""

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
        """Until `stop`."""
        threading.Thread(target=self._run, name="twin checks", daemon=True).start()

    def stop(self) -> None:
        self._ends.set()

    def look(self) -> str:
        """At the newest facts; what is wrong, or "". `Hurried`: this box is about to lead."""

        def read(ledger: Path) -> str:
            try:
                with closing(open_reader(ledger)) as db:
                    return "; ".join(check_tail(db))
            except (DatabaseError, LookupError, ValueError) as error:
                return str(error)

        return self._copy.inspect(read)

    def look_at_all(self) -> str:
        """At all of it, as `edge verify` does, in a process of its own and behind everything else. What is wrong, or
        "". `Hurried`; `OSError`: it cannot be looked at, as there is no room for a copy."""
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
            if found and found != self._faults:  # else it is so at the leader as well: another copy does not help
                self._damaged(found)
            self._faults = found

    def _try_backup(self) -> None:
        with suppress(Hurried):  # the look at the copy finds that, too
            try:
                self._drill.look(time.time_ns() // 1_000)
            except (OSError, subprocess.SubprocessError, ValueError) as error:
                _log.warning("this box can't test the latest backup; retrying", why=str(error))


def _verify(shop: ShopCopy) -> str:
    done = shop.run("verify")
    if done.returncode and FAULT not in done.stdout:
        raise OSError(f"edge verify: {(done.stdout + done.stderr).strip()[:SHOWN_CHARS]}")
    return done.stdout.strip()[:SHOWN_CHARS] if done.returncode else ""
