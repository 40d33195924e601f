"""Categories: a tree, with attribute definitions for their products. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from edge.goods.catalog.product import CategoryId, Names, Value, Word
from edge.lib.regions.ages import Regulated

DEPTH_LIMIT = 12
"""Maximum levels of the tree; deeper categories are refused."""


class Attribute(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Definition of a category's attribute: `unit` of numbers and ranges, `choices` of a choice.

    `low` and `high`: plausible bounds in thousandths of the unit. `most`: legal maximum per customer over all purchases
    of the category, as for cannabis.
    """

    kind: Literal["text", "number", "range", "choice"]
    unit: Annotated[str, msgspec.Meta(max_length=20)] = ""
    choices: Annotated[tuple[Word, ...], msgspec.Meta(max_length=100)] = ()
    required: bool = False
    low: int | None = None
    high: int | None = None
    most: Annotated[int, msgspec.Meta(gt=0, le=10**12)] | None = None
    names: Names | None = None

    def share_of(self, value: Value | None) -> int | None:
        """The limited amount in one unit of a product, at the upper bound of a range; None if the value is unusable."""
        if value is None or not value.low or value.low < 0 or value.unit not in ("", self.unit):
            return None
        return max(value.low, value.high or 0)


class Category(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A category below `parent` ("": top level). Attributes apply to subcategories too.

    `price_jump_percent`: maximum deviation of an imported price before it needs approval (0: no limit), also for
    subcategories; None: inherited, at the top from the shop's setting. `sort_order`: position among siblings; ties are
    sorted by id.
    """

    id: CategoryId
    names: Names
    parent: Annotated[str, msgspec.Meta(max_length=80)] = ""
    attributes: Annotated[dict[Word, Attribute], msgspec.Meta(max_length=100)] = {}
    price_jump_percent: Annotated[int, msgspec.Meta(ge=0, le=10_000)] | None = None
    sort_order: Annotated[int, msgspec.Meta(ge=0, le=9999)] = 0
    regulated: Regulated | Literal[""] = ""


def complete_category(known: Category | None, word: Category) -> Category:
    """Complete `word` with the category's earlier fields, so that setting only a new name keeps its legal limits.

    >>> beer = Category("beer", {"en": "Beer"}, "drinks", regulated="alcohol")
    >>> complete_category(beer, Category("beer", {"fr": "Bière"})).regulated
    'alcohol'
    """
    if known is None:
        return word
    return Category(
        word.id,
        {**known.names, **word.names},
        word.parent or known.parent,
        {**known.attributes, **word.attributes},
        known.price_jump_percent if word.price_jump_percent is None else word.price_jump_percent,
        word.sort_order or known.sort_order,
        word.regulated or known.regulated,
    )


def path(parents: Mapping[str, str], id: str) -> tuple[str, ...]:
    """Ancestors of a category from the top, and itself.

    Raises `ValueError` with a refusal code for a cycle, a gap, or too many levels.
    """
    found: list[str] = []
    while id:
        if id in found:
            raise ValueError("category_circle")
        if id not in parents:
            raise ValueError("category_gap")
        if len(found) == DEPTH_LIMIT:
            raise ValueError("category_deep")
        found.append(id)
        id = parents[id]
    return tuple(reversed(found))
