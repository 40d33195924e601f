"""Vocabulary of managers' questions: phrases with gaps from `vocabulary/*.toml`, and their matching."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import msgspec

from edge.conversation.understanding.lexicon import Vocabulary, vocabulary
from edge.conversation.understanding.numerals import read_number
from edge.conversation.understanding.reading.name_forms import bare_forms
from edge.conversation.understanding.understood import LANGUAGES, understood_language
from edge.goods.search.query.text import words_of
from edge.lib.i18n.languages import read_file

Phrase = tuple[str, ...]
TABLES = (
    "measures",
    "dimensions",
    "fused",
    "order",
    "show",
    "follow",
    "times",
    "tenders",
    "reasons",
    "statuses",
    "bounds",
)
LISTS = (
    "little",
    "joiners",
    "which",
    "who",
    "count",
    "how_much",
    "left",
    "sold",
    "money",
    "when",
    "because",
    "enough",
    "destroy",
    "echo",
    "unapplied",
    "share",
    "currency",
    "percent",
    "units",
)
NESTED = ("by", "drift", "compare", "registers")
POINTS = frozenset(
    (
        *("today", "yesterday", "day_before_yesterday", "tomorrow", "this_week", "last_week", "this_month"),
        *(
            "last_month",
            "weekday",
            "this_weekday",
            "date",
            "month",
            "feast",
            "last_weekend",
            "next_week",
            "days_ago",
            "year",
        ),
    )
)
"""Single times that can follow "since", "until" and "between"."""
CLOCK = frozenset({"h", "heures", "heure", "00", "o", "clock"})
LARGEST = 999
SHORT, WRITTEN_ON = 3, "ובלמ"
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+")
_DECIMAL = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,2})?")
ARTICLES = frozenset({"a", "an", "un", "une"})


class ChainWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A chain's words for `stores`, a `store` and `all` of them, and their equivalents in a single shop."""

    stores: tuple[str, ...]
    store: tuple[str, ...]
    places: str
    place: str
    all: tuple[str, ...]
    overall: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    little: tuple[str, ...]
    leading: tuple[str, ...]
    joiners: tuple[str, ...]
    which: tuple[str, ...]
    who: tuple[str, ...]
    count: tuple[str, ...]
    how_much: tuple[str, ...]
    left: tuple[str, ...]
    sold: tuple[str, ...]
    money: tuple[str, ...]
    when: tuple[str, ...]
    they: tuple[str, ...]
    because: tuple[str, ...]
    enough: tuple[str, ...]
    destroy: tuple[str, ...]
    echo: tuple[str, ...]
    unapplied: tuple[str, ...]
    share: tuple[str, ...]
    currency: tuple[str, ...]
    percent: tuple[str, ...]
    units: tuple[str, ...]
    bounds: dict[str, tuple[str, ...]]
    measures: dict[str, tuple[str, ...]]
    dimensions: dict[str, tuple[str, ...]]
    fused: dict[str, tuple[str, ...]]
    by: dict[str, tuple[str, ...]]
    order: dict[str, tuple[str, ...]]
    show: dict[str, tuple[str, ...]]
    drift: dict[str, tuple[str, ...]]
    follow: dict[str, tuple[str, ...]]
    compare: dict[str, tuple[str, ...]]
    times: dict[str, tuple[str, ...]]
    dates: dict[str, tuple[str, ...]]
    months: dict[str, tuple[str, ...]]
    weekdays: dict[str, tuple[str, ...]]
    weekdays_many: dict[str, tuple[str, ...]]
    feasts: dict[str, tuple[str, ...]]
    parts: dict[str, tuple[str, ...]]
    tenders: dict[str, tuple[str, ...]]
    reasons: dict[str, tuple[str, ...]]
    statuses: dict[str, tuple[str, ...]]
    registers: dict[str, tuple[str, ...]]
    numbers: dict[str, int]
    chain: ChainWords


class PhraseEntry(NamedTuple):
    """A phrase: its `kind` (a table of the vocabulary) and its `key` there."""

    kind: str
    key: str
    pattern: Phrase


