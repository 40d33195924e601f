"""Earning rules, rewards and tiers as master data."""

from __future__ import annotations

from edge.core.entity import CountLimit, Entity, Unknown
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.counter.loyalty import commands, events
from edge.counter.loyalty.loyalty import REWARDS_MOST, RULES_MOST, TIERS_MOST, EarnRule, Reward, Tier
from edge.foundation.access.rights import MANAGE
from edge.goods.catalog.categories.queries import read_category
from edge.goods.catalog.queries import read_products


def of_the_catalogue(tx: Transaction, wanted: EarnRule, known: EarnRule | None) -> EarnRule:
    """Raise `Refusal` for a rule that names unknown products or categories."""
    if missing := set(wanted.products) - read_products(tx.db, wanted.products).keys():
        raise Refusal("unknown_sku", {"sku": min(missing)})
    for id in wanted.categories:
        if read_category(tx.db, id) is None:
            raise Refusal("loyalty_category_unknown", {"category": id})
    return wanted


def worth_something(tx: Transaction, wanted: Reward, known: Reward | None) -> Reward:
    """Raise `Refusal` unless a reward has either a fixed amount or a percentage."""
    if bool(wanted.off_minor) == bool(wanted.percent):
        raise Refusal("reward_worth")
    return wanted


RULES = Entity(
    EarnRule,
    table="loyalty_rule",
    set_by=commands.SetEarnRule,
    was_set=events.EarnRuleSet,
    end_by=commands.EndEarnRule,
    was_ended=events.EarnRuleEnded,
    right=MANAGE,
    limit=CountLimit(RULES_MOST, "too_many_earn_rules"),
    unknown=Unknown("no_such_earn_rule", "rule"),
    checks=(of_the_catalogue,),
)
REWARDS = Entity(
    Reward,
    table="loyalty_reward",
    set_by=commands.SetReward,
    was_set=events.RewardSet,
    end_by=commands.EndReward,
    was_ended=events.RewardEnded,
    right=MANAGE,
    order=("points", "id"),
    limit=CountLimit(REWARDS_MOST, "too_many_rewards"),
    unknown=Unknown("no_such_reward", "reward"),
    checks=(worth_something,),
)
TIERS = Entity(
    Tier,
    table="loyalty_tier",
    set_by=commands.SetTier,
    was_set=events.TierSet,
    end_by=commands.EndTier,
    was_ended=events.TierEnded,
    right=MANAGE,
    order=("from_points", "id"),
    limit=CountLimit(TIERS_MOST, "too_many_tiers"),
    unknown=Unknown("no_such_tier", "tier"),
)
