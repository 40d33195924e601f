"""A follower looks at its own copy: the newest facts often, all of it once a day. A disk that changed what it was given
is found before this box leads by it: what differs is copied anew."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import structlog
import tomlkit

from edge.core.journal.verify import check_tail
from edge.core.storage.database import DatabaseError, open_reader
from edge.services.twin.ledger_copy import Hurried, LedgerCopy
from edge.services.twin.limits import CHECK_CHUNK_BYTES, CHECK_FIRST_S, CHECK_S, WHOLE_CHECK_S

_log = structlog.get_logger(__name__)

PLACE = "check"
"""In the folder `twin`: the copy that is looked at."""
WHOLE_S = 6 * 3_600
"""So long that may take."""
SHOWN_CHARS = 500
FAULT = "FAULT"
"""What a line of `edge verify` begins with that says what is wrong."""


class SelfCheck:
    """Of `copy`; `file`: config.toml. `damaged(why)` is called on the check's own thread."""

    def __init__(self, copy: LedgerCopy, file: Path, damaged: Callable[[str], None]) -> None:
        self._copy, self._file, self._damaged = copy, file, damaged
        self._place = copy.folder / "twin" / PLACE
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
        shutil.rmtree(self._place, ignore_errors=True)
        data = self._place / "data"
        try:
            data.mkdir(mode=0o700, parents=True)
            if (self._copy.folder / "archive").exists():
                (data / "archive").symlink_to(self._copy.folder / "archive")
            self._copy.inspect(lambda ledger: self._take_copy(ledger, data / ledger.name))
            file = tomlkit.parse(self._file.read_text(encoding="utf-8"))
            file.pop("data", None)
            file.pop("backup", None)
            (self._place / "config.toml").write_text(tomlkit.dumps(file), encoding="utf-8")
            return _verify(self._place / "config.toml")
        finally:
            shutil.rmtree(self._place, ignore_errors=True)

    def _run(self) -> None:
        next_s, whole_s = CHECK_FIRST_S, time.monotonic() + WHOLE_CHECK_S
        while not self._ends.wait(next_s):
            next_s = CHECK_S
            is_whole = time.monotonic() >= whole_s
            try:
                found = self.look_at_all() if is_whole else self.look()
            except Hurried:
                return
            except (OSError, subprocess.SubprocessError, ValueError) as error:
                _log.warning("this box cannot look at its copy; it is tried again", why=str(error))
                continue
            if is_whole:
                whole_s = time.monotonic() + WHOLE_CHECK_S
            if found and found != self._faults:  # else it is so at the leader as well: another copy does not help
                self._damaged(found)
            self._faults = found

    def _take_copy(self, ledger: Path, to: Path) -> None:
        with ledger.open("rb") as source, to.open("wb") as made:
            while content := source.read(CHECK_CHUNK_BYTES):
                made.write(content)
                self._copy.require_time()


def _verify(config: Path) -> str:
    argv = ["nice", "-n", "19", sys.executable, "-m", "edge", "--config", str(config), "verify"]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(argv, capture_output=True, text=True, timeout=WHOLE_S, check=False, env=environ)
    if done.returncode and FAULT not in done.stdout:
        raise OSError(f"edge verify: {(done.stdout + done.stderr).strip()[:SHOWN_CHARS]}")
    return done.stdout.strip()[:SHOWN_CHARS] if done.returncode else ""
