"""Projects bottle events to rows, in the same commit."""

from __future__ import annotations

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.counter.bottle_deposits.events import BottlesTaken, BottlesUndone

_TAKEN = """
    INSERT INTO bottles_taken (number, register, business_date, at_us, currency, lines, paid_minor, rounding_minor, out,
        card, tail, undone)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
"""


def _insert_bottles(db: Connection, fact: RecordedEvent, event: BottlesTaken) -> None:
    lines = msgspec.json.encode(event.lines).decode()
    where = (event.number, fact.register, fact.business_date, fact.at_us, event.currency)
    db.execute(_TAKEN, (*where, lines, event.paid_minor, event.rounding_minor, event.out, event.card, event.tail))


def _mark_undone(db: Connection, fact: RecordedEvent, event: BottlesUndone) -> None:
    db.execute("UPDATE bottles_taken SET undone = 1 WHERE number = ?", (event.number,))


projector = Projector(
    name="bottle_deposits",
    version=1,
    tables=("bottles_taken",),
    on={BottlesTaken: _insert_bottles, BottlesUndone: _mark_undone},
)
