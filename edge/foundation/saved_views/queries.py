"""Queries of saved views."""

from __future__ import annotations

from edge.core.storage.database import Connection
from edge.foundation.saved_views.entities import SAVED_VIEWS
from edge.foundation.saved_views.view import SavedView


def read_saved_views(db: Connection) -> tuple[SavedView, ...]:
    """All views by id; time-based ids keep their order of creation."""
    return SAVED_VIEWS.read(db)
