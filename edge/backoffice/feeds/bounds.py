"""A command that a record became, held to the bounds that its type says."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from edge.core.messages import Command, Refusal

Bounded = TypeVar("Bounded", bound=Command)


def within_bounds(command: Bounded) -> Bounded:
    """The command, within its bounds. `Refusal`: what a record says is beyond them."""
    try:
        return msgspec.convert(msgspec.to_builtins(command), type(command))
    except msgspec.ValidationError as error:
        raise Refusal("feed_value_wrong", {"why": str(error)[:200]}) from error
