"""Retrieval in steps: each step is used only if earlier ones found too little."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from edge.core.storage.database import Connection
from edge.goods.search import index
from edge.goods.search.query.keyboard_layout import swap_layout
from edge.goods.search.query.terms import QueryTerm, wanted_of
from edge.goods.search.query.text import all_forms, with_final_letters, words_of
from edge.goods.search.ranking import Marked, rank
from edge.goods.search.spelling import apart, suggest_spellings

RANKED = 150
"""Maximum products with all words to compare; if there are more, products with short names and best
sellers are added.
"""

NEAR = 24
PARTLY = 40
"""Maximum products to compare if few match: those with the most similar text, and those missing one word."""

BEGINNING = 40
"""Maximum products to compare whose name begins with the query."""

PARTLY_WORDS = 6
"""Maximum words in a query for which one word may be left out."""

GOOD = 0.9
"""Match quality (up to 1) from which no alternatives are searched."""

HOT = 1_000
"""Number of best sellers to compare regardless of text length; also the number listed for an empty query."""


class SearchResult(NamedTuple):
    """Products, best first; the corrected query ("": as typed); and whether the first product contains its words."""

    ids: list[int]
    meant: str
    sure: bool


def find_ids(
    db: Connection, text: str, retired: bool, within: index.ProductFilter | None = None, near: bool = True
) -> SearchResult:
    """Find products for these words, only among `within` if given.

    Without words, best sellers come first, then the newest. `near`: also try similar spellings if there is no exact
    match.
    """
    asked = _Asked(db, text, retired, within)
    if not asked.wanted:
        return SearchResult(asked.all_within(), "", True)
    if not near:
        exact = asked.as_typed()
        return SearchResult([one.id for one in exact], "", bool(exact) and exact[0].met >= GOOD)
    found, fixed = asked.find()
    other = swap_layout(text)
    if other and not (found and found[0].met >= GOOD):
        typed = _Asked(db, other, retired, within)
        if typed.wanted and all(index.is_known(db, one) for one in typed.wanted):
            found_typed, _ = typed.find()
            found, fixed = (found_typed, other) if found_typed else (found, fixed)
    return SearchResult([one.id for one in found], fixed, bool(found) and found[0].met >= GOOD)


def ids_with_word(db: Connection, word: str) -> list[int]:
    """Active products with a word that may be incomplete: best sellers, then the shortest names.
    Cheaper than ranking.
    """
    if word.isalpha() and not any(index.is_known(db, QueryTerm(one, (), open=True)) for one in all_forms(word)):
        return []
    return _Asked(db, word, False, None).sold_with_words()


class _Asked:
    """One query and its results so far."""

    def __init__(self, db: Connection, text: str, retired: bool, within: index.ProductFilter | None) -> None:
        self._db = db
        self._retired = retired
        self._within = within
        self._words = words_of(text)
        self.wanted = wanted_of(self._words)
        self._ids: dict[int, None] = {}

    def all_within(self) -> list[int]:
        """Permitted products: best sellers, then the newest."""
        if self._within is None:
            return []
        good = self._within.all()
        hot = [id for id in index.hottest(self._db, HOT) if id in good]
        first = list(dict.fromkeys((*hot, *sorted(good, reverse=True))))[:HOT]
        there, _ = index.words_and_sales(self._db, first, self._retired)
        return [id for id in first if id in there]

    def as_typed(self) -> list[Marked]:
        """Scored products with the words as typed."""
        self._add_all_of(self.wanted)
        return self._rank(self.wanted)

    def sold_with_words(self) -> list[int]:
        """Products with the words as typed: best sellers, then the shortest names."""
        if not self.wanted:
            return []
        self._add_all_of(self.wanted)
        words, sold = index.words_and_sales(self._db, self._ids, self._retired) if self._ids else ({}, {})
        return sorted(words, key=lambda id: (-sold.get(id, 0.0), len(words[id])))

    def find(self) -> tuple[list[Marked], str]:
        """Scored products, and the corrected query."""
        wanted = self.wanted
        found = self.as_typed()
        unknown = [one for one in wanted if one.word.isalpha() and not index.is_known(self._db, one)]
        fixed = wanted
        if unknown:
            fixed = [self._correct_term(one) if one in unknown else one for one in wanted]
            self._add(index.all_of(self._db, fixed, RANKED, self._retired, self._within))
            found = self._rank(fixed)
        if not found or found[0].met < GOOD:
            self._add_near(fixed)
            found = self._rank(fixed)
        return found, _corrected_question(wanted, fixed, found)

    def _correct_term(self, one: QueryTerm) -> QueryTerm:
        return one.instead(suggest_spellings(self._db, one.word, one.open), apart(self._db, one.word))

    def _add(self, ids: Iterable[int]) -> None:
        self._ids.update(dict.fromkeys(ids))

    def _add_all_of(self, wanted: Sequence[QueryTerm]) -> None:
        """Add products by name prefix, by all words with the last possibly incomplete, and best sellers."""
        if len(wanted) > 1 or len(wanted[0].word) > 1:
            self._add(index.beginning(self._db, self._words, BEGINNING, self._retired, self._within))
        for form in ([one.as_whole_word() for one in wanted], wanted):
            if len(self._ids) < RANKED:
                self._add(index.all_of(self._db, form, RANKED, self._retired, self._within))
                if len(self._ids) >= RANKED:
                    self._add(index.short_of(self._db, form, RANKED, self._retired, self._within))
        if len(self._ids) >= RANKED and (hot := index.hottest(self._db, HOT)):
            sold = index.all_of(self._db, wanted, RANKED, self._retired, index.OneOf(hot))
            self._add(index.fulfilling(sold, self._within))

    def _add_near(self, wanted: Sequence[QueryTerm]) -> None:
        """Add products with similar names, and those missing one word."""
        self._add(index.fulfilling(index.near(self._db, self._words, NEAR), self._within))
        if 1 < len(wanted) <= PARTLY_WORDS:
            for place in range(len(wanted)):
                others = [*wanted[:place], *wanted[place + 1 :]]
                self._add(index.all_of(self._db, others, PARTLY, self._retired, self._within))

    def _rank(self, wanted: Sequence[QueryTerm]) -> list[Marked]:
        if not self._ids:
            return []
        words, sold = index.words_and_sales(self._db, self._ids, self._retired)
        return rank(" ".join(self._words), wanted, words, sold, index.ratings(self._db, words))


def _corrected_question(wanted: Sequence[QueryTerm], fixed: Sequence[QueryTerm], found: Sequence[Marked]) -> str:
    """Return the query with corrected words; "" if none was corrected."""
    if not found or fixed is wanted:
        return ""
    known = set(found[0].words)
    said = [_word_said(before, one, known) for before, one in zip(wanted, fixed, strict=True)]
    return (
        " ".join(with_final_letters(word) for words in said for word in words.split())
        if said != [one.word for one in wanted]
        else ""
    )


def _word_said(before: QueryTerm, one: QueryTerm, known: set[str]) -> str:
    """Return the correction of a word, the words it was split into, or the word as typed."""
    if one.parts and known.issuperset(one.parts):
        return " ".join(one.parts)
    return next((term for term in one.terms[len(before.terms) :] if term in known), before.word)
