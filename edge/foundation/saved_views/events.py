"""What can have happened to saved views."""

from __future__ import annotations

from edge.core.messages import Event
from edge.foundation.saved_views.view import SavedView, ViewId


class SavedViewSet(Event, frozen=True):
    """A view is new or changed: all of it, as it is from now on."""

    view: SavedView


class SavedViewEnded(Event, frozen=True):
    """A view is kept no longer."""

    id: ViewId


EVENTS: tuple[type[Event], ...] = (SavedViewSet, SavedViewEnded)
