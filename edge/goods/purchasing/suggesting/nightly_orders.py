"""Drafts suggested orders nightly and when stock runs low, for suppliers with this option; small orders are approved
too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec
import structlog

from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.core.process.parts import Ready
from edge.core.storage.database import Connection
from edge.foundation.access.rights import system
from edge.goods.purchasing.commands import ApprovePurchaseOrder, OrderSuggested
from edge.goods.purchasing.queries import read_purchase
from edge.goods.purchasing.rules import SuggestedOrder, Suggestions
from edge.goods.purchasing.suggesting.supplier_choice import best_suggestions
from edge.goods.stock.queries import low_places

_log = structlog.get_logger(__name__)
T = TypeVar("T")

LOOK_S = 60.0
AT_HOUR = 4
"""Hour at which orders are drafted, after forecasts are updated."""
_BY_ITSELF = "SELECT id, auto_approve_minor FROM supplier WHERE nightly AND NOT retired"


class NightlyOrders:
    """The part that drafts orders.

    `zone`: the shop's time zone; `business_date`: returns the business date of a moment. Drafts count as ordered, so no
    need is drafted twice.
    """

    def __init__(
        self, shop: CommandBus, zone: str, business_date: Callable[[int], str], look_s: float = LOOK_S
    ) -> None:
        self._shop = shop
        self._zone = ZoneInfo(zone)
        self._business_date = business_date
        self._look_s = look_s
        self._drafted_on = ""
        self._low: frozenset[tuple[str, str]] | None = None

    async def run(self, ready: Ready) -> None:
        """Run until cancelled."""
        ready()
        await self._shop.till_first.repeat(self._look_now, self._look_s)

    async def _look_now(self) -> None:
        now_us = self._shop.now_us()
        hour = datetime.fromtimestamp(now_us / 1e6, tz=self._zone).hour
        await self.look(self._business_date(now_us), hour)

    async def look(self, today: str, hour: int) -> list[int]:
        """Draft orders that are due, or for products that have run low; returns the orders' numbers.

        Products already low at startup wait for the nightly run.
        """
        due = self._drafted_on != today and hour >= AT_HOUR
        low = frozenset(await asyncio.to_thread(self._shop.read, low_places))
        crossed = frozenset() if self._low is None else frozenset(sku for sku, _ in low - self._low)
        made = await self.draft(today, None if due else crossed) if due or crossed else []
        self._low = low  # after drafting: if that fails, they're due at the next check
        if due:
            self._drafted_on = today
        return made

    async def draft(self, today: str, skus: frozenset[str] | None = None) -> list[int]:
        """Draft orders for these products, or all needs; return their numbers."""
        approve = dict(self._shop.reader.execute(_BY_ITSELF).fetchall())
        found = await asyncio.to_thread(self._shop.read, lambda db: self._suggest_orders(db, today, skus))
        wanted = [one for one in found.orders if one.supplier in approve]
        made = [await self._make(one, approve[one.supplier]) for one in wanted]
        return [number for number in made if number]

    def _suggest_orders(self, db: Connection, today: str, skus: frozenset[str] | None) -> Suggestions:
        wanted = self._shop.registry.queries["purchase_wanted"].read(db, today=today)
        needs = (one for one in wanted.needs if one.is_watched and (skus is None or one.sku in skus))
        return best_suggestions(msgspec.structs.replace(wanted, needs=tuple(needs)))

    async def _make(self, order: SuggestedOrder, approve_minor: int) -> int:
        skus = tuple(line.sku for line in order.lines)
        outcome = await self._shop.do(OrderSuggested(order.supplier, order.location, skus), system())
        if not isinstance(outcome, Done):
            _log.info("a suggested order couldn't be drafted", supplier=order.supplier, why=str(outcome)[:80])
            return 0
        number = int(outcome.result)
        made = read_purchase(self._shop.reader, number)  # may be an existing draft that was topped up
        if made and made.total_minor <= approve_minor:
            await self._shop.do(ApprovePurchaseOrder(number), system())
        return number
