"""Queries of gift cards."""

from __future__ import annotations

from typing import Any

import msgspec

from edge.core.messages import Number, Refusal
from edge.core.storage.database import Connection
from edge.money.gift_cards.card import card_id, code_of

CARDS_LIMIT = 200
_FIELDS = """
    id, tail, kind, balance_minor, closed, made_us, seq, expires_on, lost_minor, noted_minor, unconfirmed_minor,
    unsettled
"""
_MOVES = """
    SELECT why, minor, balance_minor, at_us, register, seq FROM gift_card_move WHERE card = ? ORDER BY seq DESC LIMIT ?
"""
HOLD_US = 30 * 60 * 1_000_000
"""How long part of a card's balance is held for an untouched basket (microseconds)."""
BOOK_US = 10 * 1_000_000
"""Maximum age of head office's answer for booking an expired balance (microseconds)."""
OFFICE = "(office)"
"""Register name recorded for actions without a register.

No register can have this name (`edge.runtime.config.sections.Name`).
"""

WRONG_MOST = 20
WITHIN_US = 600 * 1_000_000
"""Time window for counting unknown codes at a register.

Too many in the window block code entry there until the oldest has left the window.
"""
_WRONG = "SELECT at_us FROM gift_code_try WHERE register = ? AND at_us > ? ORDER BY at_us DESC LIMIT ?"
_CLOSED = "SELECT register FROM gift_code_try WHERE at_us > ? GROUP BY register HAVING count(*) >= ? ORDER BY register"


class GiftCard(msgspec.Struct, frozen=True):
    """A card: `tail` is the end of its code, `seq` the row of its last change, `expires_on` its last day.

    `unconfirmed_minor`: spent here without head office's confirmation; `unsettled`: whether head office must be asked.
    `lost_minor`: the amount overspent in all shops; `noted_minor`: the acknowledged part of it.
    """

    id: str
    tail: str
    kind: str
    balance_minor: int
    closed: bool
    made_us: int
    seq: int
    expires_on: str = ""
    lost_minor: int = 0
    noted_minor: int = 0
    unconfirmed_minor: int = 0
    unsettled: bool = False


class CardMove(msgspec.Struct, frozen=True):
    """A movement of a card, recorded at journal row `seq`; `minor` is negative for payments."""

    why: str
    minor: int
    balance_minor: int
    at_us: int
    register: str
    seq: int = 0


def read_card(db: Connection, id: str) -> GiftCard | None:
    """A card by its id."""
    row = db.execute(f"SELECT {_FIELDS} FROM gift_card WHERE id = ?", (id,)).fetchone()
    return _card(row) if row else None


def find_card(db: Connection, code: str) -> GiftCard | None:
    """Return a card by its code, in any notation; None if this box doesn't know it."""
    found = code_of(code)
    return read_card(db, card_id(found)) if found else None


def read_cards(db: Connection, before: Number | None = None, limit: Number = 50) -> list[GiftCard]:
    """Cards below journal row `before` (for the next page), the most recently changed first."""
    where = f"SELECT {_FIELDS} FROM gift_card WHERE seq < ? ORDER BY seq DESC LIMIT ?"
    return [_card(row) for row in db.execute(where, (before or 2**62, min(limit, CARDS_LIMIT)))]


def read_card_moves(db: Connection, card: str, limit: Number = 50) -> list[CardMove]:
    """A card's movements, the newest first."""
    return [CardMove(*row) for row in db.execute(_MOVES, (card, min(limit, CARDS_LIMIT)))]


def read_lost_cards(db: Connection, limit: Number = 50) -> list[GiftCard]:
    """Cards overspent here without head office's confirmation, whose loss isn't acknowledged yet."""
    where = "lost_minor > noted_minor AND unconfirmed_minor > 0 ORDER BY seq DESC LIMIT ?"
    return [_card(row) for row in db.execute(f"SELECT {_FIELDS} FROM gift_card WHERE {where}", (limit,))]


def unsettled_cards(db: Connection, limit: int) -> list[GiftCard]:
    """Cards whose balance must be requested from head office."""
    return [_card(row) for row in db.execute(f"SELECT {_FIELDS} FROM gift_card WHERE unsettled LIMIT ?", (limit,))]


def moved_since(db: Connection, card: str, seq: int) -> list[int]:
    """This box's loads and payments of a card since a journal row, in minor units."""
    rows = db.execute(
        "SELECT minor FROM gift_card_move WHERE card = ? AND seq > ? AND why NOT IN ('settled', 'closed')", (card, seq)
    )
    return [minor for (minor,) in rows]


def confirmed_minor(db: Connection, card: str, at_us: int, within_us: int = HOLD_US) -> int | None:
    """The balance that head office confirmed for payment, while it's held for this box; None if unconfirmed."""
    row = db.execute("SELECT at_us, free_minor FROM gift_confirmed WHERE card = ?", (card,)).fetchone()
    return int(row[1]) if row and 0 <= at_us - row[0] < within_us else None


def is_kept_for_office(db: Connection, card: str, at_us: int) -> bool:
    """Whether head office has just confirmed that it holds the card's whole balance for this box's office."""
    row = db.execute("SELECT at_us FROM gift_hold WHERE card = ? AND register = ?", (card, OFFICE)).fetchone()
    return row is not None and 0 <= at_us - row[0] < BOOK_US


def unconfirmed_today(db: Connection, card: str, business_date: str) -> int:
    """The sum a card paid on a business day without head office's confirmation."""
    (minor,) = db.execute(
        "SELECT coalesce(-sum(minor), 0) FROM gift_card_move WHERE card = ? AND business_date = ? AND unconfirmed",
        (card, business_date),
    ).fetchone()
    return int(minor)


def sum_of_cards(db: Connection) -> int:
    """The shop's liability from all cards."""
    (minor,) = db.execute("SELECT coalesce(sum(balance_minor), 0) FROM gift_card").fetchone()
    return int(minor)


def held_minor(db: Connection, card: str, at_us: int, but: str = "") -> int:
    """The sum of a card held for baskets of registers other than `but`."""
    (minor,) = db.execute(
        "SELECT coalesce(sum(minor), 0) FROM gift_hold WHERE card = ? AND register != ? AND at_us > ?",
        (card, but, at_us - HOLD_US),
    ).fetchone()
    return int(minor)


def _card(row: tuple[Any, ...]) -> GiftCard:
    id, tail, kind, balance, closed, made_us, seq, expires, lost, noted, unconfirmed, unsettled = row
    return GiftCard(
        *(id, tail, kind, balance, bool(closed), made_us, seq), expires, lost, noted, unconfirmed, bool(unsettled)
    )


def was_loaded_here(db: Connection, card: str) -> bool:
    """Whether this box loaded the card, rather than only having heard of it from head office."""
    return (
        db.execute("SELECT 1 FROM gift_card_move WHERE card = ? AND why IN ('loaded', 'imported')", (card,)).fetchone()
        is not None
    )


def may_look(db: Connection, register: str, at_us: int) -> None:
    """Raise `Refusal` while a register is blocked after too many unknown codes."""
    wrong = db.execute(_WRONG, (register, at_us - WITHIN_US, WRONG_MOST)).fetchall()
    if len(wrong) >= WRONG_MOST:
        raise Refusal("card_wait", {"minutes": -(-(wrong[-1][0] + WITHIN_US - at_us) // 60_000_000)})


def closed_registers(db: Connection, at_us: int) -> list[str]:
    """Registers blocked after too many unknown codes."""
    return [register for (register,) in db.execute(_CLOSED, (at_us - WITHIN_US, WRONG_MOST))]
