"""Earning rules, rewards and tiers: master data of loyalty. Pure."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.goods.catalog.product import CategoryId, Sku

RULES_MOST = 50
REWARDS_MOST = 50
TIERS_MOST = 10
POINTS_MOST = 10**9
"""Maximum points in a purse."""
TIER_DAYS = 365
"""A tier depends on points earned in this many days."""
_ID = "[a-z0-9][a-z0-9_-]{0,39}"
LoyaltyId = Annotated[str, msgspec.Meta(pattern=rf"^{_ID}$(?!\n)")]
PurseId = Annotated[str, msgspec.Meta(pattern=rf"^{_ID}$(?!\n)", extra={"example": "points"})]
"""A kind of points counted separately, such as points or coffee stamps."""
Names = Annotated[
    dict[str, Annotated[str, msgspec.Meta(min_length=1, max_length=40)]], msgspec.Meta(min_length=1, max_length=10)
]
Points = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Minor = Annotated[int, msgspec.Meta(ge=0, le=10**9)]


class EarnRule(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Members earn `points` for each full `spent_minor` that they pay for matching goods; 0: for each piece.

    It matches `products`, their variants, and `categories` and those below; all goods if both are empty. Goods that
    can't be discounted earn nothing. Goods regulated by law earn nothing either, unless `regulated` is set; the shop
    must know whether that's allowed.
    """

    id: LoyaltyId
    names: Names
    points: Points
    spent_minor: Minor = 0
    products: Annotated[tuple[Sku, ...], msgspec.Meta(max_length=200, extra={"example": "A-1, A-2"})] = ()
    categories: Annotated[tuple[CategoryId, ...], msgspec.Meta(max_length=50, extra={"example": "coffee"})] = ()
    purse: PurseId = "points"
    regulated: bool = False


class Reward(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A reward for `points` of a purse: an amount or a percentage off the sale."""

    id: LoyaltyId
    names: Names
    points: Points
    off_minor: Minor = 0
    percent: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0
    purse: PurseId = "points"


class Tier(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A tier reached with `from_points` points in the last 365 days.

    Purchases then earn `times_percent` of the usual points.
    """

    id: LoyaltyId
    names: Names
    from_points: Points
    times_percent: Annotated[int, msgspec.Meta(ge=100, le=1_000)] = 100
