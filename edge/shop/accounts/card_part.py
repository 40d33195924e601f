"""The part that books what stored cards paid onto the accounts of their customers."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import structlog

from edge.core.command_bus import COMMITTED, CommandBus
from edge.core.messages import Done
from edge.core.process.part_context import PartContext
from edge.shop.access.rights import system
from edge.shop.accounts.commands import BookAccountCard
from edge.shop.payments.queries import unused_payments

_log = structlog.get_logger(__name__)


class AccountCardsPart:
    """What was taken stands in the ledger until it is booked, so that nothing is lost whatever breaks off."""

    def __init__(self, shop: CommandBus) -> None:
        self._shop = shop
        self._refused: set[str] = set()

    async def run(self, ready: Callable[[], None]) -> None:
        """Until cancelled."""
        news = self._shop.bus.subscribe(COMMITTED)
        ready()
        try:
            while True:
                await self._look()
                await self._shop.news(news)
        finally:
            self._shop.bus.unsubscribe(news)

    async def _look(self) -> None:
        for one in unused_payments(self._shop.reader, "account"):
            if one.id in self._refused:
                continue
            actor = msgspec.structs.replace(system("job"), name=one.person, register=one.sold_at)
            if not isinstance(outcome := await self._shop.do(BookAccountCard(one.id), actor), Done):
                self._refused.add(one.id)  # it is told as an alert, and tried again at the next start
                _log.warning("what a stored card paid cannot be booked", payment=one.id, why=str(outcome))


def part_of(context: PartContext) -> AccountCardsPart:
    """What makes the part."""
    return AccountCardsPart(context.shop)
