"""Parse a day and time entered by a user. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

Wrong = Literal["unreadable", "future", "skipped", "doubled", "before_first"]


class TypedMoment(msgspec.Struct, frozen=True):
    """The time entered (UTC microseconds), or the reason it's `wrong`. `doubled`: the time occurs twice, as clocks are
    set back, and the entry doesn't say which is meant."""

    at_us: int = 0
    wrong: Wrong | None = None


def read_moment(text: str, zone: str, now_us: int, fold: int | None = None) -> TypedMoment:
    """Parse `text` ("2026-11-20T17:50", or with a space) as local time; a date alone means its first minute. `fold`: 0
    for the first, 1 for the second occurrence of a repeated hour."""
    try:
        typed = datetime.fromisoformat(text.strip())
    except ValueError:
        return TypedMoment(wrong="unreadable")
    if typed.tzinfo is None:
        local = typed.replace(tzinfo=ZoneInfo(zone))
        first, second = local.replace(fold=0), local.replace(fold=1)
        if first.utcoffset() != second.utcoffset():
            if first.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != typed:
                return TypedMoment(wrong="skipped")
            if fold is None:
                return TypedMoment(wrong="doubled")
        typed = second if fold else first
    try:
        at_us = int(typed.timestamp() * 1_000_000)
    except (ValueError, OverflowError):
        return TypedMoment(wrong="unreadable")
    return TypedMoment(at_us, "future") if at_us > now_us else TypedMoment(at_us)
