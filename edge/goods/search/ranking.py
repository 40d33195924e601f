"""Ranking of search results. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log1p
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from edge.goods.search.query.terms import QueryTerm
from edge.goods.search.query.text import all_forms, sizes_in
from edge.lib.late_import import LateModule

if TYPE_CHECKING:
    from rapidfuzz import fuzz
    from rapidfuzz.distance import OSA
else:
    fuzz = LateModule("rapidfuzz.fuzz")
    OSA = LateModule("rapidfuzz.distance.OSA")

# How well a product's best word matches a query's word; 1 is an exact match
FORM, BEGUN, BEGUN_INSIDE, MISSPELT = 0.95, 0.93, 0.8, 0.9
ALIKE = 0.5
"""Minimum share of letters in common for a word to count as a misspelling."""

LEAST_MET, LEAST_ALIKE = 0.5, 0.6
"""Minimum match quality and name similarity; a product that reaches neither isn't a match."""

WORDS, WHOLE, SOLD, RATED, NAMED, FIRST = 0.7, 0.3, 0.2, 0.04, 0.1, 0.05
"""Weights of the matched words, of the typed share of the name, of sales (which can outweigh the former), of ratings,
of all words being in the name, and of the name beginning with the first word.
"""


class Marked(msgspec.Struct, frozen=True):
    """A result: match quality (0 to 1), name similarity (0 to 1), and total score."""

    id: int
    words: tuple[str, ...]
    met: float
    alike: float
    mark: float


def rank(
    asked: str,
    wanted: Sequence[QueryTerm],
    found: Mapping[int, str],
    sold: Mapping[int, float],
    rated: Mapping[int, float] = MappingProxyType({}),
) -> list[Marked]:
    """Scored products, best first. `found`: by id, a line per name and one for other data.

    `sold`: recent sales on any scale, missing if none. `rated`: customer ratings from -1 to 1.
    """
    most = log1p(max(sold.values(), default=0.0)) or 1.0
    numbers = any(one.word[0].isdigit() for one in wanted)
    marked = []
    for id, lines in found.items():
        names = lines.split("\n")[:-1]
        words = tuple(lines.split())
        if numbers:
            words += tuple(size for _, size in sizes_in(words))
        how_well = share_met(wanted, words)
        alike = max((fuzz.ratio(asked, name) for name in names), default=0.0) / 100
        mark = WORDS * how_well + WHOLE * alike + SOLD * log1p(sold.get(id, 0.0)) / most
        mark += RATED * rated.get(id, 0.0)
        mark += max((_in_name(wanted, name.split()) for name in names), default=0.0)
        if how_well >= LEAST_MET or alike >= LEAST_ALIKE:
            marked.append(Marked(id, words, how_well, alike, mark))
    return sorted(marked, key=lambda one: (-one.mark, one.id))


def _in_name(wanted: Sequence[QueryTerm], name: Sequence[str]) -> float:
    """Bonus if all words are in one name."""
    if not name or not all(any(_is(one, word) for word in name) for one in wanted):
        return 0.0
    return NAMED + (FIRST if _is(wanted[0], name[0]) else 0.0)


def _is(one: QueryTerm, word: str) -> bool:
    return word in one.terms or (one.open and word.startswith(one.word))


def share_met(wanted: Sequence[QueryTerm], words: Sequence[str]) -> float:
    """Weighted match quality from 0 to 1; longer words count more."""
    total = weight = 0.0
    for one in wanted:
        counts = 2.0 + min(len(one.word), 6)
        total += counts * _meets(one, words)
        weight += counts
    return total / weight if weight else 0.0


def _meets(one: QueryTerm, words: Sequence[str]) -> float:
    word = one.word
    if one.terms[0] in words:
        return 1.0
    if any(form in one.terms for known in words for form in all_forms(known)):
        return FORM
    if one.parts and all(part in words for part in one.parts):
        return FORM
    if any(known.startswith(word) for known in words):
        return BEGUN if one.open else BEGUN_INSIDE
    if not word.isalpha():
        return 0.0
    best = max((OSA.normalized_similarity(word, known, score_cutoff=ALIKE) for known in words), default=0.0)
    if one.open:
        cut = (OSA.normalized_similarity(word, known[: len(word)], score_cutoff=ALIKE) for known in words)
        best = max(best, max(cut, default=0.0) * BEGUN)
    return best * MISSPELT
