"""Match invoice lines to a supplier's products by name, if no number does. Pure.

A name only proposes a match: products of one maker often differ by a single word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from edge.lib.late_import import LateModule

if TYPE_CHECKING:
    from rapidfuzz import fuzz, process
else:
    fuzz = LateModule("rapidfuzz.fuzz")
    process = LateModule("rapidfuzz.process")


LIKE_PERCENT = 90
"""Similarity in percent from which a product is proposed."""
COMPARED_MOST = 5
"""Number of the most similar products whose digits are also compared."""
_FIGURES = re.compile(r"\d+(?:[.,]\d+)?")


def like_named(name: str, goods: Mapping[str, str]) -> str:
    """Return the product with nearly this name; "" if there is none, or two are equally near.

    `goods`: products by plain name. Digits must be equal: 3 % is not 1 %.

    >>> like_named("Organic milk 3 %", {"organic milk 3 %": "m3", "organic milk 1 %": "m1"})
    'm3'
    >>> like_named("Organic milk 2 %", {"organic milk 3 %": "m3", "organic milk 1 %": "m1"})
    ''
    """
    said = plain_name(name)
    figures = sorted(_FIGURES.findall(said))
    found = process.extract(said, list(goods), scorer=fuzz.ratio, score_cutoff=LIKE_PERCENT, limit=COMPARED_MOST)
    alike = [(score, goods[called]) for called, score, _ in found if sorted(_FIGURES.findall(called)) == figures]
    best = {sku for score, sku in alike if score == alike[0][0]}
    return best.pop() if len(best) == 1 else ""


def plain_name(name: str) -> str:
    """A name normalised for comparison.

    >>> plain_name(" Organic  MILK ")
    'organic milk'
    """
    return " ".join(name.casefold().split())
