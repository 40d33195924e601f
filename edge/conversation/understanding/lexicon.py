"""Vocabulary by language, from `vocabulary/*.toml`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, cached_property
from itertools import product
from typing import Any, NamedTuple, TypeVar

import msgspec

from edge.conversation.understanding.reading.name_forms import ATTACHED
from edge.conversation.understanding.understood import LANGUAGES, understood_language
from edge.goods.search.query.text import words_of
from edge.lib.i18n.languages import read_file
from edge.lib.units.containers import Forms, container_forms

Phrase = tuple[str, ...]
T = TypeVar("T")
_BRACKETS = re.compile(r"\(([^()]*)\)")

MATERIALS = frozenset({"plastic", "glass"})
"""Container words that name a material and aren't used for counting."""


class Phrases(frozenset[Phrase]):
    """Phrases, with the lengths of those that begin with a word."""

    @cached_property
    def lengths(self) -> dict[str, tuple[int, ...]]:
        return lengths_by_word(self)


class PhraseTable(dict[Phrase, T]):
    """The meanings of phrases, with the lengths of those that begin with a word. Never changed."""

    @cached_property
    def lengths(self) -> dict[str, tuple[int, ...]]:
        return lengths_by_word(self)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    joiners: tuple[str, ...]
    negations: tuple[str, ...]
    hold: tuple[str, ...]
    present: tuple[str, ...]
    reasons: tuple[str, ...]
    fillers: tuple[str, ...]
    hurried: tuple[str, ...]
    asking: tuple[str, ...]
    reports: tuple[str, ...]
    into: tuple[str, ...]
    questioning: tuple[str, ...]
    inverted: tuple[str, ...]
    adverbs: tuple[str, ...]
    polite: tuple[str, ...]
    between: tuple[str, ...]
    lots: tuple[str, ...]
    until: tuple[str, ...]
    another: tuple[str, ...]
    ambiguous: tuple[str, ...]
    of: tuple[str, ...]
    percent: tuple[str, ...]
    points: tuple[str, ...]
    subjects: tuple[str, ...]
    money_word: str
    definite: tuple[str, ...]
    for_whom: tuple[str, ...]
    inside: tuple[str, ...]
    shortened: tuple[str, ...]
    measures: tuple[str, ...]
    noises: tuple[str, ...]
    greetings: tuple[str, ...]
    pin_words: tuple[str, ...]
    expected: tuple[str, ...]
    plurals: tuple[str, ...]
    cartons: tuple[str, ...]
    verbs: dict[str, tuple[str, ...]]
    asks: dict[str, tuple[str, ...]]
    replies: dict[str, tuple[str, ...]]
    causes: dict[str, tuple[str, ...]]
    languages: dict[str, tuple[str, ...]]
    numbers: dict[str, int]
    dozens: dict[str, int]
    fractions: dict[str, int]
    parts: dict[str, int]
    ordinals: dict[str, int]
    units: dict[str, Forms]
    days: dict[str, tuple[str, ...]]
    placing: dict[str, tuple[str, ...]]
    shopping: dict[str, tuple[str, ...]]
    wishing: dict[str, tuple[str, ...]]
    declined: dict[str, tuple[str, ...]]
    spelt: dict[str, str]
    repeats: dict[str, tuple[str, ...]]
    attached_places: dict[str, str] = {}


class CountingWord(NamedTuple):
    """A counting word: a `unit` ("box", "unit", "kg"...) or a `container`, and whether it's singular."""

    unit: str
    container: str
    single: bool