class SaidTime(NamedTuple):
    """A time expression: its key and the values of its gaps."""

    key: str
    values: tuple[object, ...] = ()


class PhraseMatch(NamedTuple):
    """A phrase matched over some words; `loose`: how many are in another form."""

    entry: PhraseEntry
    length: int
    loose: int
    values: tuple[object, ...]


GapValue = tuple[object, int, int]
"""A gap's value, its length in words, and the number of inflected words."""
Gaps = dict[tuple[str, int], list[GapValue]]


class MeaningVocabulary(msgspec.Struct, frozen=True):
    """A language's phrases by first word ("" if it's a gap), and the values its gaps accept."""

    language: str
    entries: dict[str, list[PhraseEntry]]
    gaps: dict[str, dict[str, list[PhraseEntry]]]
    numbers: dict[str, int]
    known: Vocabulary

    def matches(self, words: Sequence[str], at: int, gaps: Gaps | None = None) -> Iterator[PhraseMatch]:
        """All phrases that match at a word. `gaps`: cached values of gaps in these words."""
        gaps = {} if gaps is None else gaps
        for entry in self._beginning(self.entries, words[at]):
            if found := self._rest(entry.pattern, 0, words, at, gaps):
                end, loose, values = found
                yield PhraseMatch(entry, end - at, loose, values)

    def _beginning(self, index: Mapping[str, list[PhraseEntry]], word: str) -> Iterator[PhraseEntry]:
        for form in said_forms(word):
            yield from index.get(form, ())
        yield from index.get("", ())

    def _rest(
        self, pattern: Phrase, place: int, words: Sequence[str], at: int, gaps: Gaps
    ) -> tuple[int, int, tuple[object, ...]] | None:
        """Match the rest of a phrase: where it ends, how loosely, and its gap values. `gaps` caches results, as many
        phrases share a gap at the same word."""
        if place == len(pattern):
            return at, 0, ()
        if at >= len(words):
            return None
        token = pattern[place]
        if token[0] != "{":
            loose = _looseness(words[at], token)
            rest = None if loose is None else self._rest(pattern, place + 1, words, at + 1, gaps)
            return (rest[0], rest[1] + (loose or 0), rest[2]) if rest else None
        if (token, at) not in gaps:
            gaps[token, at] = sorted(self._gap(token, words, at, gaps), key=lambda one: (-one[1], one[2]))
        for value, length, loose in gaps[token, at]:
            if rest := self._rest(pattern, place + 1, words, at + length, gaps):
                return rest[0], rest[1] + loose, (value, *rest[2])
        return None

    def _gap(self, token: str, words: Sequence[str], at: int, gaps: Gaps) -> Iterator[GapValue]:
        """The values a gap accepts at a word, each with its length and number of inflected words."""
        if token in ("{n}", "{h}"):
            if number := self.number(words, at):
                value, length, loose = number
                if token == "{h}":
                    while at + length < len(words) and words[at + length] in CLOCK:
                        length += 1
                yield value, length, loose
        elif token == "{amount}":
            if amount := _written_amount(words[at]):
                yield amount, 1, 0
        elif token == "{year}":
            if words[at].isdigit() and len(words[at]) == 4 and words[at].startswith("20"):
                yield int(words[at]), 1, 0
        else:
            for entry in self._beginning(self.gaps[token], words[at]):
                if found := self._rest(entry.pattern, 0, words, at, gaps):
                    timed = token in ("{date}", "{point}")
                    yield SaidTime(entry.key, found[2]) if timed else entry.key, found[0] - at, found[1]

    def number(self, words: Sequence[str], at: int) -> tuple[int, int, int] | None:
        """The whole number at a word, its length, and whether it's inflected."""
        for loose, form in enumerate(said_forms(words[at])):
            if form in self.numbers:
                return self.numbers[form], 1, min(loose, 1)
            if form[0].isdigit() and not form.isdigit():
                continue
            if form.isdigit():
                return (int(form), 1, 0) if int(form) <= LARGEST else None
            said = read_number(self.known, [form, *words[at + 1 : at + 4]], 0)
            whole = said and not said.doubt and said.value % 1000 == 0 and 0 < said.value <= LARGEST * 1000
            if said and whole and form not in ARTICLES:
                return said.value // 1000, said.length, min(loose, 1)
        return None


