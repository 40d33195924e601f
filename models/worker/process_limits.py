"""How a worker behaves among the processes of the box: it ends with its parent, and goes first when memory ends.

Linux alone; the numbers are of its headers, the meanings of prctl(2), proc(5), getrlimit(2).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
from pathlib import Path

from models.worker import cgroup, cpu_priority

_PR_SET_PDEATHSIG = 1
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
    cpu_priority.settle()
    return True


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
