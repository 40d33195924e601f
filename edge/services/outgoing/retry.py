"""When what failed is tried again. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

FIRST_S, LONGEST_S = 5.0, 900.0
JITTER = 0.2


def wait_s(tries: int, luck: float = 0.5) -> float:
    """How long behind the `tries`-th failure (from 1): 5 s, doubling to 15 min, a fifth more or less by `luck`."""
    whole = min(LONGEST_S, FIRST_S * 2.0 ** min(tries - 1, 20))
    return float(whole * (1 + JITTER * (2 * luck - 1)))


def retry_after_s(text: str | None, date: str | None = None) -> float | None:
    """What a header Retry-After asks for (RFC 9110, section 10.2.3): seconds, or a date against the answer's `Date`.

    None: nothing, or nothing that can be read.
    """
    if text is None:
        return None
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) < 9:
        return float(text)
    moment, now = _moment(text), _moment(date) if date else datetime.now(UTC)
    return max(0.0, (moment - now).total_seconds()) if moment and now else None


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        try:
            found = datetime.strptime(text, "%a %b %d %H:%M:%S %Y")  # asctime, the third form
        except ValueError:
            return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
