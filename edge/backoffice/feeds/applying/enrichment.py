"""Match a product to a strain by spelling, and derive its attributes from tables. Pure."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from edge.goods.catalog.product import STAFF_ONLY, Product, Value
from edge.lib.late_import import LateModule
from edge.lib.units.quantity import THOUSANDTHS, show_quantity

if TYPE_CHECKING:
    from rapidfuzz.distance import Levenshtein
else:
    Levenshtein = LateModule("rapidfuzz.distance.Levenshtein")

FORGIVING_CHARS = 6
"""Minimum letters of a name that may contain one typo. A shorter name with a different letter is another word."""
REASONS_SHOWN = 8
EFFECTS, WHY, WHEN = STAFF_ONLY
MARKS = frozenset(("strain", "strain type", "thc"))
"""Attributes that mark a product as a cannabis strain. An apple isn't one, even if it has a strain's name."""


class Terpene(msgspec.Struct, frozen=True, array_like=True):
    """A terpene's content, in thousandths of a percent."""

    name: str
    share: int


class Strain(msgspec.Struct, frozen=True):
    """A strain in the table; `lineage`: "A x B"."""

    name: str
    lineage: str = ""
    terpenes: tuple[Terpene, ...] = ()


class Prediction(msgspec.Struct, frozen=True):
    """An effect with its expected strength in thousandths, and the weights that determined it, largest contribution
    first: terpene, share, weight."""

    effect: str
    score: int
    rows: tuple[tuple[str, int, int], ...]


class StrainIndex:
    """Finds strains by spelling."""

    def __init__(self, strains: Mapping[str, Strain]) -> None:
        self._strains = strains
        self._near: defaultdict[str, list[str]] = defaultdict(list)
        for plain in strains:
            for text in _shorter(plain):
                self._near[text].append(plain)

    def find(self, name: str) -> Strain | None:
        """The strain with this name, allowing one wrong letter but no different digit; None if there is none, or if two
        are equally close.

        >>> index = StrainIndex({"northlights": Strain("North Lights"), "haze": Strain("Haze")})
        >>> index.find("NORTH LIGTHS") is None, index.find("north lihts").name, index.find("Hase")
        (True, 'North Lights', None)
        """
        plain = plain_spelling(name)
        if plain in self._strains:
            return self._strains[plain]
        if len(plain) < FORGIVING_CHARS:
            return None
        maybe = {one for text in _shorter(plain) for one in self._near.get(text, ())}
        near = [
            one
            for one in maybe
            if len(one) >= FORGIVING_CHARS
            and _figures(one) == _figures(plain)
            and Levenshtein.distance(one, plain) <= 1
        ]
        return self._strains[near[0]] if len(near) == 1 else None


def plain_spelling(text: str) -> str:
    """A name normalised for spelling variants.

    >>> plain_spelling("  Gélato #33 "), plain_spelling("GELATO-33")
    ('gelato33', 'gelato33')
    """
    bare = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in bare if char.isalnum())


def _figures(plain: str) -> str:
    return "".join(char for char in plain if char.isdigit())


def _shorter(plain: str) -> set[str]:
    """A spelling, and all spellings with one letter removed. Spellings that are one typo apart share one of these."""
    return {plain, *(plain[:at] + plain[at + 1 :] for at in range(len(plain)))}


def predict_effects(terpenes: Sequence[Terpene], weights: Mapping[str, Mapping[str, int]]) -> list[Prediction]:
    """The effects of terpenes by a table of weights, strongest first. An effect's score is the mean of its weights,
    weighted by share.

    >>> weights = {"a": {"calm": 800}, "b": {"calm": 400, "awake": 400}}
    >>> [(one.effect, one.score) for one in predict_effects([Terpene("a", 300), Terpene("b", 100)], weights)]
    [('calm', 700), ('awake', 100)]
    """
    total = sum(one.share for one in terpenes if one.name in weights)
    rows: defaultdict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for one in terpenes:
        for effect, weight in weights.get(one.name, {}).items():
            if weight:
                rows[effect].append((one.name, one.share, weight))
    found = [
        Prediction(
            effect,
            sum(share * weight for _, share, weight in some) // total,
            tuple(sorted(some, key=lambda row: (-row[1] * row[2], row[0]))),
        )
        for effect, some in rows.items()
    ]
    return sorted((one for one in found if one.score), key=lambda one: (-one.score, one.effect))


def strain_named(product: Product, index: StrainIndex) -> Strain | None:
    """A product's strain, by its attribute or else by its names.

    None if the product isn't marked as cannabis (`MARKS`), or its strain is unknown or ambiguous.
    """
    attributes = {name.casefold(): value for name, value in (product.attributes or {}).items()}
    if MARKS.isdisjoint(attributes):
        return None
    names = [attributes["strain"].text] if "strain" in attributes else list((product.names or {}).values())
    found = {strain.name: strain for name in names if (strain := index.find(name)) is not None}
    return next(iter(found.values())) if len(found) == 1 else None


def words_of_strain(
    sku: str, strain: Strain, weights: Mapping[str, Mapping[str, int]], day: str
) -> Iterable[tuple[str, Product]]:
    """The attributes of a strain's product on a day, from the sources `genetics`, `terpenes` and `effects`."""
    told: dict[str, dict[str, Value]] = {
        "genetics": {"lineage": Value(strain.lineage)} if strain.lineage else {},
        "terpenes": {
            f"terpene.{one.name}"[:80]: Value(f"{show_quantity(one.share)} %", one.share, one.share, "%")
            for one in strain.terpenes
        },
        "effects": _effects(predict_effects(strain.terpenes, weights)),
    }
    for source, attributes in told.items():
        if attributes:
            yield source, Product(sku, attributes={**attributes, WHEN: Value(day)})


def _effects(found: Sequence[Prediction]) -> dict[str, Value]:
    if not found:
        return {}
    scores = ", ".join(f"{one.effect} {_score(one.score)}" for one in found)
    rows = [(one, *row) for one in found for row in one.rows]
    why = "; ".join(
        f"{one.effect}: {name} {show_quantity(share)} % × {_score(weight)}"
        for one, name, share, weight in rows[:REASONS_SHOWN]
    )
    return {EFFECTS: Value(scores[:1000]), WHY: Value(why[:1000])}


def _score(thousandths: int) -> str:
    return f"{thousandths / THOUSANDTHS:.2f}"
