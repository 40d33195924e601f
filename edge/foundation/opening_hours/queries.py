"""When the store is open, read."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec

from edge.core.storage.database import Connection
from edge.foundation.opening_hours.rules import DAY_MIN, StoreHours, day_of, open_spans

CLOSED_DAYS = 14
_decode = msgspec.json.Decoder(StoreHours).decode


def read_hours(db: Connection) -> StoreHours:
    """The hours of the store; always open where nothing was said."""
    found = db.execute("SELECT body FROM store_hours").fetchone()
    return _decode(found[0]) if found else StoreHours()


def closed_until_us(db: Connection, zone: ZoneInfo, at_us: int) -> int | None:
    """When the store opens again; None: it is open. One that stays closed for long: in a fortnight."""
    spans = open_spans(read_hours(db), zone, day_of(zone, at_us), CLOSED_DAYS)
    if any(begins <= at_us < ends for begins, ends in spans):
        return None
    return next((begins for begins, _ in spans if begins > at_us), at_us + CLOSED_DAYS * DAY_MIN * 60_000_000)
