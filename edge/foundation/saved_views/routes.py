"""Saved views over HTTP."""

from __future__ import annotations

from edge.foundation.access.rights import MANAGE
from edge.foundation.saved_views.entities import SAVED_VIEWS
from edge.foundation.saved_views.queries import read_saved_views
from edge.web.api import entity_api

ENDPOINTS = entity_api.endpoints(
    SAVED_VIEWS,
    "saved-views/{id}",
    names=("saved_views", "saved_view"),
    read=read_saved_views,
    right=MANAGE,
    tag="saved_views",
)
