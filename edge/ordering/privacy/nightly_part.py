"""Deletes expired data nightly at 04:30 shop time, and on start.

The data is sessions and codes of accounts, voice templates, and inactive customers. Nothing is deleted while the clock
is doubtful.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import structlog

from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.core.people.forgetting import overwriting
from edge.core.process.part_context import PartContext
from edge.core.registry import PartSpec
from edge.core.storage.database import Connection
from edge.foundation.access.rights import system
from edge.ordering.customer_accounts.settings import DAY_US, MOST_DAYS
from edge.ordering.customer_accounts.ways import RECLAIM_US
from edge.ordering.privacy.commands import EndUntouched
from edge.people.customers.kept_days import USUAL, KeptDays, over_before_us, read_kept_days

_log = structlog.get_logger(__name__)
AT = time(4, 30)
ROWS_AT_ONCE = 200
"""Maximum rows deleted per turn of the writer, because tills wait for it."""
TURNS_MOST = 10_000
PAST_DAYS = 400
"""Maximum age in days of purchases imported from the previous system.

At that age, they have a twenty-thousandth of their weight.
"""
_OVER = (
    ("account_session", "digest", "began_us", MOST_DAYS * DAY_US),
    ("account_code", "digest", "until_us", 0),
    ("account_challenge", "challenge", "until_us", 0),
    ("account_undo", "customer, kind", "since_us", RECLAIM_US),
    ("biometric_template", "person, kind", "expires_us", 0),
    ("recommend_past", "customer, sku, at_us", "at_us", PAST_DAYS * DAY_US),
)
"""Tables with their keys, the time of a row, and how long after it the row expires."""


def sweep(db: Connection, now_us: int, kept: KeptDays = USUAL) -> dict[str, int]:
    """Delete one batch and overwrite it in the file. Returns the number of rows by kind."""
    gone: dict[str, int] = {}
    ends = [(table, key, moment, now_us - after_us) for table, key, moment, after_us in _OVER]
    ends.append(("recommend_view", "customer, sku", "at_us", over_before_us(kept.view_days, now_us)))
    with overwriting(db):
        for table, key, moment, before_us in ends:
            over = f"SELECT {key} FROM {table} WHERE {moment} < ? LIMIT ?"
            left = f"DELETE FROM {table} WHERE ({key}) IN ({over})"
            if count := db.execute(left, (before_us, ROWS_AT_ONCE)).rowcount:
                gone[table] = count
    return gone


class Retention:
    """Deletes expired data in the background."""

    def __init__(self, shop: CommandBus, zone: ZoneInfo) -> None:
        self._shop = shop
        self._zone = zone

    async def run(self, ready: Callable[[], None]) -> None:
        """Delete expired personal data every night until cancelled."""
        await self.let_go()
        ready()
        while True:
            await asyncio.sleep(seconds_to(AT, self._shop.now_us(), self._zone))
            await self.let_go()

    async def let_go(self) -> dict[str, int]:
        """Delete all expired data; returns the number of rows by kind. Deletes nothing while the clock is doubtful."""
        gone: dict[str, int] = {}
        if self._shop.doubt_of_clock is not None:
            return gone
        kept = read_kept_days(self._shop.registry, self._shop.reader)
        for _ in range(TURNS_MOST):
            turn = await self._shop.maintain(partial(sweep, now_us=self._shop.now_us(), kept=kept))
            if not isinstance(turn, dict) or not turn:
                break
            gone = {kind: gone.get(kind, 0) + turn.get(kind, 0) for kind in {*gone, *turn}}
        for _ in range(TURNS_MOST):
            outcome = await self._shop.do(EndUntouched(), system())
            if not isinstance(outcome, Done) or not (outcome.result.told or outcome.result.forgotten):
                break
            gone["customer"] = gone.get("customer", 0) + outcome.result.forgotten
        if "biometric_template" in gone:
            _log.info("expired biometric templates were deleted", count=gone["biometric_template"])
        if gone:
            _log.info("expired data erased", **gone)
        return gone


def seconds_to(at: time, now_us: int, zone: ZoneInfo) -> float:
    """Seconds until this time of the shop's day comes next.

    A time skipped by daylight saving is moved to the time after it.
    """
    now = datetime.fromtimestamp(now_us / 1e6, zone)
    next_one = datetime.combine(now.date(), at, zone)
    if next_one <= now:
        next_one = datetime.combine(now.date() + timedelta(days=1), at, zone)
    return max(1.0, next_one.timestamp() - now_us / 1e6)


def _retention(context: PartContext) -> Retention:
    return Retention(context.shop, ZoneInfo(context.zone))


PARTS = (PartSpec("retention", _retention),)
