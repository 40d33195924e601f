"""A corner of the service's own control group for workers, which gets processor time that nobody else wants.

SCHED_IDLE is weighed within one control group alone: against a browser in another one, a worker would count in full.
Only for the main process of a service (SYSTEMD_EXEC_PID, systemd.exec(5)) to which systemd has handed the group over
(`Delegate=cpu`); see cgroups(7) and the kernel's cgroup-v2.rst.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
SELF = Path("/proc/self/cgroup")


def divide(root: Path = ROOT, self: Path = SELF) -> str:
    """Move this process into `till` of its group, and make `models` beside it: its path, "" where that cannot be.

    It has to go first, as no group has both processes and groups that share controllers.
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
        return ""  # it was not handed over, or has more processes than this one
    with contextlib.suppress(OSError):  # Linux 5.15
        (models / "cpu.idle").write_text("1")
    return str(models)


def enter(corner: str) -> None:
    """Called by a worker about itself. OSError: the corner is gone."""
    (Path(corner) / "cgroup.procs").write_text(str(os.getpid()))


def _own(root: Path, self: Path) -> Path | None:
    """This process's group in the one hierarchy of version 2; None where it may not divide it."""
    try:
        lines = self.read_text().splitlines()
    except OSError:
        return None
    path = next((line.removeprefix("0::") for line in lines if line.startswith("0::")), "")
    group = root / path.strip("/")
    group = group.parent if group.name == "till" else group
    delegated = path.strip("/") and os.access(group / "cgroup.subtree_control", os.W_OK)
    return group if delegated else None
