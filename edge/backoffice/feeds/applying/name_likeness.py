"""Similarity of a competitor's product name to our names, used if no code identifies the product. Pure.

Words are weighted by their rarity among the shop's products, as common ones ("milk") say little. Abbreviations match
("choc." for "chocolate"), and one error per five letters is allowed. Figures must match: 70 % is not 85 %. Quantities
are compared as sizes, in any notation.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec

from edge.lib.i18n.folding import without_marks
from edge.lib.late_import import LateModule

if TYPE_CHECKING:
    from rapidfuzz.distance import OSA
else:
    OSA = LateModule("rapidfuzz.distance.OSA")

BAR = 0.90
"""Minimum similarity for proposing a product."""
APART = 0.08
"""Minimum lead over the second-best name; otherwise the match is ambiguous."""
WORDS_LEAST = 3
"""Minimum words in a name. Too many products of different makers share shorter names."""
CUT_LEAST, ERROR_FROM = 3, 5
_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)?")
_SIZES = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(?:(kg|kilo|g|gr|gram|ml|cl|l|lt|liter|litre|oz|ק\"?ג|קילו|גרם|גר|ג|מ\"?ל|מל|ליטר|לי|ל)(?![^\W\d_]))",
    re.IGNORECASE,
)
_TO_BASE: Mapping[str, tuple[str, float]] = {
    **dict.fromkeys(("g", "gr", "gram", "גרם", "גר", "ג"), ("g", 1)),
    **dict.fromkeys(("kg", "kilo", 'ק"ג', "קג", "קילו"), ("g", 1000)),
    **dict.fromkeys(("ml", 'מ"ל', "מל"), ("ml", 1)),
    **dict.fromkeys(("cl",), ("ml", 10)),
    **dict.fromkeys(("l", "lt", "liter", "litre", "ליטר", "לי", "ל"), ("ml", 1000)),
    "oz": ("g", 28.349523),
}


class SaidName(msgspec.Struct, frozen=True):
    """A name for comparison: words, figures, and sizes (measure, amount)."""

    words: frozenset[str]
    figures: frozenset[str]
    sizes: frozenset[tuple[str, int]]


def said_name(text: str) -> SaidName:
    """A name normalised for comparison.

    >>> said_name("Milk 3% 1 L").sizes, sorted(said_name("Milk 3% 1 L").words)
    (frozenset({('ml', 1000)}), ['milk'])
    """
    plain = without_marks(text.casefold())
    sizes = set()
    for amount, unit in _SIZES.findall(plain):
        measure, many = _TO_BASE[unit]
        sizes.add((measure, round(float(amount.replace(",", ".")) * many)))
    tokens = _TOKEN.findall(_SIZES.sub(" ", plain))
    figures = frozenset(one.replace(",", ".") for one in tokens if one[0].isdigit())
    return SaidName(
        frozenset(one for one in tokens if not one[0].isdigit() and len(one) > 1), figures, frozenset(sizes)
    )


class KnownNames:
    """The names of the shop's products."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        """`names`: pairs of product and name; a product may have several."""
        self._names = [(sku, said_name(text)) for sku, text in names]
        counts = Counter(word for _, name in self._names for word in name.words)
        self._many = len(self._names) + 1
        self._counts = counts
        self._by_word: dict[str, list[int]] = {}
        for at, (_, name) in enumerate(self._names):
            for word in name.words:
                self._by_word.setdefault(word[:CUT_LEAST], []).append(at)

    def propose_product(self, text: str) -> tuple[str, float]:
        """The most likely product and its similarity (0..1); ("", the best score) if undecided."""
        said = said_name(text)
        places = {at for word in said.words for at in self._by_word.get(word[:CUT_LEAST], ())}
        best: dict[str, float] = {}
        for at in places:
            sku, name = self._names[at]
            best[sku] = max(best.get(sku, 0.0), self._likeness(said, name))
        ranked = sorted(best.items(), key=lambda one: (-one[1], one[0]))[:2]
        if not ranked:
            return "", 0.0
        sku, likeness = ranked[0]
        is_clear = len(ranked) == 1 or likeness - ranked[1][1] >= APART
        return (sku if likeness >= BAR and is_clear else ""), likeness

    def _likeness(self, one: SaidName, other: SaidName) -> float:
        if not one.sizes or one.sizes != other.sizes or one.figures != other.figures:
            return 0.0
        if min(len(one.words), len(other.words)) < WORDS_LEAST:
            return 0.0
        whole = sum(map(self._weight, one.words)) + sum(map(self._weight, other.words))
        found, left = 0.0, set(other.words)
        for word in sorted(one.words, key=self._weight, reverse=True):
            if like := next((two for two in sorted(left) if _is_like(word, two)), ""):
                left.discard(like)
                found += self._weight(word) + self._weight(like)
        return found / whole if whole else 0.0

    def _weight(self, word: str) -> float:
        return math.log(self._many / (self._counts.get(word, 0) + 1)) + 0.5


def _is_like(one: str, other: str) -> bool:
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) >= CUT_LEAST and longer.startswith(shorter):
        return True
    return len(shorter) >= ERROR_FROM and OSA.distance(one, other, score_cutoff=1) <= 1
