"""A card's balance over all shops, and its expiry. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date

import msgspec

from edge.lib.units.dates import after

BACK_DAYS = 30
"""Minimum days for which a card stays valid after a refund to it."""


class SettledCard(msgspec.Struct, frozen=True):
    """A card at head office: its balance, and the amount that was overspent and lost (`lost_minor`)."""

    balance_minor: int = 0
    lost_minor: int = 0


def card_after(moves: Iterable[int], before: SettledCard | None = None) -> SettledCard:
    """A card's balance after these movements in order of time, never below 0.

    An overspent amount is lost. It isn't deducted from a later load.
    """
    balance, lost = (before.balance_minor, before.lost_minor) if before else (0, 0)
    for minor in moves:
        balance += minor
        if balance < 0:
            lost, balance = lost - balance, 0
    return SettledCard(balance, lost)


def is_over(expires_on: str, business_date: str) -> bool:
    """Whether a card has expired. It's valid until the end of its last business day."""
    return bool(expires_on) and business_date > expires_on


def expiry_of_load(business_date: str, valid_months: int, before: str | None) -> str:
    """The last day of a card loaded today; "" if it never expires.

    A load never shortens its validity. `before`: the last day so far; None for a new card.
    """
    if not valid_months or before == "":
        return ""
    day = date.fromisoformat(business_date)
    months = day.year * 12 + day.month - 1 + valid_months
    year, month = divmod(months, 12)
    last = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1])).isoformat()
    return max(last, before or "")


def expiry_of_card(moves: Iterable[tuple[int, str]]) -> str:
    """The last day of a card used in several shops, from the sum and last day of each movement.

    It's the latest of them, or "" if money was loaded that never expires.
    """
    found = tuple(moves)
    if any(minor > 0 and not expires_on for minor, expires_on in found):
        return ""
    return max((expires_on for _, expires_on in found), default="")


def expiry_of_return(business_date: str, before: str) -> str:
    """The last day of a card that is refunded: its last day so far, or 30 days from now if that's later."""
    later = after(business_date, BACK_DAYS)
    return max(before, later) if before else ""
