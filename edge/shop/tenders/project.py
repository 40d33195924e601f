"""Facts about tenders to rows."""

from __future__ import annotations

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.shop.tenders.events import RateSet, TenderEnded, TenderSet

_encode = msgspec.json.Encoder().encode


def _set(db: Connection, fact: RecordedEvent, event: TenderSet) -> None:
    values = (event.tender.id, _encode(event.tender), fact.seq)
    db.execute("INSERT OR REPLACE INTO shop_tender (id, body, seq) VALUES (?, ?, ?)", values)


def _ended(db: Connection, fact: RecordedEvent, event: TenderEnded) -> None:
    db.execute("DELETE FROM shop_tender WHERE id = ?", (event.id,))


def _rate(db: Connection, fact: RecordedEvent, event: RateSet) -> None:
    values = (event.currency, event.rate, fact.business_date, fact.seq)
    db.execute("INSERT OR REPLACE INTO foreign_rate (currency, rate, business_date, seq) VALUES (?, ?, ?, ?)", values)


projector = Projector(
    name="tenders",
    version=1,
    tables=("shop_tender", "foreign_rate"),
    on={TenderSet: _set, TenderEnded: _ended, RateSet: _rate},
)
