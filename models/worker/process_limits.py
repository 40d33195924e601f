"""A worker's process settings: it ends with its parent, and is killed first when memory runs out.

Linux only; constants are from its headers, meanings from prctl(2), proc(5), getrlimit(2).
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
"""Reserved but unused memory beyond a model's limit (stacks, arenas, scratch), which RLIMIT_DATA counts."""


def settle(parent: int, limit_mb: int, corner: str) -> bool:
    """Set the worker's limits, before it does anything else. Returns False if its parent has already ended."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        return False
    Path("/proc/self/oom_score_adj").write_text(OOM_SCORE_ADJ)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    most = (limit_mb + DATA_SPARE_MB) * 2**20
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    if corner:
        with contextlib.suppress(OSError):  # the cgroup is gone: the low priority must suffice
            cgroup.enter(corner)
    cpu_priority.settle()
    return True


def own_mb(pid: int) -> float:
    """A process's private memory in MiB, without mapped files and programs. 0 if it ended."""
    return _status_mb(pid, ("RssAnon:", "RssShmem:"))


def all_mb(pid: int) -> float:
    """A process's resident memory in MiB, including shared files."""
    return _status_mb(pid, ("VmRSS:",))


def _status_mb(pid: int, keys: tuple[str, ...]) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith(keys)) / 1024
