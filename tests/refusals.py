"""What rules say, as a value: what they give, or why they raise."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from edge.core.messages import Refusal, Refused

P = ParamSpec("P")
T = TypeVar("T")


def outcome_of(rule: Callable[P, T], *given: P.args, **named: P.kwargs) -> T | Refused:
    """What `rule` gives, or the `Refused` of the refusal that it raises."""
    try:
        return rule(*given, **named)
    except Refusal as refusal:
        return refusal.refused
