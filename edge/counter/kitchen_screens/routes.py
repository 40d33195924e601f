"""Kitchen stations over HTTP."""

from __future__ import annotations

from edge.counter.kitchen_screens.entities import STATIONS
from edge.counter.kitchen_screens.queries import read_stations
from edge.foundation.access.rights import SELL
from edge.web.api import entity_api

ENDPOINTS = entity_api.endpoints(
    STATIONS,
    "kitchen-stations/{id}",
    names=("kitchen_stations_all", "kitchen_station"),
    read=read_stations,
    right=SELL,
    tag="kitchen_screens",
)
