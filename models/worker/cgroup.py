"""A subgroup of the service's control group for workers, which gets unused processor time.

SCHED_IDLE applies only within one control group: against a browser in another one, a worker would count in full. Only
for the main process of a service (SYSTEMD_EXEC_PID, systemd.exec(5)) with a delegated group (`Delegate=cpu`); see
cgroups(7) and the kernel's cgroup-v2.rst.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
SELF = Path("/proc/self/cgroup")


def divide(root: Path = ROOT, self: Path = SELF) -> str:
    """Split this process's group: move the process into the subgroup `till`, and create `models` for the workers.
    Returns the path of `models`; "" if impossible.

    The process must move first, as a group can't have both processes and groups with shared controllers.
    """
    if os.environ.get("SYSTEMD_EXEC_PID") != str(os.getpid()):
        return ""
    group = _own(root, self)
    if group is None:
        return ""
    till, models = group / "till", group / "models"
    try:
        till.mkdir(exist_ok=True)
        (till / "cgroup.procs").write_text(str(os.getpid()))
        (group / "cgroup.subtree_control").write_text("+cpu")
        models.mkdir(exist_ok=True)
        (models / "cpu.weight").write_text("1")
    except OSError:
        return ""  # not delegated, or it has other processes
    with contextlib.suppress(OSError):  # since Linux 5.15
        (models / "cpu.idle").write_text("1")
    return str(models)


def enter(corner: str) -> None:
    """Move the calling worker into the group. Raises OSError if the group is gone."""
    (Path(corner) / "cgroup.procs").write_text(str(os.getpid()))


def _own(root: Path, self: Path) -> Path | None:
    """This process's group in the version 2 hierarchy; None if it isn't delegated."""
    try:
        lines = self.read_text().splitlines()
    except OSError:
        return None
    path = next((line.removeprefix("0::") for line in lines if line.startswith("0::")), "")
    group = root / path.strip("/")
    group = group.parent if group.name == "till" else group
    delegated = path.strip("/") and os.access(group / "cgroup.subtree_control", os.W_OK)
    return group if delegated else None
