"""Projects opening hours events to rows."""

from __future__ import annotations

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.foundation.opening_hours.events import HoursSet

_encode = msgspec.json.Encoder().encode
_HOURS = "INSERT OR REPLACE INTO store_hours (only, body) VALUES (1, ?)"


def _hours(db: Connection, fact: RecordedEvent, event: HoursSet) -> None:
    db.execute(_HOURS, (_encode(event.hours),))


projector = Projector(name="opening_hours", version=1, tables=("store_hours",), on={HoursSet: _hours})
