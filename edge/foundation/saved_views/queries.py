"""Queries of saved views."""

from __future__ import annotations

from edge.core.storage.database import Connection
from edge.foundation.saved_views.entities import SAVED_VIEWS
from edge.foundation.saved_views.view import SavedView


def read_saved_views(db: Connection) -> tuple[SavedView, ...]:
    """Return all views by id. Ids are time-based, so that views are in order of creation."""
    return SAVED_VIEWS.read(db)
