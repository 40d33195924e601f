"""Alerts of extensions."""

from __future__ import annotations

from collections.abc import Iterator

from edge.backoffice.extensions.queries import extensions_on
from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.runtime.extensions import Extensions


def watch(used: Extensions) -> Watch:
    """Enabled packages that couldn't be loaded at start."""

    def read(db: Connection, _now_us: int, _business_date: str) -> Iterator[Condition]:
        on = {one.package for one in extensions_on(db)}
        for problem in used.problems:
            if problem.package in on:
                yield Condition(problem.package, {"package": problem.package, "why": problem.why})

    return Watch("extension_failed", "high", read)
