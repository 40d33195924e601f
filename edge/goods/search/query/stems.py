"""Other forms of a word: without plural, gender and, in Hebrew, the little words written onto it. Pure.

Light stemming, as in "UniNE" (Savoy, 2006) for French and Harman's s-stemmer (1991) for English: what
is cut off need not leave a word, only the same for singular and plural. A form too many finds a product
too many, far down in the list; one too few loses it. So a query need not say its language.
"""

from __future__ import annotations

_HEBREW = frozenset("אבגדהוזחטיכלמנסעפצקרשת")
_ATTACHED = frozenset("הובלמשכ")
"""and, the, in, to, from, that, as: written onto the next word."""

_BEFORE_ATTACHED = frozenset("ושמ")
LEFT = 3
"""Letters that must be left when something is cut off."""


def forms(word: str) -> tuple[str, ...]:
    """The forms of a word in plain spelling beside itself, the likeliest first; none of numbers and short words.

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
    """Without endings of number and gender; doubled yod and vav count once (כתיב מלא)."""
    word = word.replace("יי", "י").replace("וו", "ו")
    for ending, left in (("יות", LEFT), ("ות", LEFT), ("ימ", LEFT), ("יה", LEFT), ("ה", LEFT), ("ת", LEFT + 1)):
        if word.endswith(ending) and len(word) - len(ending) >= left:
            return word[: -len(ending)]
    return word


def stem_latin(word: str) -> str:
    """Without the endings that English and French put onto plural and feminine words."""
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
