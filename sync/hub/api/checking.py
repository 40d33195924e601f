"""Validate a directive before it's published."""

from __future__ import annotations

from collections.abc import Callable

from sync.hub.api.bodies import DEEP

Check = Callable[[str, bytes], str | None]
"""(kind, body) -> the error, as the rest of a sentence that begins with the directive."""


def fault_of(check: Check, kind: str, body: bytes) -> str | None:
    """The result of `check`, also for endlessly nested bodies."""
    try:
        return check(kind, body)
    except RecursionError:
        return DEEP
