"""Metrics of a capability for Prometheus, read on each scrape."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec


class Gauge(msgspec.Struct, frozen=True):
    """A metric read on each scrape: `read(db, registers)` returns a number per value of `label`, or per tuple of values
    for several labels. The number of values is bounded, however large the shop."""

    name: str
    text: str
    label: str | tuple[str, ...]
    read: Callable[[Any, Sequence[str]], Mapping[Any, float]]

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of its labels."""
        return (self.label,) if isinstance(self.label, str) else self.label

    def numbers(self, db: Any, registers: Sequence[str]) -> Mapping[tuple[str, ...], float]:
        """The gauge's current values, by label values."""
        read = self.read(db, registers)
        return {(at,) if isinstance(at, str) else at: value for at, value in read.items()}
