"""Check a command made from a record against the limits of its type."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from edge.core.messages import Command, Refusal

Bounded = TypeVar("Bounded", bound=Command)


def within_bounds(command: Bounded) -> Bounded:
    """The command, after checking it. Raises `Refusal` if a value is out of range."""
    try:
        return msgspec.convert(msgspec.to_builtins(command), type(command))
    except msgspec.ValidationError as error:
        raise Refusal("feed_value_wrong", {"why": str(error)[:200]}) from error
