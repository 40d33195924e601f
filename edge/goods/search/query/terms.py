"""Query terms: words with all their indexed forms. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from edge.goods.search.query.text import all_forms, sizes_in

QUERY_CHARS = 200
QUERY_WORDS = 12
"""Maximum words of a query; further ones are ignored."""


class QueryTerm(msgspec.Struct, frozen=True):
    """A query word. A product matches if it has one of `terms`, a word with that prefix (`open`), or all `parts` of
    words written together.

    `word` is as typed. The first of `terms` is the best: the word itself, or the size that it begins.
    """

    word: str
    terms: tuple[str, ...]
    open: bool = False
    parts: tuple[str, ...] = ()

    def as_whole_word(self) -> QueryTerm:
        """The term as a complete word."""
        return msgspec.structs.replace(self, open=False)

    def instead(self, words: Sequence[str], parts: tuple[str, ...]) -> QueryTerm:
        """The term with alternatives: one of these words, or all these parts."""
        more = [term for word in words for term in all_forms(word)]
        return msgspec.structs.replace(self, terms=tuple(dict.fromkeys((*self.terms, *more))), parts=parts)

    @property
    def match(self) -> str:
        """FTS5 expression. Terms contain only letters, digits, "." and "%", so they can't form operators."""
        terms = [f'"{term}"' for term in self.terms]
        if self.open:
            terms.append(f'"{self.word}"*')
        if self.parts:
            terms.append("(" + " AND ".join(f'"{part}"' for part in self.parts) + ")")
        return f"({' OR '.join(terms)})"


def wanted_of(words: Sequence[str]) -> list[QueryTerm]:
    """Words of a query in plain spelling; a size counts as one, and the last word may be incomplete.

    >>> [w.terms for w in wanted_of(["חלב", "1.5", "ל", "תנוב"])]
    [('חלב',), ('1500ml', '1.5'), ('תנוב',)]
    """
    sizes = dict(sizes_in(words))
    found, units = [], {place + 1 for place in sizes}
    for place, word in enumerate(words):
        if place in units or word == "%":
            continue
        last = place == len(words) - 1
        terms = (sizes[place], word) if place in sizes else all_forms(word)
        found.append(QueryTerm(word, terms, open=last))
    return found[:QUERY_WORDS]


def match_all(wanted: Sequence[QueryTerm]) -> str:
    """FTS5 expression for products with all terms.

    A single trailing letter is ignored next to other words: too many words begin with it.
    """
    longer = [one for one in wanted if len(one.word) > 1 or not one.open]
    return " AND ".join(one.match for one in longer or wanted)
