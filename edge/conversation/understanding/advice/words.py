"""The vocabulary of requests for advice by language, from `vocabulary/advice/*.toml`."""

from __future__ import annotations

from functools import cache

import msgspec

from edge.conversation.understanding.lexicon import Phrase, spell_phrases
from edge.conversation.understanding.understood import LANGUAGES
from edge.goods.search.query.text import words_of
from edge.lib.i18n.languages import read_file

Phrases = frozenset[Phrase]


class _Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    said: tuple[str, ...]
    free: tuple[str, ...]
    has: tuple[str, ...]
    unclear: tuple[str, ...] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pairs: tuple[str, ...]
    likes: tuple[str, ...]
    replaces: tuple[str, ...]
    something: tuple[str, ...]
    drinks: tuple[str, ...]
    asks: tuple[str, ...]
    little: tuple[str, ...]
    pronouns: tuple[str, ...]
    without: tuple[str, ...]
    free: tuple[str, ...]
    nothing: tuple[str, ...]
    not_gifts: tuple[str, ...]
    prices: tuple[str, ...]
    cheap: tuple[str, ...]
    has: tuple[str, ...]
    inside: tuple[str, ...]
    owners: tuple[str, ...]
    gifts: tuple[str, ...]
    before: tuple[str, ...] = msgspec.field(name="for")
    under: tuple[str, ...] = ()
    money: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    gift_goods: tuple[str, ...] = ()
    child_goods: tuple[str, ...] = ()
    drink_goods: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    yes: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    allergens: tuple[str, ...] = ()
    ingredients: tuple[str, ...] = ()
    denies: tuple[str, ...] = ()
    persons: dict[str, tuple[str, ...]] = {}
    facts: dict[str, _Fact] = {}


class FactWords(msgspec.Struct, frozen=True):
    """Expressions of a fact: its name; claims of absence ("gluten free") or, for properties ("vegan"), of presence;
    words that imply presence; and unclear ones ("no added sugar")."""

    said: Phrases
    free: Phrases
    has: Phrases
    unclear: Phrases


class AdviceWords(msgspec.Struct, frozen=True):
    """A language's phrases by their role in a request; `persons` and `facts` by meaning."""

    sets: dict[str, Phrases]
    persons: dict[Phrase, str]
    facts: dict[str, FactWords]
    named: dict[Phrase, str]
    claimed: dict[Phrase, str]


@cache
def advice_words(language: str) -> AdviceWords:
    """The vocabulary of a language."""
    file = msgspec.toml.decode(read_file("edge.conversation.understanding", "vocabulary/advice", language), type=_File)
    names = [name for name in _File.__struct_fields__ if name not in ("persons", "facts")]
    facts = {
        id: FactWords(*(spell_phrases(texts) for texts in (one.said, one.free, one.has, one.unclear)))
        for id, one in file.facts.items()
    }
    said = [(phrase, id) for id, one in reversed(facts.items()) for phrase in one.said]
    own = dict(said)
    claimed = [(phrase, id) for id, one in reversed(facts.items()) for phrase in one.free]
    return AdviceWords(
        {name: spell_phrases(getattr(file, name)) for name in names},
        {phrase: whom for whom, texts in file.persons.items() for phrase in spell_phrases(texts)},
        facts,
        own,
        {phrase: id for phrase, id in claimed if own.get(phrase, id) == id},  # "vegan" has no milk but is its own fact
    )


@cache
def phrases_of(name: str) -> Phrases:
    """The phrases of one kind in all languages, as product data may be in any."""
    return frozenset(phrase for one in LANGUAGES for phrase in advice_words(one).sets[name])


@cache
def fact_words(id: str) -> FactWords:
    """Return the expressions of a fact in all languages. "=onion" stands for that word alone."""
    if id.startswith("="):
        word = frozenset((tuple(words_of(id[1:])),))
        return FactWords(word, frozenset(), word, frozenset())
    every = [advice_words(one).facts[id] for one in LANGUAGES]
    return FactWords(
        *(frozenset(phrase for one in every for phrase in getattr(one, field)) for field in FactWords.__struct_fields__)
    )
