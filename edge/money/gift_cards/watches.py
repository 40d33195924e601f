"""Alerts about gift cards."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.lib.units.dates import after
from edge.money.gift_cards.queries import closed_registers, read_lost_cards

SOON_DAYS = 30
_EXPIRING = """
    SELECT count(*), coalesce(sum(balance_minor), 0) FROM gift_card
    WHERE NOT closed AND balance_minor > 0 AND expires_on BETWEEN ? AND ?
"""


def _overspent_cards(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Cards overspent while head office couldn't be reached."""
    for card in read_lost_cards(db):
        yield Condition(card.id, {"tail": card.tail, "sum_minor": card.lost_minor - card.noted_minor})


def _expiring(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """A single alert for all cards with a balance that expire within a month."""
    until = after(business_date, SOON_DAYS)
    count, minor = db.execute(_EXPIRING, (business_date, until)).fetchone()
    if count:
        yield Condition("", {"cards": count, "sum_minor": minor, "days": SOON_DAYS})


def _guessed_codes(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    """Registers at which many unknown codes were entered."""
    for register in closed_registers(db, now_us):
        yield Condition(register, {"register": register})


WATCHES: tuple[Watch, ...] = (
    Watch("gift_card_lost", "medium", _overspent_cards),
    Watch("gift_cards_expire", "info", _expiring, every_s=3600),
    Watch("gift_codes_guessed", "high", _guessed_codes, every_s=15),
)
