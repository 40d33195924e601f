"""Tables over HTTP."""

from __future__ import annotations

from edge.shop.access.rights import SELL
from edge.shop.tables.entities import TABLES
from edge.shop.tables.queries import read_tables
from edge.web.api import entity_api

ENDPOINTS = entity_api.endpoints(
    TABLES, "tables/{id}", names=("tables_all", "table"), read=read_tables, right=SELL, tag="tables"
)
