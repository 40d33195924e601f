"""Requests for suggestions, and their answers. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from edge.ordering.recommend.never import Reason, Surface

if TYPE_CHECKING:  # importing numpy takes 0.1 s, which would delay the start
    from edge.ordering.recommend.similar.picture_vectors import PictureVector

MOST = 50
"""Maximum suggestions per list."""


class AttributeRange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The range that must contain an attribute's whole value, in thousandths of its unit; None: unbounded."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    low: int | None = None
    high: int | None = None


class SuggestionRequest(msgspec.Struct, frozen=True):
    """The subject of suggestions: a basket (`goods`: SKU and thousandths of its unit), a viewed product, a customer, or
    none.

    `age_checked`: the age that staff checked. `vouched`: a program confirms that the customer is present. `waved`:
    dismissed in this basket. `text`, `picture`: find similar products; `ranges`, `least_minor`, `most_minor`: limits
    for those.
    """

    surface: Surface
    at_us: int
    business_date: str
    goods: tuple[tuple[str, int], ...] = ()
    sku: str = ""
    customer: str = ""
    category: str = ""
    age_checked: int = 0
    price_list: str = "store"
    most: int = 10
    vouched: bool = False
    waved: frozenset[str] = frozenset()
    substitute: bool = False
    within: tuple[str, ...] | None = None
    text: str = ""
    picture: PictureVector | None = None
    in_stock: bool = True
    ranges: tuple[AttributeRange, ...] = ()
    least_minor: int | None = None
    most_minor: int | None = None


class Suggestion(msgspec.Struct, frozen=True):
    """A suggested product, with the reason for suggesting it.

    Reasons: `again` (repeat purchase: `times`, of these `imported` at the shop's previous system), `like` (`percent`
    similar), `with` (the basket) or `sells`. `values` contains only facts; for cannabis in Canada, only its THC and
    CBD.
    """

    sku: str
    names: dict[str, str]
    price_minor: int | None
    score: float
    reason: Reason
    values: dict[str, int | str] = {}
    pictures: tuple[str, ...] = ()
    unit: str = "piece"


class SuggestionSet(msgspec.Struct, frozen=True):
    """Two separate lists: repeat purchases, and products not bought before.

    `id`: identifies the set when outcomes are reported. Without a customer, all products are in `new`.
    """

    id: str
    again: list[Suggestion]
    new: list[Suggestion]
