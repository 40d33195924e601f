"""What can be asked of saved views."""

from __future__ import annotations

from edge.core.messages import Command
from edge.foundation.saved_views.view import SavedView, ViewId


class SetSavedView(Command, frozen=True):
    """Let a view be as this says, a new one or one that there is."""

    view: SavedView


class EndSavedView(Command, frozen=True):
    """Keep a view no longer. The list stays as it is."""

    id: ViewId
