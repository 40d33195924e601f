"""What can have happened to master data: the events of all entities, for head office, which reads them by folder."""

from __future__ import annotations

from edge.core.messages import Event
from edge.shop.master_data.entities import found_entities

EVENTS: tuple[type[Event], ...] = tuple(event for one in found_entities() for event in one.on)
