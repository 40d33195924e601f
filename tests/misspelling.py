"""Names of products as people in a hurry type them.

The kinds of errors, each at a random place:

substitution, deletion, insertion, transposition   of one letter, in a word of three letters or more; letters put in
              are of the word's alphabet. Digits stay: who types another number asks for another size.
final         a final letter of Hebrew at the end of a word as its ordinary form (מ for ם)
missing       one word of three or more left out
prefix        the last word, of four letters or more, broken off behind its second letter or later
"""

from __future__ import annotations

import random
from collections.abc import Callable

HEBREW = "אבגדהוזחטיכלמנסעפצקרשת"
LATIN = "abcdefghijklmnopqrstuvwxyz"
FINALS = dict(zip("םןץףך", "מנצפכ", strict=True))


def misspell(name: str, kind: str, rnd: random.Random) -> str | None:
    """The name with an error of a kind; None where it has no place for one."""
    words = name.split()
    return " ".join(words) if KINDS[kind](words, rnd) else None


def _missing(words: list[str], rnd: random.Random) -> bool:
    if len(words) < 3:
        return False
    del words[rnd.randrange(len(words))]
    return True


def _prefix(words: list[str], rnd: random.Random) -> bool:
    if not words or len(words[-1]) < 4:
        return False
    words[-1] = words[-1][: rnd.randrange(2, len(words[-1]))]
    return True


def _final(words: list[str], rnd: random.Random) -> bool:
    places = [place for place, word in enumerate(words) if word[-1] in FINALS]
    if not places:
        return False
    place = rnd.choice(places)
    words[place] = words[place][:-1] + FINALS[words[place][-1]]
    return True


def _letter(change: Callable[[str, int, random.Random], str | None]) -> Callable[[list[str], random.Random], bool]:
    """An error in one letter, at one of the places where `change` can make it."""

    def err(words: list[str], rnd: random.Random) -> bool:
        places = [
            (place, at)
            for place, word in enumerate(words)
            if sum(map(str.isalpha, word)) >= 3
            for at, letter in enumerate(word)
            if letter.isalpha() and change(word, at, random.Random(0)) is not None
        ]
        if not places:
            return False
        place, at = rnd.choice(places)
        words[place] = change(words[place], at, rnd) or words[place]
        return True

    return err


def _other(letter: str, rnd: random.Random) -> str:
    alphabet = HEBREW if "א" <= letter <= "ת" else LATIN
    return rnd.choice([other for other in alphabet if other != letter.lower()])


def _transposed(word: str, at: int, rnd: random.Random) -> str | None:
    pair = word[at : at + 2]
    return f"{word[:at]}{pair[::-1]}{word[at + 2 :]}" if pair.isalpha() and len(set(pair)) == 2 else None


KINDS: dict[str, Callable[[list[str], random.Random], bool]] = {
    "substitution": _letter(lambda word, at, rnd: word[:at] + _other(word[at], rnd) + word[at + 1 :]),
    "deletion": _letter(lambda word, at, rnd: word[:at] + word[at + 1 :]),
    "insertion": _letter(lambda word, at, rnd: word[:at] + _other(word[at], rnd) + word[at:]),
    "transposition": _letter(_transposed),
    "final": _final,
    "missing": _missing,
    "prefix": _prefix,
}
