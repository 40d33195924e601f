"""The glossary: a shop's fixed translations by language, and words that stay untranslated. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from typing import Annotated

import msgspec

TERMS_MOST = 500
TERM_CHARS = 60
TermId = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]{0,19}$(?!\n)")]
TermNames = Annotated[
    dict[str, Annotated[str, msgspec.Meta(min_length=1, max_length=TERM_CHARS)]],
    msgspec.Meta(min_length=1, max_length=10),
]
TermPair = tuple[str, str]
"""A source term and its required translation."""


class GlossaryTerm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A term and its translations. `keep`: it stays as it is in every translation."""

    id: TermId
    names: TermNames
    keep: bool = False


def pairs_of(terms: Iterable[GlossaryTerm], source_language: str, language: str) -> tuple[TermPair, ...]:
    """The translations of terms that exist in both languages."""
    both = (term.names for term in terms if not term.keep and {source_language, language} <= term.names.keys())
    return tuple((names[source_language], names[language]) for names in both)


def kept_of(terms: Iterable[GlossaryTerm]) -> tuple[str, ...]:
    """The words that stay untranslated, in all languages."""
    return tuple(dict.fromkeys(name for term in terms if term.keep for name in term.names.values()))


def terms_in(source: str, pairs: Collection[TermPair]) -> tuple[TermPair, ...]:
    """The terms that occur in a source."""
    return tuple(pair for pair in pairs if has_word(source, pair[0]))


def has_word(text: str, word: str) -> bool:
    """Whether a text contains a word or phrase as a whole, ignoring case."""
    wanted, said = as_compared(word), as_compared(text)
    return wanted in said and re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", said) is not None


def as_compared(text: str) -> str:
    """A text normalised for comparison: composed and case-folded."""
    return unicodedata.normalize("NFC", text).casefold()
