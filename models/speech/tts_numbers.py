"""Hebrew numbers in words: voices read digits in English and French, but skip them in Hebrew."""

from __future__ import annotations

LARGEST = 999_999
"""Largest number read as a whole; larger ones are read digit by digit."""

_MASCULINE = ["אפס", "אחד", "שניים", "שלושה", "ארבעה", "חמישה", "שישה", "שבעה", "שמונה", "תשעה", "עשרה"]
_FEMININE = ["אפס", "אחת", "שתיים", "שלוש", "ארבע", "חמש", "שש", "שבע", "שמונה", "תשע", "עשר"]
_TENS = ["עשרים", "שלושים", "ארבעים", "חמישים", "שישים", "שבעים", "שמונים", "תשעים"]
_HUNDREDS = ("מאה", "מאתיים")
_THOUSANDS = ["אלף", "אלפיים", "שלושת", "ארבעת", "חמשת", "ששת", "שבעת", "שמונת", "תשעת", "עשרת"]


_FEMININE_IN_IM = frozenset(
    ["ביצים", "שנים", "פעמים", "נשים", "מילים", "ערים", "אבנים", "תאנים", "עדשים", "חיטים", "דבורים"]
)
_MASCULINE_IN_OT = frozenset(["מזלגות", "שולחנות", "מקומות", "לילות", "ארונות", "חלונות", "יינות", "לוחות", "מקררות"])
"""Nouns that shops may count whose plural ending looks like that of the other gender."""


def is_feminine(noun: str) -> bool:
    """Whether a Hebrew plural noun is feminine, judged by its ending."""
    bare = noun.strip(".,;:!?\"'״׳")
    if bare.endswith("ים"):
        return bare in _FEMININE_IN_IM
    return bare not in _MASCULINE_IN_OT


def number_before_noun(number: int, feminine: bool) -> str:
    """Return a number as written before a counted noun, where two has a short form."""
    return ("שתי" if feminine else "שני") if number == 2 else in_hebrew(number, feminine)


def in_hebrew(number: int, feminine: bool = True) -> str:
    """A number when counting, or before a noun of that gender: 21 is "עשרים ואחת" (feminine)."""
    if number > LARGEST:
        return " ".join(_FEMININE[int(digit)] for digit in str(number))
    parts = _parts(number, feminine)
    return " ".join([*parts[:-1], f"ו{parts[-1]}"]) if len(parts) > 1 else parts[0]


def _parts(number: int, feminine: bool) -> list[str]:
    """The parts of a number, the last of several prefixed by "and"."""
    units = _FEMININE if feminine else _MASCULINE
    parts = []
    if number >= 1_000:
        parts.append(_thousands(number // 1_000))
        number %= 1_000
    if number >= 100:
        hundreds = number // 100
        parts.append(_HUNDREDS[hundreds - 1] if hundreds <= 2 else f"{_FEMININE[hundreds]} מאות")
        number %= 100
    if number >= 20:
        parts.append(_TENS[number // 10 - 2])
        number %= 10
    if number > 10:
        parts.append(_teen(number % 10, feminine))
    elif number or not parts:
        parts.append(units[number])
    return parts


def _teen(unit: int, feminine: bool) -> str:
    if unit == 2:
        return "שתים עשרה" if feminine else "שנים עשר"
    return f"{_FEMININE[unit]} עשרה" if feminine else f"{_MASCULINE[unit]} עשר"


def _thousands(count: int) -> str:
    if count <= 10:
        return _THOUSANDS[count - 1] if count <= 2 else f"{_THOUSANDS[count - 1]} אלפים"
    return f"{in_hebrew(count, feminine=False)} אלף"
