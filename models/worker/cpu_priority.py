"""How a worker gives way to the till: the lowest priority, and one processor of the box that it keeps off.

Linux alone: sched(7), proc(5). Priority is weighed among the threads of one session (or control group) alone where
`sched_autogroup_enabled` is set, as it is on Debian and Ubuntu: so a worker is in the till's own session
(`runtime/child.py`), or in the corner that systemd lends (`cgroup.py`).
"""

from __future__ import annotations

import contextlib
import os
import resource
from pathlib import Path

NICE = 5
_CAP_SYS_NICE = 23
_PASSES = 3
"""Threads that begin while others are told are looked for so often; later ones are like those that started them."""


def settle() -> None:
    """Called by a worker about itself: below the till, and at the lowest from the beginning if it could not return."""
    os.nice(NICE)
    os.sched_setscheduler(0, _policy(not can_return()), os.sched_param(0))


def can_return() -> bool:
    """Whether a worker at the lowest priority could come back from it; where not, it stays there from the beginning.

    That takes a limit on niceness (systemd: LimitNICE), or the capability.
    """
    return resource.getrlimit(resource.RLIMIT_NICE)[0] >= 20 - NICE or bool(_capabilities() >> _CAP_SYS_NICE & 1)


def give_way(pid: int, on: bool) -> None:
    """All threads of a worker, and of the programs it has started."""
    policy, processors = _policy(on or not can_return()), worker_cpus() if on else os.sched_getaffinity(0)
    told: set[int] = set()
    for _ in range(_PASSES):
        new = set(_threads(pid)) - told
        for thread in new:
            with contextlib.suppress(OSError):  # it ended; or the system has rules of its own, and the till goes on
                os.sched_setaffinity(thread, processors)
                os.sched_setscheduler(thread, policy, os.sched_param(0))
        told |= new


def worker_cpus() -> set[int]:
    """The processors that workers have while the till is active: all of this process but the first, if it has more."""
    processors = os.sched_getaffinity(0)
    return processors - {min(processors)} or processors


def _policy(lowest: bool) -> int:
    return os.SCHED_IDLE if lowest else os.SCHED_BATCH


def _capabilities() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1], 16) for line in lines if line.startswith("CapEff:"))


def _threads(pid: int) -> list[int]:
    """Of a process and of those that it started."""
    found: list[int] = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            found.append(int(thread.name))
            for child in (thread / "children").read_text().split():
                found += _threads(int(child))
    return found
