"""Projects quick key events to rows."""

from __future__ import annotations

from edge.core.registry import Projector
from edge.counter.quick_keys.entities import QUICK_KEYS

projector = Projector(name="quick_keys", version=1, tables=(QUICK_KEYS.table,), on=QUICK_KEYS.on)
