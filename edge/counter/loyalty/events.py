"""What can have happened to loyalty."""

from __future__ import annotations

from typing import ClassVar, Literal

from edge.core.messages import Event
from edge.counter.loyalty.loyalty import EarnRule, LoyaltyId, Reward, Tier

Why = Literal["earned", "spent", "returned", "undone", "correction", "goodwill", "welcome", "imported"]


class EarnRuleSet(Event, frozen=True):
    """A rule by which members earn is new or changed: all of it, as it is from now on."""

    rule: EarnRule


class EarnRuleEnded(Event, frozen=True):
    """Nothing is earned by a rule any more."""

    id: LoyaltyId


class RewardSet(Event, frozen=True):
    """A reward is new or changed: all of it, as it is from now on."""

    reward: Reward


class RewardEnded(Event, frozen=True):
    """A reward is given no more."""

    id: LoyaltyId


class TierSet(Event, frozen=True):
    """A tier is new or changed: all of it, as it is from now on."""

    tier: Tier


class TierEnded(Event, frozen=True):
    """Nobody is of a tier any more."""

    id: LoyaltyId


class PointsMoved(Event, frozen=True):
    """A member's purse holds so many more `points`, or fewer. `number`: of the register's paper that did it; 0: a
    person. `sale_register` and `sale`: the paper whose points these are, where that is another. `reward`: what they
    were spent for. `member`: by what all shops of the tenant know them; "": they are this one's alone. Since version 2
    there are points that came along from another till."""

    version: ClassVar[int] = 2

    customer: str
    purse: str
    points: int
    why: Why
    number: int = 0
    sale_register: str = ""
    sale: int = 0
    reward: str = ""
    member: str = ""


class PointsExpired(Event, frozen=True):
    """So many `points` of a member's purse ended: they neither earned nor spent any for as long as the store says."""

    customer: str
    purse: str
    points: int


EVENTS: tuple[type[Event], ...] = (
    EarnRuleSet,
    EarnRuleEnded,
    RewardSet,
    RewardEnded,
    TierSet,
    TierEnded,
    PointsMoved,
    PointsExpired,
)
