"""Modifier groups over HTTP."""

from __future__ import annotations

from edge.foundation.access.rights import SELL
from edge.goods.modifiers.entities import GROUPS
from edge.goods.modifiers.queries import read_groups
from edge.web.api import entity_api

ENDPOINTS = entity_api.endpoints(
    GROUPS,
    "modifier-groups/{id}",
    names=("modifier_groups_all", "modifier_group"),
    read=read_groups,
    right=SELL,
    tag="modifiers",
)
