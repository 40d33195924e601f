"""Commands of saved views."""

from __future__ import annotations

from edge.core.messages import Command
from edge.foundation.saved_views.view import SavedView, ViewId


class SetSavedView(Command, frozen=True):
    """Add or change a view."""

    view: SavedView


class EndSavedView(Command, frozen=True):
    """Remove a view. The list is unaffected."""

    id: ViewId
