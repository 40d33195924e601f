"""Opening hours as one line that people write and search engines read (schema.org's `openingHours`):

    Mo-Fr 08:00-20:00; Sa 09:00-13:00,15:00-18:00

Days that aren't named are closed. A span whose end isn't after its start ends on the next day. An empty text means that
the hours are unknown.
"""

from __future__ import annotations

import re
from itertools import pairwise

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
SPANS_MOST = 6
"""Maximum opening periods per day."""
CHARS = 400
_DAY = "|".join(DAYS)
_DAYS = f"(?:{_DAY})(?:-(?:{_DAY}))?"
_SPAN = "[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}"
_RULE = re.compile(f"({_DAYS}(?:,{_DAYS})*) ({_SPAN}(?:,{_SPAN})*)")
_DAY_MIN = 1440
Span = tuple[int, int]
"""From a minute of the day to another; beyond 1440 it's the following night."""


def week_of(text: str) -> tuple[tuple[Span, ...], ...] | None:
    """The spans of each day, Monday first; None if `text` is empty. Raises `ValueError` if it's invalid."""
    if not text.strip():
        return None
    week: list[list[Span]] = [[] for _ in DAYS]
    for rule in text.split(";"):
        found = _RULE.fullmatch(" ".join(rule.split()))
        if found is None:
            raise ValueError(f"{rule.strip()!r} isn't valid: enter hours like Mo-Fr 08:00-20:00; Sa 09:00-13:00")
        spans = [_span_of(span) for span in found[2].split(",")]
        for day in _days_of(found[1]):
            week[day] += spans
    for name, day_spans in zip(DAYS, week, strict=True):
        ordered = sorted(day_spans)
        if len(ordered) > SPANS_MOST or any(b[0] < a[1] for a, b in pairwise(ordered)):
            raise ValueError(f"the hours of {name} overlap, or are more than {SPANS_MOST}")
    return tuple(tuple(sorted(spans)) for spans in week)


def _days_of(text: str) -> list[int]:
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        begin, end = DAYS.index(first), DAYS.index(last or first)
        found += [(begin + n) % len(DAYS) for n in range((end - begin) % len(DAYS) + 1)]
    return found


def _span_of(text: str) -> Span:
    begin, end = (_minute_of(part) for part in text.split("-"))
    if begin == _DAY_MIN:
        raise ValueError(f"{text!r} starts after the day has ended")
    return begin, end if end > begin else end + _DAY_MIN


def _minute_of(text: str) -> int:
    hours, minutes = (int(part) for part in text.split(":"))
    if minutes > 59 or hours * 60 + minutes > _DAY_MIN:
        raise ValueError(f"{text} isn't a time of day")
    return hours * 60 + minutes