def _written_amount(word: str) -> str:
    """A number in digits, as plain decimal; "" if it isn't one.

    >>> _written_amount("500"), _written_amount("1.000"), _written_amount("12.5"), _written_amount("7up")
    ('500', '1000', '12.5', '')
    """
    if _GROUPED.fullmatch(word):
        return word.replace(".", "")
    return word if _DECIMAL.fullmatch(word) else ""


def said_forms(word: str) -> tuple[str, ...]:
    """A word's forms for matching: as stated first, then without attached prefixes or a plural ending."""
    if word.isascii() and len(word) > 4 and word[-1] in "sx" and word.isalpha():
        return (word, word[:-1])
    if len(word) == SHORT and word[0] in WRITTEN_ON:
        return (word, word[1:])  # "ומה": phrases have such short prefixed forms, names don't
    return bare_forms(word)


def _looseness(said: str, word: str) -> int | None:
    """Return 0 if both words are the same, 1 if `word` is a form of `said`, None for any other word."""
    return 0 if said == word else 1 if word in said_forms(said) else None


def _pattern(text: str) -> Phrase:
    return tuple(word for part in text.split() for word in ((part,) if part[0] == "{" else words_of(part)))


def _index_entries(entries: Iterable[PhraseEntry]) -> dict[str, list[PhraseEntry]]:
    found: dict[str, list[PhraseEntry]] = {}
    for entry in entries:
        first = entry.pattern[0]
        found.setdefault("" if first[0] == "{" else first, []).append(entry)
    return found


def _entries(kind: str, table: Mapping[str, Iterable[str]]) -> Iterator[PhraseEntry]:
    for key, texts in table.items():
        yield from (PhraseEntry(kind, key, pattern) for text in texts if (pattern := _pattern(text)))


@cache
def _file(language: str) -> _File:
    return msgspec.toml.decode(read_file("edge.conversation.copilot.meaning", "vocabulary", language), type=_File)


@cache
def meaning_vocabulary(language: str) -> MeaningVocabulary:
    """The phrases of a language; dimensions may also be named in another ("לפי tender")."""
    language = understood_language(language)
    file = _file(language)
    order = [file, *(_file(one) for one in LANGUAGES if one != language)]
    entries = [entry for name in TABLES for entry in _entries(name, getattr(file, name))]
    entries += [entry for name in LISTS for entry in _entries(name, {name: getattr(file, name)})]
    entries += [entry for name in NESTED for entry in _entries(name, {name: sum(getattr(file, name).values(), ())})]
    times = [entry for entry in entries if entry.kind == "times"]
    entries += [one._replace(pattern=_pattern(first) + one.pattern) for one in times for first in file.leading]
    gaps = {
        "{day}": _index_entries(_entries("day", file.weekdays)),
        "{days}": _index_entries(_entries("days", file.weekdays_many)),
        "{month}": _index_entries(_entries("month", file.months)),
        "{feast}": _index_entries(_entries("feast", file.feasts)),
        "{part}": _index_entries(_entries("part", file.parts)),
        "{by}": _index_entries(entry for one in order for entry in _entries("by", one.dimensions)),
        "{date}": _index_entries(_entries("date", file.dates)),
        "{point}": _index_entries(entry for entry in entries if entry.kind == "times" and entry.key in POINTS),
    }
    numbers = {"".join(words_of(word)): value for word, value in file.numbers.items()}
    return MeaningVocabulary(language, _index_entries(entries), gaps, numbers, vocabulary(language))


def chain_words(language: str) -> ChainWords:
    """A chain's words for its stores in a language."""
    return _file(language).chain


@cache
def pronouns(language: str) -> frozenset[str]:
    """The words for goods named before ("them")."""
    return frozenset(word for one in _file(understood_language(language)).they for word in words_of(one))


def measure_called(measure: str, language: str) -> str:
    """The main name of a measure in a language."""
    return _file(language).measures[measure][0]
