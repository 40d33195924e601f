"""How a worker yields to the till: the lowest priority, and one processor that it avoids.

Linux only: sched(7), proc(5). With `sched_autogroup_enabled`, the default on Debian and Ubuntu, priority applies only
among threads of one session (or control group): so a worker is in the till's session (`runtime/child.py`), or in the
group delegated by systemd (`cgroup.py`).
"""

from __future__ import annotations

import contextlib
import os
import resource
from pathlib import Path

NICE = 5
_CAP_SYS_NICE = 23
_PASSES = 3
"""Passes over threads, to catch those started meanwhile; later ones inherit from their creators."""


def settle() -> None:
    """Lower the worker's own priority below the till's.

    If the worker couldn't return from the lowest priority, it stays there permanently.
    """
    os.nice(NICE)
    os.sched_setscheduler(0, _policy(not can_return()), os.sched_param(0))


def can_return() -> bool:
    """Whether a worker can return from the lowest priority; if not, it stays there from the start.

    That needs a niceness limit (systemd: LimitNICE), or the capability.
    """
    return resource.getrlimit(resource.RLIMIT_NICE)[0] >= 20 - NICE or bool(_capabilities() >> _CAP_SYS_NICE & 1)


def give_way(pid: int, on: bool) -> None:
    """Set the priority of all threads of a worker and its child programs."""
    policy, processors = _policy(on or not can_return()), worker_cpus() if on else os.sched_getaffinity(0)
    told: set[int] = set()
    for _ in range(_PASSES):
        new = set(_threads(pid)) - told
        for thread in new:
            with contextlib.suppress(OSError):  # it has ended; or the system forbids it, which mustn't stop the till
                os.sched_setaffinity(thread, processors)
                os.sched_setscheduler(thread, policy, os.sched_param(0))
        told |= new


def worker_cpus() -> set[int]:
    """The processors for workers while the till is active: all of this process's but the first, if there are more."""
    processors = os.sched_getaffinity(0)
    return processors - {min(processors)} or processors


def _policy(lowest: bool) -> int:
    return os.SCHED_IDLE if lowest else os.SCHED_BATCH


def _capabilities() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1], 16) for line in lines if line.startswith("CapEff:"))


def _threads(pid: int) -> list[int]:
    """The threads of a process and its children."""
    found: list[int] = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            found.append(int(thread.name))
            for child in (thread / "children").read_text().split():
                found += _threads(int(child))
    return found
