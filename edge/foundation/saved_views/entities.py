"""Saved views as master data."""

from __future__ import annotations

from edge.core.entity import CountLimit, Entity, Unknown
from edge.foundation.access.rights import MANAGE
from edge.foundation.saved_views.commands import EndSavedView, SetSavedView
from edge.foundation.saved_views.events import SavedViewEnded, SavedViewSet
from edge.foundation.saved_views.view import VIEWS_MOST, SavedView

SAVED_VIEWS = Entity(
    SavedView,
    table="saved_view",
    set_by=SetSavedView,
    was_set=SavedViewSet,
    end_by=EndSavedView,
    was_ended=SavedViewEnded,
    right=MANAGE,
    limit=CountLimit(VIEWS_MOST, "too_many_views"),
    unknown=Unknown("no_such_view", "view"),
)
