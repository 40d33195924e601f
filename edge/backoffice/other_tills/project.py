"""Project events of other tills to rows."""

from __future__ import annotations

import msgspec

from edge.backoffice.other_tills.entities import ITEMS, TILLS
from edge.backoffice.other_tills.events import PosDayReconciled, PosSaleTaken
from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.goods.stock.events import StockMoved

_encode = msgspec.json.Encoder().encode
_SALE = """
    INSERT INTO pos_sale (pos, document, number, version, kind, location, at_us, currency, total_minor, refund_of,
                          state, reasons, unmapped, body, first_us, seq)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (pos, document, number) DO UPDATE SET
        version = excluded.version, kind = excluded.kind, location = excluded.location, at_us = excluded.at_us,
        currency = excluded.currency, total_minor = excluded.total_minor, refund_of = excluded.refund_of,
        state = excluded.state, reasons = excluded.reasons, unmapped = excluded.unmapped, body = excluded.body,
        seq = excluded.seq
"""
_MOVE = """
    INSERT INTO pos_move (seq, line, pos, document, number, sku, location, of, delta, undoes, moved)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_COUNTED = """
    INSERT INTO pos_counted (sku, location, at_us) VALUES (?, ?, ?)
    ON CONFLICT (sku, location) DO UPDATE SET at_us = max(at_us, excluded.at_us)
"""
_DAY = (
    "INSERT OR REPLACE INTO pos_day (pos, location, day, sales, taken, differences, at_us) VALUES (?, ?, ?, ?, ?, ?, ?)"
)


def _insert_sale(db: Connection, fact: RecordedEvent, event: PosSaleTaken) -> None:
    sale = event.sale
    refund_of = sale.sale_id if sale.document == "refund" else ""
    said = (sale.location, sale.at_us, sale.currency, sale.total_minor, refund_of, event.state)
    texts = (_encode(part).decode() for part in (event.reasons, event.unmapped, sale))
    key = (sale.pos, sale.document, sale.transaction_id)
    db.execute(_SALE, (*key, sale.version, sale.kind, *said, *texts, fact.at_us, fact.seq))
    for line, one in enumerate(event.moves):
        moved = (one.sku, one.location, one.of, one.delta, one.undoes, int(one.moved))
        db.execute(_MOVE, (fact.seq, line, *key, *moved))


def _record_counts(db: Connection, fact: RecordedEvent, event: StockMoved) -> None:
    if event.reason == "counted":
        for move in event.moves:
            db.execute(_COUNTED, (move.sku, move.location, fact.at_us))


def _record_day(db: Connection, fact: RecordedEvent, event: PosDayReconciled) -> None:
    differences = _encode(event.differences).decode()
    db.execute(_DAY, (event.pos, event.location, event.day, event.sales, event.taken, differences, fact.at_us))


projector = Projector(
    name="other_tills",
    version=1,
    tables=(TILLS.table, ITEMS.table, "pos_sale", "pos_move", "pos_counted", "pos_day"),
    on={**TILLS.on, **ITEMS.on, PosSaleTaken: _insert_sale, StockMoved: _record_counts, PosDayReconciled: _record_day},
)
