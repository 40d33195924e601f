"""A number that Prometheus is told of a capability, read when it asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec


class Gauge(msgspec.Struct, frozen=True):
    """A metric that is read when Prometheus asks: `read(db, registers)` gives a number for each value of `label`; where
    there are several labels, for each tuple of their values. Of each there are few, whatever a shop does."""

    name: str
    text: str
    label: str | tuple[str, ...]
    read: Callable[[Any, Sequence[str]], Mapping[Any, float]]

    @property
    def labels(self) -> tuple[str, ...]:
        """What its numbers are told apart by."""
        return (self.label,) if isinstance(self.label, str) else self.label

    def numbers(self, db: Any, registers: Sequence[str]) -> Mapping[tuple[str, ...], float]:
        """Its numbers now, by the values of its labels."""
        read = self.read(db, registers)
        return {(at,) if isinstance(at, str) else at: value for at, value in read.items()}
