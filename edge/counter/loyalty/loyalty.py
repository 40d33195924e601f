"""What members earn, what they get for it, and how far they have come: master data of loyalty. Pure."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.goods.catalog.product import CategoryId, Sku

RULES_MOST = 50
REWARDS_MOST = 50
TIERS_MOST = 10
POINTS_MOST = 10**9
"""Of one purse; more is not counted."""
TIER_DAYS = 365
"""What was earned in so many days says how far a member has come."""
_ID = "[a-z0-9][a-z0-9_-]{0,39}"
LoyaltyId = Annotated[str, msgspec.Meta(pattern=rf"^{_ID}$(?!\n)")]
PurseId = Annotated[str, msgspec.Meta(pattern=rf"^{_ID}$(?!\n)", extra={"example": "points"})]
"""What is collected apart: points, stamps for coffee."""
Names = Annotated[
    dict[str, Annotated[str, msgspec.Meta(min_length=1, max_length=40)]], msgspec.Meta(min_length=1, max_length=10)
]
Points = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Minor = Annotated[int, msgspec.Meta(ge=0, le=10**9)]


class EarnRule(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`points` for each full `spent_minor` that a member pays for some goods; 0: for each piece of them.

    Of `products`, their variants, and of `categories` and below; none of both: of all. What nobody takes anything off
    earns nothing, nor what the law regulates, unless `regulated`: whether it may is the shop's to know.
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
    """What a member gets for so many `points` of a purse: a sum off the sale, or a part of it in percent."""

    id: LoyaltyId
    names: Names
    points: Points
    off_minor: Minor = 0
    percent: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0
    purse: PurseId = "points"


class Tier(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How far a member has come who earned `from_points` points in the last 365 days: what is spent earns
    `times_percent` of the usual."""

    id: LoyaltyId
    names: Names
    from_points: Points
    times_percent: Annotated[int, msgspec.Meta(ge=100, le=1_000)] = 100
