"""A server run as a child process.

It ends with this process, prints nothing, and an error quotes the end of its log.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from pwd import getpwnam, struct_passwd
from typing import Protocol

START_S = 60.0
"""Maximum time in seconds until a server answers. Then it's ended and `ServerError` is raised."""
STOP_S = 20.0
"""Maximum time in seconds for a server to stop before it is killed."""
LOG_LINES = 15
"""Number of log lines quoted in an error."""


class ServerError(Exception):
    """A server could not be found or started; the message ends with the last lines of its log."""


class Process(Protocol):
    """The parts of `subprocess.Popen` that a child needs, or of its stand-in."""

    pid: int

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def send_signal(self, sig: int) -> None: ...

    def kill(self) -> None: ...


class Child:
    """One server process in the foreground, its output in `log`.

    The kernel sends it SIGINT when the *thread* that called `spawn` ends
    (prctl(2), PR_SET_PDEATHSIG), so spawn from the main thread.
    """

    def __init__(self, name: str, log: Path) -> None:
        self.name = name
        self.log = log
        self._process: Process | None = None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ServerError(f"{self.name} isn't running")
        return self._process.pid

    @property
    def runs(self) -> bool:
        """Whether it was started and is still running."""
        return self._process is not None and self._process.poll() is None

    @property
    def has_ended(self) -> bool:
        """Whether it exited without being stopped or killed."""
        return self._process is not None and self._process.poll() is not None

    def children(self) -> list[int]:
        """The process ids of its own children."""
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def spawn(self, command: Sequence[str], env: Mapping[str, str], account: struct_passwd | None = None) -> None:
        """Start `command` under `account` (None: our own); doesn't wait."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*_leash(account), *command],
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Return once `ready()`; raise `ServerError` when the process ended or took too long."""
        deadline = time.monotonic() + START_S
        while not ready():
            if self._process is None or self._process.poll() is not None:
                raise self.error("ended while starting")
            if time.monotonic() > deadline:
                self.kill()
                raise self.error(f"didn't answer within {START_S:.0f} s")
            time.sleep(0.02)

    def signal(self, number: int) -> None:
        """Send a signal if the process is still running."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    def stop(self, number: int) -> None:
        """Ask the process to end by signal `number` and wait for it; kill it after `STOP_S`."""
        if self._process is None:
            return
        self.signal(number)
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """SIGKILL, like a power cut: nothing is flushed and no one is notified."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def error(self, what: str) -> ServerError:
        """Return an error with the name, `what` happened, and the end of the log."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return ServerError("\n".join([f"{self.name} {what}", *lines[-LOG_LINES:]]))


def wait_for_end(pids: Sequence[int]) -> None:
    """Return once none of these processes runs (zombies don't count)."""
    deadline = time.monotonic() + STOP_S
    while any(_runs(pid) for pid in pids):
        if time.monotonic() > deadline:
            raise ServerError(f"processes {pids} didn't end within {STOP_S:.0f} s")
        time.sleep(0.01)


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in ("Z", "X")


def _leash(account: struct_passwd | None) -> list[str]:
    """Return the command prefix (setpriv(1), util-linux) that ends the child with its parent thread and changes its
    account."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise ServerError("setpriv wasn't found: install the package util-linux")
    leash = [setpriv, "--pdeathsig", "INT"]
    if account is not None:
        leash += ["--reuid", str(account.pw_uid), "--regid", str(account.pw_gid), "--clear-groups"]
    return [*leash, "--"]


def unprivileged_account() -> struct_passwd | None:
    """Return the account to switch to if we are root; None if we are an ordinary user already."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return getpwnam(name)
        except KeyError:
            continue
    raise ServerError("root needs an unprivileged account, such as postgres, to start Postgres with")


def accepts(port: int) -> bool:
    """Whether a server accepts connections at this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
