"""When what failed is tried again. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

FIRST_S, LONGEST_S = 5.0, 900.0
JITTER = 0.2
NEVER_S = 1e9
"""What asks for more seconds than that is as good as never."""


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
    if text.isascii() and text.isdigit():
        return float(text[-9:]) if len(text.lstrip("0")) < 10 else NEVER_S
    moment, now = _moment(text), _moment(date) if date else datetime.now(UTC)
    return max(0.0, (moment - now).total_seconds()) if moment and now else None


_FORMS = ("%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y")
"""An HTTP-date (RFC 9110, section 5.6.7): as it is written now, and the two obsolete forms."""


def _moment(text: str) -> datetime | None:
    for form in _FORMS:
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None
