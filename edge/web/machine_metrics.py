"""Machine metrics for Prometheus: disk, memory, processor, temperature and the writer's queue. Read on each scrape.

From Linux's proc(5) and thermal sysfs files; unavailable values are omitted.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from edge.core.command_bus import CommandBus

PROC, THERMAL = Path("/proc"), Path("/sys/class/thermal")
ZONES_SHOWN = 32


class MachineMetrics(Collector):
    """Metrics of the ledger's disk; `proc` and `thermal` are the kernel's folders."""

    def __init__(self, shop: CommandBus, proc: Path = PROC, thermal: Path = THERMAL) -> None:
        self._shop = shop
        self._proc = proc
        self._thermal = thermal

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield _gauge("edge_writer_waiting", "Commands waiting for the writer", self._shop.waiting)
        yield _gauge("edge_ledger_size_bytes", "Size of the ledger", self._shop.path.stat().st_size)
        disk = shutil.disk_usage(self._shop.path.parent)
        yield _gauge("edge_disk_free_bytes", "Free space on the ledger's disk", disk.free)
        yield _gauge("edge_disk_size_bytes", "Size of the ledger's disk", disk.total)
        memory = _memory(self._proc / "meminfo")
        if {"MemTotal", "MemAvailable"} <= memory.keys():
            yield _gauge("edge_memory_available_bytes", "Available memory", memory["MemAvailable"])
            yield _gauge("edge_memory_size_bytes", "Total memory", memory["MemTotal"])
        if load := _words(self._proc / "loadavg"):
            yield _gauge("edge_load_1m", "Load average over one minute", float(load[0]))
        yield _gauge("edge_processors", "Number of processors", os.cpu_count() or 1)
        heat = GaugeMetricFamily("edge_temperature_celsius", "Temperature of a part of the machine", labels=["zone"])
        for zone, celsius in _heat(self._thermal):
            heat.add_metric([zone], celsius)
        yield heat


def _memory(path: Path) -> dict[str, int]:
    """`meminfo` in bytes, by name."""
    lines = (line.split() for line in _text(path).splitlines())
    return {words[0].rstrip(":"): int(words[1]) * 1024 for words in lines if len(words) == 3 and words[1].isdigit()}


def _heat(folder: Path) -> Iterator[tuple[str, float]]:
    """Yield thermal zones with degrees Celsius, leaving out unreadable ones."""
    for zone in sorted(folder.glob("thermal_zone*"))[:ZONES_SHOWN]:
        kind, milli = _words(zone / "type"), _words(zone / "temp")
        if milli:
            yield f"{zone.name.removeprefix('thermal_zone')}:{kind[0] if kind else ''}", int(milli[0]) / 1000


def _words(path: Path) -> list[str]:
    return _text(path).split()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""


def _gauge(name: str, documentation: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, documentation, value=value)
