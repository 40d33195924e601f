"""Commands of loyalty."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Command
from edge.counter.loyalty.loyalty import EarnRule, LoyaltyId, PurseId, Reward, Tier

CustomerId = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class SetEarnRule(Command, frozen=True):
    """Add or change an earning rule. Points already earned are kept."""

    rule: EarnRule


class EndEarnRule(Command, frozen=True):
    """Delete an earning rule. Points already earned are kept."""

    id: LoyaltyId


class SetReward(Command, frozen=True):
    """Add or change a reward."""

    reward: Reward


class EndReward(Command, frozen=True):
    """Delete a reward."""

    id: LoyaltyId


class SetTier(Command, frozen=True):
    """Add or change a tier."""

    tier: Tier


class EndTier(Command, frozen=True):
    """Delete a tier."""

    id: LoyaltyId


class UseReward(Command, frozen=True):
    """Add a reward to the register's basket for its customer.

    The points are spent when the sale is completed. `DropCoupon` removes the reward.
    """

    reward: LoyaltyId


class AdjustPoints(Command, frozen=True):
    """Add points to a member's purse, or deduct them if negative, but never more than the balance.

    `imported`: the points were collected in the shop's previous system.
    """

    customer: CustomerId
    points: Annotated[int, msgspec.Meta(ge=-1_000_000, le=1_000_000)]
    why: Literal["correction", "goodwill", "welcome", "imported"]
    purse: PurseId = "points"


class ImportedPoints(msgspec.Struct, frozen=True):
    """Points that a member collected in another system."""

    customer: CustomerId
    points: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class ImportPoints(Command, frozen=True):
    """Add points that members collected in the shop's previous system. Returns the customers who aren't members."""

    rows: Annotated[tuple[ImportedPoints, ...], msgspec.Meta(max_length=20)]


class EndIdlePoints(Command, frozen=True):
    """Expire the points of members who have been inactive for the time in the store's setting."""
