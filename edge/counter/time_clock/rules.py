"""Rules for clocking in and out and for hours worked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

import msgspec

from edge.core.messages import Refusal
from edge.counter.time_clock.events import Step, WorkSpan
from edge.lib.regions.breaks import break_needed_min
from edge.lib.units.money import divide_half_up

MINUTE_US = 60 * 1_000_000
FORGOTTEN_US = 16 * 60 * MINUTE_US
"""Spans longer than this mean that the person forgot to clock out. They start a new span, and a manager enters the end.
"""


class Running(msgspec.Struct, frozen=True):
    """A running span, with its start and its breaks so far. `break_since_us` 0: not on a break."""

    begins_us: int
    break_us: int = 0
    break_since_us: int = 0


def require(running: Running | None, step: Step, at_us: int) -> None:
    """Raise `Refusal` for a step that isn't possible in the current state."""
    if running is not None and at_us - running.begins_us > FORGOTTEN_US:
        running = None
    if step == "in" and running is not None:
        raise Refusal("clock_in_already")
    if step != "in" and running is None:
        raise Refusal("clock_not_in")
    if step != "in" and running is not None and at_us < running.begins_us - MINUTE_US:
        raise Refusal("clock_put_back")
    if step == "break" and running is not None and running.break_since_us:
        raise Refusal("clock_on_break")
    if step == "back" and running is not None and not running.break_since_us:
        raise Refusal("clock_no_break")


def fitting(spans: Iterable[WorkSpan]) -> tuple[WorkSpan, ...]:
    """The spans in order. Raises `Refusal` if they overlap, or a span's breaks are as long as the span."""
    ordered = tuple(sorted(spans, key=lambda span: span.begins_us))
    for span in ordered:
        if span.break_us >= span.ends_us - span.begins_us:
            raise Refusal("work_break_too_long")
    for before, after in pairwise(ordered):
        if after.begins_us < before.ends_us:
            raise Refusal("work_overlaps")
    return ordered


def worked_min(span: WorkSpan) -> int:
    """Whole minutes of work in a span, without breaks."""
    return max(0, span.ends_us - span.begins_us - span.break_us) // MINUTE_US


def break_lacking_min(spans: Iterable[WorkSpan], country: str) -> int:
    """The minutes of break missing on a day, by a country's law. Time between two spans counts as rest."""
    ordered = sorted(spans, key=lambda span: span.begins_us)
    rested = sum(span.break_us for span in ordered) + sum(
        max(0, after.begins_us - before.ends_us) for before, after in pairwise(ordered)
    )
    needed = break_needed_min(sum(worked_min(span) for span in ordered), country)
    return max(0, needed - rested // MINUTE_US)


def share_by_minutes(pool_minor: int, minutes: Mapping[str, int]) -> dict[str, int]:
    """Split a sum over people by their minutes; empty if there are none. Running rounding makes the parts add up.

    >>> share_by_minutes(100, {"a": 60, "b": 60, "c": 60})
    {'a': 33, 'b': 34, 'c': 33}
    """
    of = sum(minutes.values())
    if not of:
        return {}
    given, through, shares = 0, 0, {}
    for person, own in sorted(minutes.items()):
        through += own
        upto = divide_half_up(pool_minor * through, of)
        shares[person] = upto - given
        given = upto
    return shares
