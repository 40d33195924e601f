"""Projects tender events to rows."""

from __future__ import annotations

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.money.tenders.entities import TENDERS
from edge.money.tenders.events import RateSet


def _rate(db: Connection, fact: RecordedEvent, event: RateSet) -> None:
    values = (event.currency, event.rate, fact.business_date, fact.seq)
    db.execute("INSERT OR REPLACE INTO foreign_rate (currency, rate, business_date, seq) VALUES (?, ?, ?, ?)", values)


projector = Projector(
    name="tenders", version=1, tables=(TENDERS.table, "foreign_rate"), on={**TENDERS.on, RateSet: _rate}
)
