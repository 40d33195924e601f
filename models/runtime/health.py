"""Decides from a worker's vital signs whether to end it. Pure."""

from __future__ import annotations

import msgspec

from models.errors import Code
from models.limits import LOAD_S, OVERDUE_S, SILENT_S, YIELDING_PATIENCE


class Signs(msgspec.Struct, frozen=True):
    """A worker's state at one moment; times in seconds.

    `silent_s`: since its last message. `loading_s`: since it started loading, 0 once loaded. `overdue_s`: how far its
    oldest request is past the deadline.
    """

    silent_s: float
    loading_s: float
    overdue_s: float
    own_mb: float
    limit_mb: int
    yielding: bool


def judge(signs: Signs) -> tuple[Code, str] | None:
    """Return the reason why the worker must be ended, or None."""
    patience = YIELDING_PATIENCE if signs.yielding else 1.0
    if signs.own_mb > signs.limit_mb:
        return "memory", f"it took {signs.own_mb:.0f} MiB of the {signs.limit_mb} it may have"
    if signs.loading_s:  # libraries keep the interpreter's lock while loading, so it can't send heartbeats then
        too_long = signs.loading_s > LOAD_S * patience
        return ("hung", f"it has been loading for {signs.loading_s:.0f} s") if too_long else None
    if signs.silent_s > SILENT_S * patience:
        return "hung", f"it hasn't responded for {signs.silent_s:.0f} s"
    if signs.overdue_s > OVERDUE_S * patience:
        return "hung", f"it works on a request {signs.overdue_s:.0f} s behind its deadline"
    return None
