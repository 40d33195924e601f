"""Queries of delivery zones, and of drivers' cash."""

from __future__ import annotations

import msgspec

from edge.core.storage.database import Connection
from edge.ordering.delivery.entities import ZONES
from edge.ordering.delivery.events import ForeignNotes
from edge.ordering.delivery.zones import DeliveryZone

DRIVERS_LIMIT = 200
_decode_notes = msgspec.json.Decoder(tuple[ForeignNotes, ...]).decode
_OWED = "SELECT driver, owed_minor, orders, since_us, notes FROM driver_cash WHERE orders ORDER BY since_us LIMIT ?"


class DriverCash(msgspec.Struct, frozen=True):
    """A driver's cash: for how many orders, since when, and its foreign `notes`."""

    driver: str
    owed_minor: int
    orders: int
    since_us: int
    notes: tuple[ForeignNotes, ...] = ()


def read_driver_cash(db: Connection) -> list[DriverCash]:
    """Drivers with cash to hand in, the longest-waiting first."""
    rows = db.execute(_OWED, (DRIVERS_LIMIT,))
    return [
        DriverCash(driver, owed, orders, since, _decode_notes(notes)) for driver, owed, orders, since, notes in rows
    ]


def read_zones(db: Connection) -> list[DeliveryZone]:
    """The shop's delivery zones."""
    return list(ZONES.read(db))


def zone_named(db: Connection, id: str) -> DeliveryZone | None:
    """A delivery zone by its id; None if there is none."""
    return ZONES.find(db, id)
