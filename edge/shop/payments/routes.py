"""Providers of card payments over HTTP."""

from __future__ import annotations

from edge.shop.access.rights import MANAGE
from edge.shop.payments.entities import PROVIDERS
from edge.shop.payments.queries import read_providers
from edge.web.api import entity_api

ENDPOINTS = entity_api.endpoints(
    PROVIDERS,
    "payment-providers/{id}",
    names=("payment providers", "payment provider"),
    read=read_providers,
    right=MANAGE,
    tag="payments",
)
