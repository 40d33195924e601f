"""Categories: a tree, and what products in each may have of attributes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from edge.goods.catalog.product import CategoryId, Names, Value, Word
from edge.lib.regions.ages import Regulated

DEPTH_LIMIT = 12
"""Levels of the tree; a deeper one is refused."""


class Attribute(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What an attribute of a category's products is: `unit` of a number or range, `choices` of a choice.

    `low` and `high`: between which a number makes sense, in thousandths of the unit. `most`: no more of it goes to one
    person at once, over all that they buy of the category; the law says so of cannabis.
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
        """How much of what is limited one unit of a product takes by what is said of it, of a range the most; None:
        nothing that counts is said."""
        if value is None or not value.low or value.low < 0 or value.unit not in ("", self.unit):
            return None
        return max(value.low, value.high or 0)


class Category(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A kind of products, below `parent` ("": at the top). Attributes hold for all below it too.

    `price_jump_percent`: how far a file's price may be from the shop's before it waits for a yes (0: none waits), here
    and below; None: as above it, at the top as the shop says. `sort_order`: where it comes among its neighbours, by
    their ids where that is the same.
    """

    id: CategoryId
    names: Names
    parent: Annotated[str, msgspec.Meta(max_length=80)] = ""
    attributes: Annotated[dict[Word, Attribute], msgspec.Meta(max_length=100)] = {}
    price_jump_percent: Annotated[int, msgspec.Meta(ge=0, le=10_000)] | None = None
    sort_order: Annotated[int, msgspec.Meta(ge=0, le=9999)] = 0
    regulated: Regulated | Literal[""] = ""


def path(parents: Mapping[str, str], id: str) -> tuple[str, ...]:
    """A category's ancestors from the top, and itself.

    `ValueError`: a circle, a gap, or too many levels, as the code of a refusal.
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
