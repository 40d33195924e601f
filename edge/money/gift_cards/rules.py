"""What a card holds over all shops, and until when. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date

import msgspec

from edge.lib.units.dates import after

BACK_DAYS = 30
"""A card that gets money back is good for at least so long."""


class SettledCard(msgspec.Struct, frozen=True):
    """A card as head office knows it: what it holds, and `lost_minor`, what was spent beyond that and is gone."""

    balance_minor: int = 0
    lost_minor: int = 0


def card_after(moves: Iterable[int]) -> SettledCard:
    """What a card holds after these sums, in the order in which they happened: never below 0. What would have been
    below is lost, and a later load is not taken for it."""
    balance = lost = 0
    for minor in moves:
        balance += minor
        if balance < 0:
            lost, balance = lost - balance, 0
    return SettledCard(balance, lost)


def is_over(expires_on: str, business_date: str) -> bool:
    """Whether a card's last day of business is over. It is good through the whole of that day."""
    return bool(expires_on) and business_date > expires_on


def expiry_of_load(business_date: str, valid_months: int, before: str = "") -> str:
    """The last day of a card that is loaded today; a load never shortens it."""
    if not valid_months:
        return ""
    day = date.fromisoformat(business_date)
    months = day.year * 12 + day.month - 1 + valid_months
    year, month = divmod(months, 12)
    last = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1])).isoformat()
    return max(last, before)


def expiry_of_return(business_date: str, before: str) -> str:
    """The last day of a card that gets money back: as before, or in 30 days, whichever is later."""
    later = after(business_date, BACK_DAYS)
    return max(before, later) if before else ""
