"""When a failure is retried. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

FIRST_S, LONGEST_S = 5.0, 900.0
JITTER = 0.2
NEVER_S = 1e9
"""Retry-After values above this count as a refusal."""


def wait_s(tries: int, luck: float = 0.5) -> float:
    """Seconds after the `tries`-th failure (from 1): 5 s doubling to 15 min, with 20% jitter from `luck`."""
    whole = min(LONGEST_S, FIRST_S * 2.0 ** min(tries - 1, 20))
    return float(whole * (1 + JITTER * (2 * luck - 1)))


def retry_after_s(text: str | None, date: str | None = None) -> float | None:
    """Return the seconds requested by a Retry-After header (RFC 9110, section 10.2.3): given as seconds, or as a date
    relative to the response's `Date`.

    None if it is missing or invalid.
    """
    if text is None:
        return None
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text[-9:]) if len(text.lstrip("0")) < 10 else NEVER_S
    moment, now = _moment(text), _moment(date) if date else datetime.now(UTC)
    return max(0.0, (moment - now).total_seconds()) if moment and now else None


_FORMS = ("%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y")
"""Formats of an HTTP-date (RFC 9110, section 5.6.7): the current one and the two obsolete ones."""


def _moment(text: str) -> datetime | None:
    for form in _FORMS:
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None