class Vocabulary(msgspec.Struct, frozen=True):
    """A language's words, as phrases in normalised spelling.

    `expected`: short words for the recogniser to expect, as written. `plurals`: endings. `cartons`: beginnings of words
    that mean a box, but also the carton that a litre of milk comes in. `attached_places`: Hebrew prefixes of place
    names and their meaning.
    """

    language: str
    joiners: frozenset[Phrase]
    negations: frozenset[Phrase]
    hold: frozenset[Phrase]
    present: frozenset[Phrase]
    reasons: frozenset[Phrase]
    fillers: frozenset[Phrase]
    hurried: frozenset[Phrase]
    asking: frozenset[Phrase]
    reports: frozenset[Phrase]
    into: frozenset[Phrase]
    questioning: frozenset[Phrase]
    inverted: frozenset[Phrase]
    adverbs: frozenset[Phrase]
    polite: frozenset[Phrase]
    between: frozenset[Phrase]
    lots: frozenset[Phrase]
    until: frozenset[Phrase]
    another: frozenset[Phrase]
    ambiguous: frozenset[Phrase]
    of: frozenset[Phrase]
    percent: frozenset[Phrase]
    points: frozenset[Phrase]
    subjects: frozenset[Phrase]
    money_word: str
    definite: frozenset[Phrase]
    for_whom: frozenset[Phrase]
    inside: frozenset[Phrase]
    shortened: tuple[str, ...]
    measures: frozenset[Phrase]
    noises: frozenset[Phrase]
    greetings: frozenset[Phrase]
    pin_words: frozenset[Phrase]
    expected: tuple[str, ...]
    plurals: tuple[str, ...]
    cartons: tuple[str, ...]
    attached_places: tuple[tuple[str, str], ...]
    verbs: dict[Phrase, str]
    asks: dict[Phrase, str]
    replies: dict[Phrase, str]
    causes: dict[Phrase, str]
    languages: dict[Phrase, str]
    days: dict[Phrase, str]
    shopping: dict[Phrase, str]
    declined: dict[Phrase, str]
    repeats: dict[Phrase, str]
    placing: dict[str, frozenset[Phrase]]
    spelt: dict[Phrase, Phrase]
    numbers: dict[str, int]
    dozens: dict[str, int]
    fractions: dict[str, int]
    parts: dict[str, int]
    counted: dict[Phrase, CountingWord]
    containers: Mapping[str, Forms]
    units: dict[str, Forms]
    lengths: dict[str, tuple[int, ...]]
    """The lengths of all phrases that begin with a word, longest first."""

    def match(self, phrases: Mapping[Phrase, object] | frozenset[Phrase], words: Sequence[str], at: int) -> int:
        """The length of the longest of these phrases of this vocabulary at a position; 0 if none matches."""
        lengths = phrases.lengths if isinstance(phrases, (Phrases, PhraseTable)) else self.lengths
        for length in lengths.get(words[at], ()) if at < len(words) else ():
            if tuple(words[at : at + length]) in phrases and at + length <= len(words):
                return length
        return 0

    def written_out(self, words: Sequence[str]) -> list[str]:
        """The words with hasty spellings expanded: "gimme" becomes "give me".

        >>> vocabulary("en").written_out(["id", "like", "an", "id", "card"])
        ['i', 'd', 'like', 'an', 'id', 'card']
        """
        found: list[str] = []
        at = 0
        while at < len(words):
            length = self.match(self.spelt, words, at)
            found += self.spelt[tuple(words[at : at + length])] if length else [words[at]]
            at += length or 1
        return found

    def bare_number(self, word: str) -> str:
        """A word; in Hebrew, a number without the "to" of its verb: "I meant to-three"."""
        attached = self.language == "he" and word[0] == "ל" and word[1:] in self.numbers
        return word[1:] if attached else word

    def bare(self, word: str) -> Iterable[str]:
        """A word and, in Hebrew, its form without an attached prefix."""
        yield word
        if self.language == "he" and len(word) > 2 and word[0] in ATTACHED:
            yield word[1:]
            if word[0] in "ושמ" and len(word) > 3 and word[1] in ATTACHED:
                yield word[2:]


def spell_phrases(texts: Iterable[str]) -> Phrases:
    """The phrases in plain spelling; of words in brackets each is one more, and an empty one may be left out.

    >>> sorted(spell_phrases(["(undo|cancel) (it|)"]))
    [('cancel',), ('cancel', 'it'), ('undo',), ('undo', 'it')]
    """
    choices = (
        [part.split("|") if at % 2 else [part] for at, part in enumerate(_BRACKETS.split(text))] for text in texts
    )
    return Phrases(tuple(words_of(" ".join(words))) for one in choices for words in product(*one))


def lengths_by_word(phrases: Iterable[Phrase]) -> dict[str, tuple[int, ...]]:
    """The lengths of the phrases that begin with each word, longest first.

    >>> lengths_by_word([("take",), ("take", "it", "out"), ("put", "in")])
    {'take': (3, 1), 'put': (2,)}
    """
    found: dict[str, set[int]] = {}
    for phrase in phrases:
        if phrase:
            found.setdefault(phrase[0], set()).add(len(phrase))
    return {word: tuple(sorted(lengths, reverse=True)) for word, lengths in found.items()}


def _index_phrases(table: Mapping[str, Iterable[str]]) -> PhraseTable[str]:
    return PhraseTable({phrase: key for key, texts in table.items() for phrase in spell_phrases(texts)})


