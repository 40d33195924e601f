"""What is wrong with a directive, before it is published."""

from __future__ import annotations

from collections.abc import Callable

from sync.hub.api.bodies import DEEP

Check = Callable[[str, bytes], str | None]
"""kind, body -> what is wrong with it, as the rest of a sentence about it."""


def fault_of(check: Check, kind: str, body: bytes) -> str | None:
    """What `check` says, also of a body that is nested without end."""
    try:
        return check(kind, body)
    except RecursionError:
        return DEEP
