"""Read Hebrew written in Latin letters: "lakachti 4 bagels", "zarakti kilo bananot".

Spelling varies (few follow the Academy's rules of 2006), but consonants are stable. Verbs and numbers are compared by
consonants only, and names are searched in every possible Hebrew spelling. The result is shown before it's carried out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice, product

from edge.conversation.understanding.lexicon import vocabulary
from edge.conversation.understanding.reading.linking import CatalogueLinker
from edge.conversation.understanding.reading.statement_words import statement_words

CONSONANTS = 3
"""Minimum consonants of a verb, as shorter verbs resemble too many words."""
DONE = {"ti": "תי", "nu": "נו"}
"""Endings in both scripts: "I took", "we took". Other forms resemble words of other languages."""
OF_NUMBER = 2
"""Minimum consonants of a number or counted noun after a romanised verb: "shtei"."""
VOWELS = frozenset("aeiou")
SPELLINGS = 64
"""Maximum spellings of a name to search for."""
_ALIKE = dict(zip("בגדזצחכקטתלמנסשפר", "BGDZCKKKTTLMNSSPR", strict=True))
_HEARD: dict[str, tuple[str, ...]] = {
    **{"sh": ("ש",), "ch": ("ח", "כ"), "kh": ("ח", "כ"), "tz": ("צ",), "ts": ("צ",), "ck": ("ק",), "ph": ("פ",)},
    **{"b": ("ב",), "v": ("ב", "ו"), "g": ("ג",), "j": ("ג",), "d": ("ד",), "h": ("ה", "ח", ""), "w": ("ו",)},
    **{"z": ("ז",), "t": ("ת", "ט"), "th": ("ת",), "y": ("י",), "k": ("ק", "כ"), "c": ("ק", "כ"), "q": ("ק",)},
    **{"l": ("ל",), "m": ("מ",), "n": ("נ",), "s": ("ס", "ש"), "x": ("קס",), "p": ("פ",), "f": ("פ",), "r": ("ר",)},
    **{"a": ("", "ה"), "e": ("",), "i": ("י", ""), "o": ("ו", ""), "u": ("ו",)},
}
"""Possible Hebrew spellings of each sound."""
_SOUND = re.compile("|".join(sorted(_HEARD, key=len, reverse=True)))


def respelt(words: Sequence[str], linker: CatalogueLinker) -> list[str] | None:
    """Return the words with acts, numbers and product names respelt in Hebrew.

    None if there is no act, or another language has one.
    """
    acts = [_act_for(word) for word in words]
    if not any(acts) or any(map(_says_act, words)):
        return None
    acts = ["" if act and linker.naming(word) else act for word, act in zip(words, acts, strict=True)]
    if not any(acts):
        return None
    return [act or _amount_for(word) or _name_for(word, linker) or word for word, act in zip(words, acts, strict=True)]


def spellings(word: str) -> Iterator[str]:
    """Possible Hebrew spellings of a word written phonetically.

    >>> "בננות" in spellings("bananot"), "חלב" in spellings("chalav"), "חלות" in spellings("hallot")
    (True, True, True)
    >>> "אורז" in spellings("orez"), "עגבניות" in spellings("agvaniyot")
    (True, True)
    """
    sounds = _SOUND.findall(re.sub(r"([a-z])\1", r"\1", word))
    ways = [_HEARD[one] if at == len(sounds) - 1 or one != "a" else ("",) for at, one in enumerate(sounds)]
    if sounds and sounds[0] in VOWELS:
        ways[0] = tuple(f"{silent}{way}" for silent in "אע" for way in ways[0])
    return islice(map("".join, product(*ways)), SPELLINGS)


def _consonants(word: str) -> str:
    """The consonants of a Hebrew word, with similar sounds merged and vowel letters dropped."""
    return "".join(_ALIKE.get(letter, "") for letter in word)


def _heard_as(word: str) -> set[str]:
    return {_consonants(one) for one in spellings(word)}


def _is_latin(word: str) -> bool:
    return word.isascii() and word.isalpha()


def _says_act(word: str) -> bool:
    """Whether the word is an act in English or French."""
    spoken = (statement_words(one) for one in ("en", "fr"))
    return any((word,) in table for one in spoken for table in (one.acts, one.signs, one.carried))


def _act_for(word: str) -> str:
    """The act a word spells; "" if none or ambiguous."""
    ending = DONE.get(word[-2:], "")
    if not ending or not _is_latin(word) or _is_of_others(word):
        return ""
    acts = statement_words("he").acts
    meant = [one for spelt in _heard_as(word) if len(spelt) >= CONSONANTS for one in _acts().get(spelt, ())]
    done = [one for one in meant if one.endswith(ending)]
    return min(done) if len({acts[one,] for one in done}) == 1 else ""


def _amount_for(word: str) -> str:
    """The number or counting word that a word spells."""
    if not _is_latin(word) or _is_of_others(word):
        return ""
    known = vocabulary("he")
    meant = [one for spelt in _heard_as(word) if len(spelt) >= OF_NUMBER for one in _amounts().get(spelt, ())]
    said = {known.numbers.get(one) or known.counted[one,] for one in meant}
    return min(meant) if len(said) == 1 else ""


def _name_for(word: str, linker: CatalogueLinker) -> str:
    if not _is_latin(word) or _is_of_others(word) or linker.naming(word):
        return ""
    return next((one for one in dict.fromkeys(spellings(word)) if len(one) > 1 and linker.naming(one)), "")


def _is_of_others(word: str) -> bool:
    """Whether English or French has this word in statements about goods."""
    spoken = (statement_words(one) for one in ("en", "fr"))
    counted = (vocabulary(one) for one in ("en", "fr"))
    return any((word,) in table for one in spoken for table in (one.little, one.before, one.times)) or any(
        word in one.numbers or (word,) in one.counted or (word,) in one.fillers for one in counted
    )


@cache
def _acts() -> dict[str, list[str]]:
    """Hebrew acts by their consonants."""
    return _by_consonants([phrase[0] for phrase in statement_words("he").acts if len(phrase) == 1])


@cache
def _amounts() -> dict[str, list[str]]:
    known = vocabulary("he")
    return _by_consonants([*known.numbers, *(phrase[0] for phrase in known.counted if len(phrase) == 1)])


def _by_consonants(words: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in words:
        found.setdefault(_consonants(word), []).append(word)
    return found
