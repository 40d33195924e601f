"""The shop's own tenders over HTTP."""

from __future__ import annotations

from edge.foundation.access.rights import SELL
from edge.money.tenders.entities import TENDERS
from edge.money.tenders.queries import read_tenders
from edge.web.api import entity_api

ENDPOINTS = entity_api.endpoints(
    TENDERS, "tenders/{id}", names=("tenders", "tender"), read=read_tenders, right=SELL, tag="tenders"
)
