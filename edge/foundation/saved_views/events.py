"""Events of saved views."""

from __future__ import annotations

from edge.core.messages import Event
from edge.foundation.saved_views.view import SavedView, ViewId


class SavedViewSet(Event, frozen=True):
    """A view was added or changed; contains it entirely."""

    view: SavedView


class SavedViewEnded(Event, frozen=True):
    """A view was removed."""

    id: ViewId


EVENTS: tuple[type[Event], ...] = (SavedViewSet, SavedViewEnded)
