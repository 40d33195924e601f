"""Reads of gift cards."""

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
    SELECT why, minor, balance_minor, at_us, register FROM gift_card_move WHERE card = ? ORDER BY seq DESC LIMIT ?
"""
HOLD_US = 30 * 60 * 1_000_000
"""How long a card waits for a basket that nobody touches."""
BOOK_US = 10 * 1_000_000
"""How old head office's word may be by which what expired is booked."""
OFFICE = "(office)"
"""Stands for a register where none does. No register can be named so (`edge.runtime.config.sections.Name`)."""

WRONG_MOST = 20
WITHIN_US = 600 * 1_000_000
"""So many that nobody knows at one register within this time close it to codes until the first of them is as old."""
_WRONG = "SELECT at_us FROM gift_code_try WHERE register = ? AND at_us > ? ORDER BY at_us DESC LIMIT ?"
_CLOSED = "SELECT register FROM gift_code_try WHERE at_us > ? GROUP BY register HAVING count(*) >= ? ORDER BY register"


class GiftCard(msgspec.Struct, frozen=True):
    """A card: `tail` is the end of its code, `seq` the row that changed it last, `expires_on` its last day.

    `unconfirmed_minor`: what was spent here without head office's word; `unsettled`: whether it is to be asked about.
    `lost_minor`: what all shops spent beyond what it held; `noted_minor`: what of that somebody has seen.
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
    """How a card came to what it holds: `minor` is below 0 where it went out."""

    why: str
    minor: int
    balance_minor: int
    at_us: int
    register: str


def read_card(db: Connection, id: str) -> GiftCard | None:
    """A card by its id."""
    row = db.execute(f"SELECT {_FIELDS} FROM gift_card WHERE id = ?", (id,)).fetchone()
    return _card(row) if row else None


def find_card(db: Connection, code: str) -> GiftCard | None:
    """A card by the code on it, however it is written; None: nobody knows it here."""
    found = code_of(code)
    return read_card(db, card_id(found)) if found else None


def read_cards(db: Connection, before: Number | None = None, limit: Number = 50) -> list[GiftCard]:
    """Cards, those that changed last first, from below row `before` of the journal on (for the next page)."""
    where = f"SELECT {_FIELDS} FROM gift_card WHERE seq < ? ORDER BY seq DESC LIMIT ?"
    return [_card(row) for row in db.execute(where, (before or 2**62, min(limit, CARDS_LIMIT)))]


def read_card_moves(db: Connection, card: str, limit: Number = 50) -> list[CardMove]:
    """What happened to a card, the newest first."""
    return [CardMove(*row) for row in db.execute(_MOVES, (card, min(limit, CARDS_LIMIT)))]


def read_lost_cards(db: Connection, limit: Number = 50) -> list[GiftCard]:
    """Cards of which more was spent, here without head office's word, than they held, and nobody has seen it yet."""
    where = "lost_minor > noted_minor AND unconfirmed_minor > 0 ORDER BY seq DESC LIMIT ?"
    return [_card(row) for row in db.execute(f"SELECT {_FIELDS} FROM gift_card WHERE {where}", (limit,))]


def unsettled_cards(db: Connection, limit: int) -> list[GiftCard]:
    """Cards that head office has to be asked about."""
    return [_card(row) for row in db.execute(f"SELECT {_FIELDS} FROM gift_card WHERE unsettled LIMIT ?", (limit,))]


def moved_since(db: Connection, card: str, seq: int) -> list[int]:
    """What this box put onto a card and took off it behind a row of its journal."""
    rows = db.execute(
        "SELECT minor FROM gift_card_move WHERE card = ? AND seq > ? AND why NOT IN ('settled', 'closed')", (card, seq)
    )
    return [minor for (minor,) in rows]


def confirmed_minor(db: Connection, card: str, at_us: int, within_us: int = HOLD_US) -> int | None:
    """What head office said that a card may pay, as long as it keeps it for this box; None: it did not say."""
    row = db.execute("SELECT at_us, free_minor FROM gift_confirmed WHERE card = ?", (card,)).fetchone()
    return int(row[1]) if row and 0 <= at_us - row[0] < within_us else None


def is_kept_for_office(db: Connection, card: str, at_us: int) -> bool:
    """Whether head office said a moment ago that it keeps all of a card for this box's office."""
    row = db.execute("SELECT at_us FROM gift_hold WHERE card = ? AND register = ?", (card, OFFICE)).fetchone()
    return row is not None and 0 <= at_us - row[0] < BOOK_US


def unconfirmed_today(db: Connection, card: str, business_date: str) -> int:
    """What a card paid on a day of business without head office's word."""
    (minor,) = db.execute(
        "SELECT coalesce(-sum(minor), 0) FROM gift_card_move WHERE card = ? AND business_date = ? AND unconfirmed",
        (card, business_date),
    ).fetchone()
    return int(minor)


def sum_of_cards(db: Connection) -> int:
    """What the shop owes on all cards."""
    (minor,) = db.execute("SELECT coalesce(sum(balance_minor), 0) FROM gift_card").fetchone()
    return int(minor)


def held_minor(db: Connection, card: str, at_us: int, but: str = "") -> int:
    """What of a card is kept for baskets of other registers than `but`."""
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
    """Whether this box put money onto a card, and does not know it from head office alone."""
    return (
        db.execute("SELECT 1 FROM gift_card_move WHERE card = ? AND why IN ('loaded', 'imported')", (card,)).fetchone()
        is not None
    )


def may_look(db: Connection, register: str, at_us: int) -> None:
    """`Refusal`: no code is looked up at a register now: too many were wrong there."""
    wrong = db.execute(_WRONG, (register, at_us - WITHIN_US, WRONG_MOST)).fetchall()
    if len(wrong) >= WRONG_MOST:
        raise Refusal("card_wait", {"minutes": -(-(wrong[-1][0] + WITHIN_US - at_us) // 60_000_000)})


def closed_registers(db: Connection, at_us: int) -> list[str]:
    """Where so many were wrong that none is looked up."""
    return [register for (register,) in db.execute(_CLOSED, (at_us - WITHIN_US, WRONG_MOST))]
