"""Events of loyalty."""

from __future__ import annotations

from typing import ClassVar, Literal

from edge.core.messages import Event
from edge.counter.loyalty.loyalty import EarnRule, LoyaltyId, Reward, Tier

Why = Literal["earned", "spent", "returned", "undone", "correction", "goodwill", "welcome", "imported"]


class EarnRuleSet(Event, frozen=True):
    """An earning rule was added or changed, with its whole new state."""

    rule: EarnRule


class EarnRuleEnded(Event, frozen=True):
    """An earning rule was deleted."""

    id: LoyaltyId


class RewardSet(Event, frozen=True):
    """A reward was added or changed, with its whole new state."""

    reward: Reward


class RewardEnded(Event, frozen=True):
    """A reward was deleted."""

    id: LoyaltyId


class TierSet(Event, frozen=True):
    """A tier was added or changed, with its whole new state."""

    tier: Tier


class TierEnded(Event, frozen=True):
    """A tier was deleted."""

    id: LoyaltyId


class PointsMoved(Event, frozen=True):
    """A member's purse changed by `points`.

    `number`: the register's paper that caused it; 0: a person entered it. `sale_register` and `sale`: the paper whose
    points are changed, if it's another one. `reward`: the reward they were spent on. `member`: the member's id in all
    shops of the tenant; "": this shop only. Version 2 added points imported from another till.
    """

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
    """The points in a member's purse expired after inactivity for the time in the store's setting."""

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
