"""Selects models that fit into a box's memory together. Pure, except for reading the memory size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

import msgspec

SHARE = 0.45
"""The share of a box's memory for models; the rest is for the till, its pages and the system."""
LEAST_MB = 256


class Row(msgspec.Struct, frozen=True):
    """A model: kept in memory, loaded on demand, or too large for this box."""

    name: str
    kind: str
    memory_mb: int
    how: Literal["kept", "on demand", "too large"]


class MemoryPlan(msgspec.Struct, frozen=True):
    """A plan for the memory of a box, of which `kept_mb` of `models_mb` are always in use.

    `dropped`: models to keep that don't fit with earlier ones. `crowded`: models that can be loaded only if a kept one
    is evicted.
    """

    box_mb: int
    models_mb: int
    kept_mb: int
    rows: tuple[Row, ...]
    dropped: tuple[str, ...]
    crowded: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """Whether all models can be used without evicting a kept one."""
        return not (self.dropped or self.crowded or any(row.how == "too large" for row in self.rows))


def box_mb() -> int:
    """Return this machine's memory in MiB (proc_meminfo(5))."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("MemTotal:"))


def usual_mb(box_mb: int) -> int:
    """The default memory limit of models."""
    return max(LEAST_MB, int(box_mb * SHARE))


def plan_memory(models: Iterable[tuple[str, str, int]], keep: Sequence[str], box_mb: int, models_mb: int) -> MemoryPlan:
    """A plan for `models`, each a name, kind and memory in MiB. Those of `keep` that fit are kept, in order."""
    known = {name: (kind, memory_mb) for name, kind, memory_mb in models}
    kept: dict[str, int] = {}
    for name in keep:
        if name in known and sum(kept.values()) + known[name][1] <= models_mb:
            kept[name] = known[name][1]
    kept_mb = sum(kept.values())
    rows = tuple(
        Row(name, kind, memory_mb, "kept" if name in kept else "on demand" if memory_mb <= models_mb else "too large")
        for name, (kind, memory_mb) in known.items()
    )
    crowded = tuple(row.name for row in rows if row.how == "on demand" and kept_mb + row.memory_mb > models_mb)
    dropped = tuple(name for name in keep if name in known and name not in kept)
    return MemoryPlan(box_mb, models_mb, kept_mb, rows, dropped, crowded)
