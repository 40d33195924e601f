"""Projects saved view events to rows."""

from __future__ import annotations

from edge.core.registry import Projector
from edge.foundation.saved_views.entities import SAVED_VIEWS

projector = Projector(name="saved_views", version=1, tables=(SAVED_VIEWS.table,), on=SAVED_VIEWS.on)
