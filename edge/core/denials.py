"""Decides which permission denials are recorded in the journal: enough to see attempts, too few to fill it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from edge.core.journal.rows import RightDenied
from edge.core.limits import (
    ANONYMOUS_DENIAL_INTERVAL_US,
    DENIALS_EVERY_US,
    DENIALS_LIMIT,
    DENIALS_SELDOM_US,
    DENIED_NETWORKS,
)
from edge.core.messages import Actor

Key = tuple[str, str, str]
_NOBODY: Key = ("", "", "")


class _Kind(msgspec.Struct):
    """Denials counted together. `actor`, `what` and `right` come from the last denial, at `denied_us`. Rows are at
    least `every_us` apart: 0 before the first, then `least_us`, doubling up to DENIALS_SELDOM_US."""

    actor: Actor
    least_us: int
    every_us: int = 0
    written_us: int = 0
    denied_us: int = 0
    what: str = ""
    right: str = ""
    unwritten: int = 0
    networks: dict[str, None] = {}

    def row(self, now_us: int, early: bool = False) -> RightDenied | None:
        """Return a row with the unrecorded denials once it is due, or sooner if `early`."""
        if not self.unwritten or (0 <= now_us - self.written_us < self.every_us and not early):
            return None
        row = RightDenied(self.what, self.right, self.unwritten, tuple(self.networks))
        self.written_us, self.unwritten, self.networks = now_us, 0, {}
        self.every_us = min(max(self.least_us, 2 * self.every_us), DENIALS_SELDOM_US)
        return row

    def add(self, count: int, networks: Iterable[str]) -> None:
        """Add `count` unrecorded denials."""
        self.unwritten += count
        for one in networks:
            if one and len(self.networks) < DENIED_NETWORKS:
                self.networks[one] = None


class Denials:
    """Recent denials by user, register and target; anonymous ones are counted together."""

    def __init__(self) -> None:
        self._of: dict[Key, _Kind] = {}
        self.waiting: set[Key] = set()
        """Keys with counted denials that have no row yet."""
        self.summing = False
        """Whether a caller will call `overdue` later."""

    def row(self, actor: Actor, values: Mapping[str, str | int], now_us: int) -> RightDenied | None:
        """Return the row for one more denial, or for `count` aggregated ones; None if it is only counted for a later
        row (`overdue`).

        `values` name the target: a `command`, or a `query` with its `right`. Commands are separated by name; queries by
        right, however many addresses share it.
        """
        what, right = str(values.get("command") or values.get("query", "")), str(values.get("right", ""))
        kind_of = what if "command" in values else f"right {right}"
        key: Key = _NOBODY if actor.anonymous else (actor.name, actor.register, kind_of)
        kind = self._of.get(key)
        if kind is None:
            if len(self._of) >= DENIALS_LIMIT:
                self._of.clear()
                self.waiting.clear()
            kind = self._of[key] = _Kind(actor, ANONYMOUS_DENIAL_INTERVAL_US if actor.anonymous else DENIALS_EVERY_US)
        if now_us - kind.denied_us >= DENIALS_SELDOM_US:
            kind.every_us = 0
        kind.actor, kind.what, kind.right, kind.denied_us = actor, what, right, now_us
        networks = (*str(values.get("networks", "")).split(), actor.network) if actor.anonymous else ()
        kind.add(int(values.get("count", 1)), networks)
        row = kind.row(now_us)
        (self.waiting.add if row is None else self.waiting.discard)(key)
        return row

    def overdue(self, now_us: int, early: bool = False) -> list[tuple[Actor, RightDenied]]:
        """Return the aggregates that are due without a new denial; all of them if `early`, when no later call
        follows."""
        found = [(key, kind.actor, kind.row(now_us, early)) for key in self.waiting if (kind := self._of[key])]
        self.waiting -= {key for key, _, row in found if row is not None}
        return [(actor, row) for _, actor, row in found if row is not None]

    def take_back(self, actor: Actor, row: RightDenied) -> None:
        """Count a row that couldn't be written towards a later one."""
        of_somebody = [(actor.name, actor.register, kind) for kind in (row.command, f"right {row.right}")]
        for key in [_NOBODY] if actor.anonymous else of_somebody:
            if kind := self._of.get(key):
                kind.add(row.count, row.networks)
                self.waiting.add(key)
                return
