"""Delivery zones over HTTP."""

from __future__ import annotations

from edge.foundation.access.rights import BASKET
from edge.ordering.delivery.entities import ZONES
from edge.ordering.delivery.queries import read_zones
from edge.web.api import entity_api

ENDPOINTS = entity_api.endpoints(
    ZONES, "delivery-zones/{zone}", names=("zones", "zone"), read=read_zones, right=BASKET, tag="orders"
)
