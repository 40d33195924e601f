"""Expires points of members without activity."""

from __future__ import annotations

import asyncio
from calendar import monthrange
from collections.abc import Callable
from datetime import date

from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.core.process.part_context import PartContext
from edge.core.registry import PartSpec, Transaction
from edge.core.storage.database import Connection
from edge.counter.loyalty.commands import EndIdlePoints
from edge.counter.loyalty.events import PointsExpired
from edge.counter.loyalty.settings import LoyaltySettings
from edge.counter.loyalty.shared_members import shared_member
from edge.foundation.access.rights import system
from edge.foundation.settings.queries import LiveSettings
from edge.goods.catalog.queries import json_text
from edge.people.customers.queries import all_ids

EVERY_S = 3600.0
AT_ONCE = 50
_USED = """
    SELECT max(business_date) FROM loyalty_move
    WHERE customer IN (SELECT value FROM json_each(?)) AND why <> 'expired'
"""
_HOLDERS = """
    SELECT p.customer FROM loyalty_purse p WHERE p.points > 0
    GROUP BY p.customer HAVING (SELECT max(m.business_date) FROM loyalty_move m WHERE m.customer = p.customer) < ?
    ORDER BY p.customer
"""
_PURSES = "SELECT purse, points FROM loyalty_purse WHERE customer = ? AND points > 0 ORDER BY purse"


def months_before(day: str, months: int) -> str:
    """The same day some months earlier, or that month's last day if it's shorter.

    >>> months_before("2028-02-29", 12), months_before("2027-01-15", 24)
    ('2027-02-28', '2025-01-15')
    """
    return _add_months(day, -months)


def _add_months(day: str, months: int) -> str:
    known = date.fromisoformat(day)
    year, month = divmod(known.year * 12 + known.month - 1 + months, 12)
    return date(year, month + 1, min(known.day, monthrange(year, month + 1)[1])).isoformat()


def good_until(db: Connection, customer: str, settings: LoyaltySettings) -> str:
    """The last day on which a member's points are valid without further activity; "" if they don't expire."""
    if not settings.idle_months:
        return ""
    used = _last_use_day(db, customer)
    return _add_months(used, settings.idle_months) if used else ""


def end_idle_points(now: LiveSettings[LoyaltySettings], tx: Transaction, command: EndIdlePoints) -> int:
    """Expire a batch of inactive points; returns the number of customers."""
    ended = idle(tx.db, now.of(tx), tx.business_date, tx.at_us)[:AT_ONCE]
    for customer in ended:
        for purse, points in tx.db.execute(_PURSES, (customer,)).fetchall():
            tx.append(PointsExpired(customer, purse, points))
    return len(ended)


def idle(db: Connection, settings: LoyaltySettings, business_date: str, at_us: int) -> list[str]:
    """Customers with expired points, under each of their ids.

    Excludes members of several shops, because their activity elsewhere isn't known here.
    """
    if not settings.idle_months:
        return []
    since = months_before(business_date, settings.idle_months)
    holders = [customer for (customer,) in db.execute(_HOLDERS, (since,)).fetchall()]
    over = [customer for customer in holders if (_last_use_day(db, customer) or since) < since]
    return [one for one in over if not (settings.head_office and shared_member(db, one, at_us))]


def _last_use_day(db: Connection, customer: str) -> str:
    """The day of a customer's last activity, under any of their ids; "" if there was none."""
    return db.execute(_USED, (json_text(all_ids(db, customer)),)).fetchone()[0] or ""


class IdlePoints:
    """Expires inactive points in the background."""

    def __init__(
        self, now: LiveSettings[LoyaltySettings], shop: CommandBus, business_date: Callable[[int], str]
    ) -> None:
        self._now, self._shop, self._business_date = now, shop, business_date

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until cancelled."""
        ready()
        while True:
            await self.end_due()
            await asyncio.sleep(EVERY_S)

    async def end_due(self) -> int:
        """Expire all points that are due; returns the number of customers. The writer decides the business day."""
        ended = 0
        now_us = self._shop.now_us()
        while idle(self._shop.reader, self._now.at(self._shop.reader), self._business_date(now_us), now_us):
            outcome = await self._shop.do(EndIdlePoints(), system())
            if not isinstance(outcome, Done) or not outcome.result:
                break
            ended += outcome.result
        return ended


def part(now: LiveSettings[LoyaltySettings]) -> PartSpec:
    """The background part that expires points."""

    def make_part(context: PartContext) -> IdlePoints:
        return IdlePoints(now, context.shop, context.business_date)

    return PartSpec("idle_points", make_part)
