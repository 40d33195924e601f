"""Queries of opening hours."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec

from edge.core.storage.database import Connection
from edge.foundation.opening_hours.rules import DAY_MIN, StoreHours, day_of, open_spans

CLOSED_DAYS = 14
_decode = msgspec.json.Decoder(StoreHours).decode


def read_hours(db: Connection) -> StoreHours:
    """Return the hours of the store. A store whose hours were never set is always open."""
    found = db.execute("SELECT body FROM store_hours").fetchone()
    return _decode(found[0]) if found else StoreHours()


def closed_until_us(db: Connection, zone: ZoneInfo, at_us: int) -> int | None:
    """Return when the store opens again; None if it is open. Looks at most a fortnight ahead."""
    spans = open_spans(read_hours(db), zone, day_of(zone, at_us), CLOSED_DAYS)
    if any(begins <= at_us < ends for begins, ends in spans):
        return None
    return next((begins for begins, _ in spans if begins > at_us), at_us + CLOSED_DAYS * DAY_MIN * 60_000_000)
