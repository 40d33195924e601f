"""What can be asked of loyalty."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Command
from edge.counter.loyalty.loyalty import EarnRule, LoyaltyId, PurseId, Reward, Tier

CustomerId = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class SetEarnRule(Command, frozen=True):
    """Let members earn as this says, by a new rule or one that there is. What was earned stays."""

    rule: EarnRule


class EndEarnRule(Command, frozen=True):
    """Let nothing be earned by a rule any more. What was earned stays."""

    id: LoyaltyId


class SetReward(Command, frozen=True):
    """Let a reward be as this says, a new one or one that there is."""

    reward: Reward


class EndReward(Command, frozen=True):
    """Give a reward no more."""

    id: LoyaltyId


class SetTier(Command, frozen=True):
    """Let a tier be as this says, a new one or one that there is."""

    tier: Tier


class EndTier(Command, frozen=True):
    """Let nobody be of a tier any more."""

    id: LoyaltyId


class UseReward(Command, frozen=True):
    """Put a reward into the basket at this register, for its customer's points: they are spent when the sale is
    complete. `DropCoupon` takes it out again."""

    reward: LoyaltyId


class AdjustPoints(Command, frozen=True):
    """Give a member points, or (below 0) take some away; never more than there are. `imported`: they
    were collected at the till that the shop had before."""

    customer: CustomerId
    points: Annotated[int, msgspec.Meta(ge=-1_000_000, le=1_000_000)]
    why: Literal["correction", "goodwill", "welcome", "imported"]
    purse: PurseId = "points"


class EndIdlePoints(Command, frozen=True):
    """End what some members hold who neither earned nor spent anything for as long as the store says."""
