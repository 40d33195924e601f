"""Masks personal data and secrets in answers to head office: addresses, people's numbers, keys.

Pure. Anything that looks like one is replaced, as masking too much is better than too little.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

HIDDEN = "•••"
SECRET_CHARS = 6
"""Minimum length of a secret to mask. Shorter ones would mask half the text, and have three digits at most anyway."""
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\$argon2[a-z]*\$[!-~]+",
        r"\bedge[a-z]?_[A-Za-z0-9_-]{8,}",
        r"\b(?:whsec|sk|pk|rk)_[A-Za-z0-9_+/=-]{8,}",
        r"\beyJ[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*){1,4}",
        r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b",
        r"(?i)(?<![\w:])(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}(?:%\w+)?(?![\w:])",
        r"(?i)(?<![\w:])(?:[0-9a-f]{1,4}:){1,7}:(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,5})?(?:%\w+)?(?![\w:])",
        r"(?i)(?<![\w:])::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})(?![\w:])",
        r"(?i)\b(?:bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}",
        r"(?<=://)[^\s/@:]+:[^\s/@]+(?=@)",
        r"(?i)\b(?:password|passwd|secret|token|pin|api_?key)\b\s*[=:]\s*\S+",
        r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+",
        r"\b[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}\b",
        r"\b\d{1,3}(?:\.\d{1,3}){3}\b",
        r"\b[0-9A-Fa-f]{32,}\b",
        r"(?<![\w-])\+?\d(?:[ ().-]{0,2}\d){6,17}(?![\w-])",
    )
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?")


def mask_text(text: str, secrets: Iterable[str] = ()) -> str:
    """The text with anything like an address, a long number or a key replaced, and also `secrets` in upper or lower
    case. ISO 8601 times stay."""
    for secret in sorted((one for one in secrets if len(one) >= SECRET_CHARS), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    parts, at = [], 0
    for moment in _MOMENT.finditer(text):
        parts += [_hide_patterns(text[at : moment.start()]), moment.group()]
        at = moment.end()
    return "".join([*parts, _hide_patterns(text[at:])])


def mask_answer(said: Any, secrets: Iterable[str] = ()) -> Any:
    """An answer with every text masked, including field names. Numbers stay: they're counts and sizes, and replacing
    them would break the JSON."""
    known = tuple(secrets)
    if isinstance(said, str):
        return mask_text(said, known)
    if isinstance(said, dict):
        return {mask_text(str(name), known): mask_answer(one, known) for name, one in said.items()}
    return [mask_answer(one, known) for one in said] if isinstance(said, list | tuple) else said


def _hide_patterns(text: str) -> str:
    for pattern in _PATTERNS:
        text = pattern.sub(HIDDEN, text)
    return text
