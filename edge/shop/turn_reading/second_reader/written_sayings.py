"""Turns written by hand to train the tagger on (`sayings/*.txt`), and how they are varied from round to round. Pure.

A line is who speaks (s, c), what the turn says, a tab, and its words: "s told	pulled [n six] [u cans] of [out cola]".
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

from edge.shop.turn_reading.second_reader.marks import GOODS, marks_of
from edge.shop.turn_reading.second_reader.tag_spans import spans_of
from edge.shop.understanding.amounts import JOINED
from edge.shop.understanding.reading.words import with_and_apart
from edge.shop.understanding.tokens import all_tokens, clean

SPEAKERS = {"s": "staff", "c": "customer"}
ACTS = frozenset({"out", "in", "waste", "count", "add", "rem", "set", "old", "new", "g"})
"""Tags of goods: what happens to them; `g` where nothing does."""
NONE = "O"
MOST_WORDS = 48
_LINE = re.compile(r"([sc]) (\w+)\s+(\S.*)$")
_PART = re.compile(r"\[(\w+) ([^\]]*)\]|([^\[]+)")
_OTHER_NAMES, _OTHER_NUMBERS, _STRAY, _UNIT_NAMES = 0.35, 0.3, 0.03, 0.3
"""Shares: goods called by other names, other numbers in digits, words that are of a name by chance, units that are."""
_KNOWN = (1.0, 1.0, 0.9, 0.6, 0.0)
"""How much of what goods are called may be known to the catalogue."""
_NUMBERS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 24, 50, 250, 500)


class WrittenSaying(NamedTuple):
    """A turn as words, what vocabularies know of each, the tag of each, who says it, and what it says as a whole."""

    words: tuple[str, ...]
    marks: tuple[str, ...]
    language: str
    speaker: str
    tags: tuple[str, ...]
    intent: str


@cache
def written_sayings(language: str) -> tuple[WrittenSaying, ...]:
    """All of a language's, in the order in which they stand. ValueError, with its number: a line that is none."""
    path = resources.files("edge.shop.turn_reading.second_reader").joinpath("sayings", f"{language}.txt")
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    names = {word for line in lines for tag, text in _marks_in(line) if tag in ACTS for word in all_tokens(text)}
    read = (read_saying(line, language, names, at + 1) for at, line in enumerate(lines))
    return tuple(one for one in read if 0 < len(one.words) <= MOST_WORDS)


def _marks_in(line: str) -> list[tuple[str, str]]:
    return [(tag, text) for tag, text, _ in _PART.findall(line) if tag]


def read_saying(line: str, language: str, names: frozenset[str] | set[str], number: int = 1) -> WrittenSaying:
    """One line. `names`: words of goods, by which Hebrew's "and" is told from a name that begins so."""
    found = _LINE.match(line)
    if found is None or any(tag not in ACTS | {"n", "u", "d", "ref"} for tag, _ in _marks_in(found[3])):
        raise ValueError(f"sayings/{language}.txt, line {number}: not as 's told<TAB>took [n 2] [out milk]': {line}")
    words: list[str] = []
    tags: list[str] = []
    is_name = names.__contains__
    for tag, inside, plain in _PART.findall(found[3]):
        sign = "B"
        for token in all_tokens(clean(inside or plain)):
            for part in with_and_apart(token, is_name, is_name):
                is_tagged = tag and not (part == JOINED and token != JOINED)
                words.append(part)
                tags.append(f"{sign}-{tag}" if is_tagged else NONE)
                sign = "I" if is_tagged else sign
    marks = marks_of(words, language, lambda word: False)
    return WrittenSaying(tuple(words), marks, language, SPEAKERS[found[1]], tuple(tags), found[2])


class Variety:
    """Sayings as they differ from round to round, so that what is learnt is how things are said, and not of what."""

    def __init__(self, sayings: Sequence[WrittenSaying], seed: int) -> None:
        self._sayings, self._chance = sayings, random.Random(seed)  # nosec B311: variety
        self._names: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
        for one in sayings:
            for begin, end in spans_of_goods(one.tags):
                self._names.setdefault(one.language, []).append((one.words[begin:end], one.marks[begin:end]))

    def round(self) -> list[WrittenSaying]:
        """All of them once."""
        return [self._in_catalogue(self._with_other_goods(one)) for one in self._sayings]

    def _with_other_goods(self, one: WrittenSaying) -> WrittenSaying:
        if self._chance.random() >= _OTHER_NAMES or one.language not in self._names:
            return one
        words, marks, tags = list(one.words), list(one.marks), list(one.tags)
        for begin, end in reversed(spans_of_goods(one.tags)):
            named, known = self._chance.choice(self._names[one.language])
            words[begin:end], marks[begin:end] = named, known
            tags[begin:end] = [tags[begin], *(f"I{tags[begin][1:]}" for _ in named[1:])]
        return one._replace(words=tuple(words), marks=tuple(marks), tags=tuple(tags))

    def _in_catalogue(self, one: WrittenSaying) -> WrittenSaying:
        """With what a catalogue may know of it."""
        chance, words, marks = self._chance, list(one.words), list(one.marks)
        known = chance.choice(_KNOWN)
        for at, (word, tag) in enumerate(zip(one.words, one.tags, strict=True)):
            share = known if tag[2:] in ACTS or tag[2:] == "d" else _UNIT_NAMES if tag[2:] == "u" else _STRAY
            if word.isalnum() and GOODS not in marks[at] and chance.random() < share:
                marks[at] = "".join(sorted({*marks[at], GOODS}))
            if word.isdigit() and chance.random() < _OTHER_NUMBERS:
                words[at] = str(chance.choice(_NUMBERS))
        return one._replace(words=tuple(words), marks=tuple(marks))


def spans_of_goods(tags: Sequence[str]) -> list[tuple[int, int]]:
    """Where goods begin and end."""
    return [(one.begin, one.end) for one in spans_of(tags) if one.tag in ACTS]
