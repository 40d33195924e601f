"""Facts about gift cards to rows."""

from __future__ import annotations

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.shop.gift_cards.events import CardClosed, CardLoaded, CardMoved

_LOADED = """
    INSERT INTO gift_card (id, tail, kind, balance_minor, made_us, seq) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET balance_minor = excluded.balance_minor, seq = excluded.seq
"""
_MOVE = """
    INSERT INTO gift_card_move (card, seq, why, minor, balance_minor, at_us, register) VALUES (?, ?, ?, ?, ?, ?, ?)
"""


def _loaded(db: Connection, fact: RecordedEvent, event: CardLoaded) -> None:
    db.execute(_LOADED, (event.card, event.tail, event.kind, event.balance_minor, fact.at_us, fact.seq))
    _move(db, fact, event.card, "loaded", event.minor, event.balance_minor)


def _moved(db: Connection, fact: RecordedEvent, event: CardMoved) -> None:
    values = (event.balance_minor, fact.seq, event.card)
    db.execute("UPDATE gift_card SET balance_minor = ?, seq = ? WHERE id = ?", values)
    sign = 1 if event.why == "put_back" else -1
    _move(db, fact, event.card, event.why, sign * event.minor, event.balance_minor)


def _closed(db: Connection, fact: RecordedEvent, event: CardClosed) -> None:
    db.execute("UPDATE gift_card SET closed = 1, seq = ? WHERE id = ?", (fact.seq, event.card))
    _move(db, fact, event.card, "closed", 0, event.balance_minor)


def _move(db: Connection, fact: RecordedEvent, card: str, why: str, minor: int, balance_minor: int) -> None:
    db.execute(_MOVE, (card, fact.seq, why, minor, balance_minor, fact.at_us, fact.register))


projector = Projector(
    name="gift_cards",
    version=1,
    tables=("gift_card", "gift_card_move"),
    on={CardLoaded: _loaded, CardMoved: _moved, CardClosed: _closed},
)
