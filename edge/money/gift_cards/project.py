"""Projects gift card events to rows."""

from __future__ import annotations

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.money.gift_cards.events import CardClosed, CardLoaded, CardLossNoted, CardMoved, CardReopened, CardSettled

_LOADED = """
    INSERT INTO gift_card (id, tail, kind, balance_minor, made_us, seq, expires_on) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET balance_minor = excluded.balance_minor, seq = excluded.seq,
                                   expires_on = excluded.expires_on
"""
_MOVED = """
    UPDATE gift_card SET balance_minor = ?1, seq = ?2, expires_on = ?3,
                         unconfirmed_minor = unconfirmed_minor + ?4, unsettled = unsettled OR ?4 > 0
    WHERE id = ?5
"""
_SETTLED = """
    INSERT INTO gift_card (id, tail, kind, balance_minor, closed, made_us, seq, expires_on, lost_minor)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET balance_minor = excluded.balance_minor, closed = excluded.closed, seq = excluded.seq,
        expires_on = excluded.expires_on, lost_minor = excluded.lost_minor, unsettled = 0
"""
_MOVE = """
    INSERT INTO gift_card_move (card, seq, why, minor, balance_minor, at_us, register, business_date, unconfirmed)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


def _load_card(db: Connection, fact: RecordedEvent, event: CardLoaded) -> None:
    values = (event.card, event.tail, event.kind, event.balance_minor, fact.at_us, fact.seq, event.expires_on)
    db.execute(_LOADED, values)
    _move(db, fact, event.card, "imported" if event.imported else "loaded", event.minor, event.balance_minor)


def _change_balance(db: Connection, fact: RecordedEvent, event: CardMoved) -> None:
    doubted = event.minor if event.unconfirmed else 0
    db.execute(_MOVED, (event.balance_minor, fact.seq, event.expires_on, doubted, event.card))
    sign = 1 if event.why == "put_back" else -1
    _move(db, fact, event.card, event.why, sign * event.minor, event.balance_minor, event.unconfirmed)


def _close_card(db: Connection, fact: RecordedEvent, event: CardClosed) -> None:
    db.execute("UPDATE gift_card SET closed = 1, seq = ? WHERE id = ?", (fact.seq, event.card))
    _move(db, fact, event.card, "closed", 0, event.balance_minor)


def _reopen_card(db: Connection, fact: RecordedEvent, event: CardReopened) -> None:
    db.execute("UPDATE gift_card SET closed = 0, seq = ? WHERE id = ?", (fact.seq, event.card))
    _move(db, fact, event.card, "reopened", 0, event.balance_minor)


def _settle_card(db: Connection, fact: RecordedEvent, event: CardSettled) -> None:
    before = db.execute("SELECT balance_minor FROM gift_card WHERE id = ?", (event.card,)).fetchone()
    values = (event.card, event.tail, event.kind, event.balance_minor, event.closed, fact.at_us, fact.seq)
    db.execute(_SETTLED, (*values, event.expires_on, event.lost_minor))
    difference = event.balance_minor - (before[0] if before else 0)
    _move(db, fact, event.card, "settled", difference, event.balance_minor)


def _note_loss(db: Connection, fact: RecordedEvent, event: CardLossNoted) -> None:
    db.execute("UPDATE gift_card SET noted_minor = ? WHERE id = ?", (event.lost_minor, event.card))


def _move(
    db: Connection,
    fact: RecordedEvent,
    card: str,
    why: str,
    minor: int,
    balance_minor: int,
    unconfirmed: bool = False,
) -> None:
    values = (card, fact.seq, why, minor, balance_minor, fact.at_us, fact.register, fact.business_date, unconfirmed)
    db.execute(_MOVE, values)


projector = Projector(
    name="gift_cards",
    version=1,
    tables=("gift_card", "gift_card_move"),
    on={
        CardLoaded: _load_card,
        CardMoved: _change_balance,
        CardClosed: _close_card,
        CardReopened: _reopen_card,
        CardSettled: _settle_card,
        CardLossNoted: _note_loss,
    },
)
