"""What the benches share: percentiles, pairs, and saying the result."""

from __future__ import annotations

import json
import os
import resource
import statistics
import threading
import time
from collections.abc import Awaitable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, TypeVar

from models.worker import cpu_priority

Value = TypeVar("Value")
_TICKS_S = os.sysconf("SC_CLK_TCK")


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all are not above."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median_ratio(ours: Sequence[float], raw: Sequence[float]) -> float:
    """The median over pairs of ours / raw, each pair measured next to each other."""
    return statistics.median(a / b for a, b in zip(ours, raw, strict=True))


def as_a_worker() -> ThreadPoolExecutor:
    """One thread at the priority that workers have, for what is called directly; threads that it starts have it too."""
    return ThreadPoolExecutor(1, "raw", _lower)


def _lower() -> None:
    os.nice(cpu_priority.NICE)  # of this thread alone (sched(7))
    os.sched_setscheduler(threading.get_native_id(), os.SCHED_BATCH, os.sched_param(0))


class Spent(NamedTuple):
    """Seconds by the clock, and of processor time."""

    wall_s: float
    cpu_s: float


async def spent(work: Awaitable[Value]) -> tuple[Value, Spent]:
    """What comes of it, and what it took this process and its workers."""
    cpu, wall = cpu_s(), time.perf_counter()
    value = await work
    wall = time.perf_counter() - wall
    return value, Spent(wall, cpu_s() - cpu)


def ratios(raw: Sequence[Spent], ours: Sequence[Spent]) -> tuple[float, float]:
    """By the clock, the median over pairs; by processor time, of all together. Above 1 ours is faster."""
    wall = median_ratio([one.wall_s for one in raw], [one.wall_s for one in ours])
    return wall, sum(one.cpu_s for one in raw) / sum(one.cpu_s for one in ours)


def cpu_s() -> float:
    """Processor time so far of this process and its workers, and of what those have started and waited for.

    A process's own is exact (clock_getcpuclockid(3): its clock is made of its number); its children's in ticks.
    """
    workers = [pid for pid in _children() if b"models.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    waited = resource.getrusage(resource.RUSAGE_CHILDREN)
    here_s = time.process_time() + waited.ru_utime + waited.ru_stime
    return here_s + sum(time.clock_gettime(~pid << 3 | 2) + _waited_s(pid) for pid in workers)


def _children() -> list[int]:
    lists = Path("/proc/self/task").glob("*/children")
    return [int(pid) for one in lists for pid in one.read_text().split()]


def _waited_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / _TICKS_S


def result(**figures: float | int | str) -> None:
    """The last line: one JSON object."""
    rounded = {key: round(value, 3) if isinstance(value, float) else value for key, value in figures.items()}
    print(json.dumps(rounded), flush=True)
