"""How a worker behaves among the processes of the box: it ends with its parent, goes first when memory ends, gives way.

Linux alone; the numbers are of its headers, the meanings of prctl(2), sched(7), proc(5), getrlimit(2).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
from pathlib import Path

from models.worker import cgroup

_PR_SET_PDEATHSIG = 1
_CAP_SYS_NICE = 23
NICE = 5
OOM_SCORE_ADJ = "900"
DATA_SPARE_MB = 1024
"""What is reserved and never used, beside a model's limit (stacks, arenas, scratch): RLIMIT_DATA counts it."""


def settle(parent: int, limit_mb: int, corner: str) -> bool:
    """Called by a worker about itself, first of all. False: its parent is gone already."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        return False
    Path("/proc/self/oom_score_adj").write_text(OOM_SCORE_ADJ)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = (limit_mb + DATA_SPARE_MB) * 2**20
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    if corner:
        with contextlib.suppress(OSError):  # it is gone: the low priority must do
            cgroup.enter(corner)
    os.nice(NICE)
    give_way(os.getpid(), not can_return())
    return True


def can_return() -> bool:
    """Whether a worker at the lowest priority could come back from it; where not, it stays there from the beginning.

    That takes a limit on niceness (systemd: LimitNICE), or the capability.
    """
    return resource.getrlimit(resource.RLIMIT_NICE)[0] >= 20 - NICE or bool(_capabilities() >> _CAP_SYS_NICE & 1)


def _capabilities() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1], 16) for line in lines if line.startswith("CapEff:"))


def give_way(pid: int, on: bool) -> None:
    """All threads of a worker to the lowest priority, or back. What has ended meanwhile is passed over."""
    policy = os.SCHED_IDLE if on else os.SCHED_BATCH
    try:
        threads = [int(entry.name) for entry in Path(f"/proc/{pid}/task").iterdir()]
    except FileNotFoundError:
        return
    for thread in threads:
        try:
            os.sched_setscheduler(thread, policy, os.sched_param(0))
        except (ProcessLookupError, PermissionError):
            continue  # ended; or it stays at the lowest, as `can_return` says


def own_mb(pid: int) -> float:
    """Memory that is a process's own, in MiB: neither mapped files nor programs. 0 for one that has ended."""
    return _status_mb(pid, ("RssAnon:", "RssShmem:"))


def all_mb(pid: int) -> float:
    """All memory of a process that is in use, in MiB, shared files included."""
    return _status_mb(pid, ("VmRSS:",))


def _status_mb(pid: int, keys: tuple[str, ...]) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith(keys)) / 1024
