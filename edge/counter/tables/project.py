"""Projects table events to rows."""

from __future__ import annotations

from edge.core.registry import Projector
from edge.counter.tables.entities import TABLES

projector = Projector(name="tables", version=1, tables=(TABLES.table,), on=TABLES.on)
