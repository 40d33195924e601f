"""What is asked for a suggestion, and what is answered. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from edge.ordering.recommend.never import Reason, Surface

if TYPE_CHECKING:  # numpy takes a tenth of a second, which a start does not wait for
    from edge.ordering.recommend.picture_vectors import PictureVector

MOST = 50
"""Suggestions of one list."""


class AttributeRange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of an attribute's value lies between these, in thousandths of its unit; None: open at that end."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    low: int | None = None
    high: int | None = None


class SuggestionRequest(msgspec.Struct, frozen=True):
    """For what something is suggested: a basket (`goods`: sku and thousandths of its unit), a product at hand, a
    customer, or nothing of these. `age_checked` by a person; `vouched`: a program knows that the customer is there
    themself. `waved`: not again in this basket. `text`, `picture`: what is like one of these; `ranges`, `least_minor`,
    `most_minor`: what is like it lies within."""

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
    """A product and why: `again` (bought before, `times`), `like` (`percent` alike), `with` (the basket) or `sells`.
    `values` are facts alone: of cannabis in Canada its THC and CBD, and nothing else."""

    sku: str
    names: dict[str, str]
    price_minor: int | None
    score: float
    reason: Reason
    values: dict[str, int | str] = {}
    pictures: tuple[str, ...] = ()
    unit: str = "piece"


class SuggestionSet(msgspec.Struct, frozen=True):
    """Two lists that are never mixed: what somebody buys again, and what they have not bought. `id`: what became of it
    is told under that. Nobody known: all stands in `new`."""

    id: str
    again: list[Suggestion]
    new: list[Suggestion]
