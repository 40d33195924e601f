"""Projects zone and driver cash events to rows."""

from __future__ import annotations

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.ordering.delivery.door_money import sum_notes
from edge.ordering.delivery.entities import ZONES
from edge.ordering.delivery.events import DriverHandedIn, DriverPaid, ForeignNotes

_encode = msgspec.json.Encoder().encode
_decode_notes = msgspec.json.Decoder(tuple[ForeignNotes, ...]).decode
_TOOK = """
    INSERT INTO driver_cash (driver, owed_minor, orders, since_us) VALUES (?1, ?2, 1, ?3)
    ON CONFLICT (driver) DO UPDATE SET owed_minor = owed_minor + ?2, orders = orders + 1
"""


def _driver_paid(db: Connection, fact: RecordedEvent, event: DriverPaid) -> None:
    db.execute(_TOOK, (event.driver, event.amount_minor, fact.at_us))
    if event.notes:
        (kept,) = db.execute("SELECT notes FROM driver_cash WHERE driver = ?", (event.driver,)).fetchone()
        notes = _encode(sum_notes((*_decode_notes(kept), *event.notes))).decode()
        db.execute("UPDATE driver_cash SET notes = ? WHERE driver = ?", (notes, event.driver))


def _handed_in(db: Connection, fact: RecordedEvent, event: DriverHandedIn) -> None:
    db.execute("DELETE FROM driver_cash WHERE driver = ?", (event.driver,))


projector = Projector(
    name="delivery",
    version=1,
    tables=(ZONES.table, "driver_cash"),
    on={DriverPaid: _driver_paid, DriverHandedIn: _handed_in, **ZONES.on},
)
