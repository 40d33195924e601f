"""Earning rules, rewards and tiers over HTTP."""

from __future__ import annotations

from edge.counter.loyalty.entities import REWARDS, RULES, TIERS
from edge.counter.loyalty.queries import earn_rules, rewards, tiers
from edge.foundation.access.rights import MANAGE, SELL
from edge.web.api import entity_api

ENDPOINTS = (
    *entity_api.endpoints(
        RULES, "earn-rules/{id}", names=("earn_rules_all", "earn_rule"), read=earn_rules, right=MANAGE, tag="loyalty"
    ),
    *entity_api.endpoints(
        REWARDS, "rewards/{id}", names=("rewards_all", "reward"), read=rewards, right=SELL, tag="loyalty"
    ),
    *entity_api.endpoints(TIERS, "tiers/{id}", names=("tiers_all", "tier"), read=tiers, right=SELL, tag="loyalty"),
)
