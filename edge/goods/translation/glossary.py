"""The glossary: a shop's fixed translations by language, and words that stay untranslated. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from typing import Annotated, NamedTuple

import msgspec

TERMS_MOST = 500
TERM_CHARS = 60
TermId = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]{0,19}$(?!\n)")]
TermNames = Annotated[
    dict[str, Annotated[str, msgspec.Meta(min_length=1, max_length=TERM_CHARS)]],
    msgspec.Meta(min_length=1, max_length=10),
]
OtherWords = Annotated[
    dict[str, Annotated[str, msgspec.Meta(min_length=1, max_length=4 * TERM_CHARS)]], msgspec.Meta(max_length=10)
]


class TermPair(NamedTuple):
    """A source term, its translation, equally good translations, and forbidden translations."""

    theirs: str
    ours: str
    also: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()


class GlossaryTerm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A term and its translations.

    `keep`: it stays untranslated. `also`: equally good words by language; `avoid`: forbidden words by language; both
    separated by commas.
    """

    id: TermId
    names: TermNames
    keep: bool = False
    also: OtherWords = {}
    avoid: OtherWords = {}


def pairs_of(terms: Iterable[GlossaryTerm], source_language: str, language: str) -> tuple[TermPair, ...]:
    """The translations of terms that exist in both languages."""
    return tuple(
        TermPair(theirs, term.names[language], _words_of(term.also, language), _words_of(term.avoid, language))
        for term in terms
        if not term.keep and {source_language, language} <= term.names.keys()
        for theirs in (term.names[source_language], *_words_of(term.also, source_language))
    )


def _words_of(said: Mapping[str, str], language: str) -> tuple[str, ...]:
    return tuple(word for part in said.get(language, "").split(",") if (word := part.strip()))


def untranslated_words(terms: Iterable[GlossaryTerm]) -> tuple[str, ...]:
    """The words that stay untranslated, in all languages."""
    return tuple(dict.fromkeys(name for term in terms if term.keep for name in term.names.values()))


def terms_in(source: str, pairs: Collection[TermPair]) -> tuple[TermPair, ...]:
    """The terms that occur in a source text."""
    return tuple(pair for pair in pairs if has_word(source, pair.theirs))


def has_word(text: str, word: str) -> bool:
    """Whether a text contains a word or phrase as a whole, ignoring case."""
    wanted, said = as_compared(word), as_compared(text)
    return wanted in said and re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", said) is not None


def as_compared(text: str) -> str:
    """A text normalised for comparison: composed and case-folded."""
    return unicodedata.normalize("NFC", text).casefold()
