"""Facts about the stock to rows."""

from __future__ import annotations

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.shop.stock.events import StockMoved

_MOVE = "INSERT INTO stock VALUES (?, ?) ON CONFLICT (sku) DO UPDATE SET on_hand = on_hand + excluded.on_hand"


def _moved(db: Connection, fact: RecordedEvent, event: StockMoved) -> None:
    db.executemany(_MOVE, [(move.sku, move.delta) for move in event.moves])


projector = Projector(name="stock", version=1, tables=("stock",), on={StockMoved: _moved})
