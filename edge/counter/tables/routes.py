"""Tables over HTTP."""

from __future__ import annotations

from edge.counter.tables.entities import TABLES
from edge.counter.tables.queries import read_tables
from edge.foundation.access.rights import SELL
from edge.web.api import entity_api

ENDPOINTS = entity_api.endpoints(
    TABLES, "tables/{id}", names=("tables_all", "table"), read=read_tables, right=SELL, tag="tables"
)
