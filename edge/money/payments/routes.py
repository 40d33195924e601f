"""Payment providers over HTTP."""

from __future__ import annotations

from edge.foundation.access.rights import MANAGE
from edge.money.payments.entities import PROVIDERS, ROUTES
from edge.money.payments.queries import read_providers, read_routes
from edge.web.api import entity_api

ENDPOINTS = (
    *entity_api.endpoints(
        PROVIDERS,
        "payment-providers/{id}",
        names=("payment providers", "payment provider"),
        read=read_providers,
        right=MANAGE,
        tag="payments",
    ),
    *entity_api.endpoints(
        ROUTES,
        "payment-routes/{id}",
        names=("rules of who takes which payment", "rule of who takes which payment"),
        read=read_routes,
        right=MANAGE,
        tag="payments",
    ),
)
