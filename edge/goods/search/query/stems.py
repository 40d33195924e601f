"""Word stems: without plural, gender and Hebrew prefixes. Pure.

Light stemming, as in "UniNE" (Savoy, 2006) for French and Harman's s-stemmer (1991) for English: stems need not be
words, only equal for singular and plural. Overstemming adds a low-ranked result, whereas understemming loses one, so
queries need no language.
"""

from __future__ import annotations

_HEBREW = frozenset("אבגדהוזחטיכלמנסעפצקרשת")
_ATTACHED = frozenset("הובלמשכ")
"""Hebrew prefixes for "and", "the", "in", "to", "from", "that" and "as", which are attached to the next word."""

_BEFORE_ATTACHED = frozenset("ושמ")
LEFT = 3
"""Minimum letters that must remain of a word."""


def forms(word: str) -> tuple[str, ...]:
    """Other forms of a word in plain spelling, most likely first; empty for numbers and short words.

    >>> forms("עגבניות"), forms("tomatoes"), forms("tomates"), forms("לשיער")
    (('עגבנ',), ('tomato',), ('tomat',), ('שיער',))
    """
    if len(word) <= LEFT or not word.isalpha():
        return ()
    if word[0] not in _HEBREW:
        found = [stem_latin(word)] if word.isascii() else []
    else:
        bare = [word]
        if word[0] in _ATTACHED:
            bare.append(word[1:])
            if word[0] in _BEFORE_ATTACHED and word[1] in _ATTACHED and len(word) >= LEFT + 2:
                bare.append(word[2:])
        found = [form for base in bare for form in (stem_hebrew(base), base)]
    return tuple(dict.fromkeys(form for form in found if form != word))


def stem_hebrew(word: str) -> str:
    """Remove number and gender endings; doubled yod and vav count once (כתיב מלא)."""
    word = word.replace("יי", "י").replace("וו", "ו")
    for ending, left in (("יות", LEFT), ("ות", LEFT), ("ימ", LEFT), ("יה", LEFT), ("ה", LEFT), ("ת", LEFT + 1)):
        if word.endswith(ending) and len(word) - len(ending) >= left:
            return word[: -len(ending)]
    return word


def stem_latin(word: str) -> str:
    """Remove English and French plural and feminine endings."""
    if word.endswith("eaux"):
        return word[:-1]
    if word.endswith("aux") and len(word) > LEFT + 2:
        return word[:-3] + "al"
    if word[-1] in "sx" and len(word) > LEFT:
        word = word[:-1]
    if word.endswith("ie"):
        word = word[:-1]
    elif word.endswith("y"):
        word = word[:-1] + "i"
    elif word[-1] == "e" and len(word) > LEFT:
        word = word[:-1]
    if word[-1] == word[-2] and word[-1] not in "aeiou" and len(word) > LEFT:
        word = word[:-1]
    return word
