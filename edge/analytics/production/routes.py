"""HTTP API of bills of materials; orders use the general commands and queries."""

from __future__ import annotations

from edge.analytics.production.entities import BOMS
from edge.foundation.access.rights import MANAGE
from edge.web.api import entity_api

ENDPOINTS = entity_api.endpoints(
    BOMS, "boms/{id}", names=("boms", "bom"), read=BOMS.read, right=MANAGE, tag="production"
)
