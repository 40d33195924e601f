"""The list of movements: behind the journal, as it follows it."""

from __future__ import annotations

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.shop.stock.events import StockMoved

_BALANCE = "SELECT balance FROM stock_movement WHERE sku = ? ORDER BY seq DESC, n DESC LIMIT 1"
_KEEP = "INSERT INTO stock_movement VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def _moved(db: Connection, fact: RecordedEvent, event: StockMoved) -> None:
    balances: dict[str, int] = {}
    for n, move in enumerate(event.moves):
        if move.sku not in balances:
            last = db.execute(_BALANCE, (move.sku,)).fetchone()
            balances[move.sku] = last[0] if last else 0
        balances[move.sku] += move.delta
        what = (event.reason, event.cause, move.delta, move.boxes, move.box, move.location, move.lot, move.expiry)
        who = (fact.actor, event.note, event.document, event.unit_cost_minor if move.delta > 0 else None)
        when = (fact.business_date, fact.at_us)
        db.execute(_KEEP, (move.sku, fact.seq, n, *when, *what, *who, balances[move.sku]))


projector = Projector(
    name="stock_movements", version=1, tables=("stock_movement",), on={StockMoved: _moved}, strict=False
)