def _plain(words: Iterable[str]) -> Iterable[str]:
    return ("".join(words_of(word)) for word in words)


def _words(table: Mapping[str, int]) -> dict[str, int]:
    return {"".join(words_of(word)): value for word, value in table.items()}


_MADE: dict[Any, Callable[[Any], Any]] = {
    frozenset[Phrase]: spell_phrases,
    dict[Phrase, str]: _index_phrases,
    dict[str, int]: _words,
}
"""Converters from a field in the file to its type here."""


@cache
def _file(language: str) -> _File:
    return msgspec.toml.decode(read_file("edge.conversation.understanding", "vocabulary", language), type=_File)


@cache
def vocabulary(language: str) -> Vocabulary:
    """The vocabulary of a language."""
    language = understood_language(language)
    file = _file(language)
    containers = container_forms(language)
    counted: dict[Phrase, CountingWord] = {}
    for id, forms in containers.items():
        for texts, single in ((forms.one, True), (forms.many, False)):
            said = [phrase for phrase in spell_phrases(texts) if id not in MATERIALS or len(phrase) > 1]
            counted |= {phrase: CountingWord("unit", id, single) for phrase in said}
    for id, forms in file.units.items():
        counted |= {phrase: CountingWord(id, "", False) for phrase in spell_phrases(forms.many)}
        counted |= {phrase: CountingWord(id, "", True) for phrase in spell_phrases(forms.one)}
    if language == "he":  # "trays of" has its own form: מגשים, מגשי
        many = [phrase for phrase in counted if len(phrase) == 1 and phrase[0].endswith("ימ")]
        counted |= {(word[:-1],): counted[(word,)] for (word,) in many if (word[:-1],) not in counted}
    fields = msgspec.structs.fields(Vocabulary)
    made = {one.name: _MADE[one.type](getattr(file, one.name)) for one in fields if one.type in _MADE}
    asks, verbs = (spell_phrases(file.wishing[one]) for one in ("asks", "verbs"))
    made["shopping"] = PhraseTable({asked + verb: "add" for asked in asks for verb in verbs} | made["shopping"])
    placing = {role: spell_phrases(texts) for role, texts in file.placing.items()}
    spelt = {tuple(words_of(word)): tuple(words_of(text)) for word, text in file.spelt.items()}
    tables = (*made.values(), *placing.values(), counted, spelt)
    rest = {
        "money_word": file.money_word,
        "shortened": file.shortened,
        "expected": file.expected,
        "plurals": tuple(_plain(file.plurals)),
        "cartons": tuple(_plain(file.cartons)),
        "attached_places": tuple(file.attached_places.items()),
        "placing": placing,
        "spelt": spelt,
        "counted": PhraseTable(counted),
        "containers": containers,
        "units": file.units,
        "lengths": lengths_by_word(one for words in tables for one in words if isinstance(one, tuple)),
    }
    return Vocabulary(language=language, **made, **rest)  # type: ignore[arg-type]


@cache
def vocabularies() -> tuple[Vocabulary, ...]:
    """The vocabularies of all languages."""
    return tuple(map(vocabulary, LANGUAGES))


@cache
def in_any_language(table: str) -> frozenset[str]:
    """The single words of one table, in all languages: those of `of` are "of", "de" and "של"."""
    return frozenset(phrase[0] for one in vocabularies() for phrase in getattr(one, table) if len(phrase) == 1)


def wants_another(text: str) -> bool:
    """Whether a whole sentence, in any language, asks for other options than those shown.

    >>> wants_another("Something else?"), wants_another("another milk")
    (True, False)
    """
    words = tuple(words_of(text))
    return any(words in one.another for one in vocabularies())


@cache
def ordinals() -> dict[Phrase, int]:
    return {tuple(words_of(said)): place for language in LANGUAGES for said, place in _file(language).ordinals.items()}


def place_said(text: str) -> int:
    """The option a whole sentence points at, in any language: 1 the first, -1 the last; 0 if none.

    >>> place_said("the second one"), place_said("Le dernier"), place_said("second hand")
    (2, -1, 0)
    """
    return ordinals().get(tuple(words_of(text)), 0)


def forms_of(counted: str, language: str) -> Forms | None:
    """The forms of a container or unit ("box", "unit"); None if the vocabulary has none."""
    known = vocabulary(language)
    return known.containers.get(counted) or known.units.get(counted)
