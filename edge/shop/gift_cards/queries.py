"""Reads of gift cards."""

from __future__ import annotations

import msgspec

from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.shop.gift_cards.card import card_id, code_of

CARDS_LIMIT = 200
_FIELDS = "id, tail, kind, balance_minor, closed, made_us, seq"
_MOVES = """
    SELECT why, minor, balance_minor, at_us, register FROM gift_card_move WHERE card = ? ORDER BY seq DESC LIMIT ?
"""
HOLD_US = 30 * 60 * 1_000_000
"""How long a card waits for a basket that nobody touches."""


class GiftCard(msgspec.Struct, frozen=True):
    """A card: `tail` is the end of its code, `seq` the row that changed it last."""

    id: str
    tail: str
    kind: str
    balance_minor: int
    closed: bool
    made_us: int
    seq: int


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


def _card(row: tuple[str, str, str, int, int, int, int]) -> GiftCard:
    id, tail, kind, balance, closed, made_us, seq = row
    return GiftCard(id, tail, kind, balance, bool(closed), made_us, seq)
