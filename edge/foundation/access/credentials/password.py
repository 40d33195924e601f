"""Passwords for personal devices: at least twelve characters, and hard to guess.

Follows NIST SP 800-63B-4 (section 3.1.1.2): no composition rules, no expiry, spaces and any script allowed. Common
passwords and those about their owner are rejected. Strength is estimated by zxcvbn (Wheeler, USENIX Security 2016),
which knows leaked passwords, names and words, keyboards, dates and repetitions.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

LEAST_CHARS = 12
MOST_CHARS = 128
LOOKED_AT_CHARS = 64
"""Characters of a password to analyse, because the time grows faster than the square of its length."""
GUESSES_LOG10 = 10
"""Passwords that can be guessed in this many attempts (a power of ten) are refused."""


def normalize_password(password: str) -> str:
    """Normalise a password (NFKC), independent of the keyboard."""
    return unicodedata.normalize("NFKC", password)


def why_not(password: str, own: Iterable[str] = ()) -> str | None:
    """Return the refusal code for an unacceptable password, or None. `own`: publicly known facts about its owner. Takes
    milliseconds, and some hundred the first time, so never call it on the event loop."""
    plain = normalize_password(password)
    if len(plain) < LEAST_CHARS:
        return "password_short"
    if len(plain) > MOST_CHARS:
        return "password_long"
    from zxcvbn import zxcvbn

    said = [word for text in own for word in (text, *text.replace("@", " ").replace(".", " ").split())]
    found = zxcvbn(plain[:LOOKED_AT_CHARS], user_inputs=said, max_length=LOOKED_AT_CHARS)
    return "password_common" if found["guesses_log10"] < GUESSES_LOG10 else None
