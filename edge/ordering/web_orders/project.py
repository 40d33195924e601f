"""Projects web order events to rows."""

from __future__ import annotations

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.ordering.web_orders.entities import ARTICLES, CHANNELS
from edge.ordering.web_orders.events import WebOrderCancelled, WebOrderDropped, WebOrderHeld, WebOrderTaken

_SAVE = """
    INSERT INTO web_order (channel, reference, state, why, order_id, at_us, seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
    ON CONFLICT (channel, reference) DO UPDATE SET state = ?3, why = ?4, seq = ?7,
        order_id = iif(?5 = '', order_id, ?5)
"""


def _save(
    db: Connection,
    fact: RecordedEvent,
    event: WebOrderTaken | WebOrderHeld | WebOrderCancelled | WebOrderDropped,
    state: str,
    why: str = "",
    order: str = "",
) -> None:
    db.execute(_SAVE, (event.channel, event.reference, state, why, order, fact.at_us, fact.seq))


def _record_order(db: Connection, fact: RecordedEvent, event: WebOrderTaken) -> None:
    _save(db, fact, event, "taken", order=event.order)


def _mark_held(db: Connection, fact: RecordedEvent, event: WebOrderHeld) -> None:
    _save(db, fact, event, "held", event.why)


def _mark_cancelled(db: Connection, fact: RecordedEvent, event: WebOrderCancelled) -> None:
    _save(db, fact, event, "cancelled", order=event.order)


def _mark_dropped(db: Connection, fact: RecordedEvent, event: WebOrderDropped) -> None:
    _save(db, fact, event, "dropped")


projector = Projector(
    name="web_orders",
    version=2,
    tables=(CHANNELS.table, ARTICLES.table, "web_order"),
    on={
        **CHANNELS.on,
        **ARTICLES.on,
        WebOrderTaken: _record_order,
        WebOrderHeld: _mark_held,
        WebOrderCancelled: _mark_cancelled,
        WebOrderDropped: _mark_dropped,
    },
)
