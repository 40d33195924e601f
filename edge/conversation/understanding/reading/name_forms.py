"""Forms of a word in a product's name. Pure.

They are generated from the name rather than by stripping spoken words: a stripped word may be another word (שמנות,
creams, becomes oil).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache

from edge.goods.search.query.text import all_forms

_HEBREW = frozenset("אבגדהוזחטיכלמנסעפצקרשת")
ATTACHED = "הובלמשכ"
"""Words Hebrew attaches to the next one."""
_PLURALS = {"יינ": "יינות", "כוס": "כוסות"}
"""Irregular plurals, in plain spelling."""
YOD = "\u05d9"
_FEMININE = (("anc", "anche"), ("ec", "eche"), ("rais", "raiche"), ("ux", "use"))
"""Masculine and feminine endings of French adjectives that don't just add an "e": blanc, sec, frais."""
KEPT = 20_000
SHORTEST = 3
"""Minimum letters of a word with further forms."""
_ENDINGS = (
    ("יות", "ית"),
    ("ות", "ה"),
    ("ות", "ת"),
    ("ות", ""),
    ("ימ", ""),
    ("י", ""),
    ("י", "ימ"),
    ("ת", "ה"),
    ("ה", "ת"),
    ("יימ", ""),
    ("ינות", "ינ"),
)
"""Endings of a spoken Hebrew word, and of the name it may stand for."""


@lru_cache(maxsize=KEPT)
def name_forms(word: str) -> frozenset[str]:
    """A name's word (normalised) with its plural, construct and gender forms.

    >>> "חסות" in name_forms("חסה"), "ביגלימ" in name_forms("בייגל"), "bagels" in name_forms("bagel")
    (True, True, True)
    """
    if len(word) < SHORTEST or not word.isalpha():
        return frozenset((word,))
    if word[0] in _HEBREW:
        forms = {word, *_hebrew(word)}
        return frozenset(forms | {_spelt_short(one) for one in forms})
    feminine = [word[: -len(end)] + other for end, other in _FEMININE if word.endswith(end)]
    made = (form for one in (word, *feminine) for form in (one, f"{one}s", f"{one}es", f"{one}x"))
    return frozenset((*made, *all_forms(word)))


def _hebrew(word: str) -> set[str]:
    found = {word + "ימ", word + "י", word + "ס", _PLURALS.get(word, word)}
    if word.endswith("ה"):
        found |= {word[:-1] + "ות", word[:-1] + "ת", word[:-1] + "ימ", word[:-1] + "אות"}
    if word.endswith("ית"):
        found |= {word[:-2] + "יות"}
    if word.endswith("ת"):
        found |= {word[:-1] + "ות", word[:-1] + "ה", word[:-1] + "אות"}
    if word.endswith("ימ"):
        found |= {word[:-2], word[:-2] + "י", word[:-2] + "ה", word[:-2] + "ות"}
    if word.endswith("ות"):
        found |= {word[:-2] + "ה", word[:-2] + "ת", word[:-2]}
    if word.endswith("י"):
        found |= {word[:-1], word + "מ"}
    return {one for one in found if len(one) >= SHORTEST - 1}


def _spelt_short(word: str) -> str:
    """A Hebrew word with a single yod where full spelling has two: בייגלים, ביגלים."""
    return word.replace(YOD * 2, YOD) if len(word) > SHORTEST + 1 else word


@lru_cache(maxsize=KEPT)
def bare_forms(word: str) -> tuple[str, ...]:
    """A word and, in Hebrew, its forms without one or two attached prefixes."""
    found = [word]
    if len(word) == SHORTEST and word[0] == "ה":
        found.append(word[1:])  # "the" attached to a two-letter name
    if word and word[0] in _HEBREW and len(word) > SHORTEST and word[0] in ATTACHED:
        found.append(word[1:])
        if len(word) > SHORTEST + 1 and word[1] in ATTACHED:
            found.append(word[2:])
    return tuple(found)


def has_any(words: Iterable[str], phrases: Collection[tuple[str, ...]]) -> bool:
    """Whether one of the words, in any of its bare forms, is one of these phrases of a single word."""
    return any((bare,) in phrases for word in words for bare in bare_forms(word))


@lru_cache(maxsize=KEPT)
def looked_for(word: str) -> tuple[str, ...]:
    """Search forms of a word; `is_said` decides which match."""
    found = list(bare_forms(word))
    if word and word[0] in _HEBREW:
        for bare in bare_forms(word):
            found += [
                bare[: -len(said)] + name
                for said, name in _ENDINGS
                if bare.endswith(said) and len(bare) > len(said) + 1
            ]
        found += [
            one[:at] + YOD + one[at:]
            for one in found
            if len(one) > SHORTEST and YOD * 2 not in one
            for at in range(1, len(one) - 1)
            if one[at] == YOD
        ]
    else:
        one = word.removesuffix("s")
        found += [one[: -len(said)] + name for name, said in _FEMININE if one.endswith(said)]
    return tuple(dict.fromkeys(found))


def is_said(word: str, name_word: str) -> bool:
    """Whether a spoken word is a form of this word of a name."""
    forms = name_forms(name_word)
    if any(bare in forms for bare in bare_forms(word)):
        return True
    return word.isascii() and name_word.isascii() and bool(set(all_forms(word)) & set(all_forms(name_word)))
