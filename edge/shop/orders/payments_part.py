"""The part that sells what cards paid ahead for orders, and ends payments that fit their order no more."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import structlog

from edge.core.command_bus import COMMITTED, CommandBus
from edge.core.messages import Done
from edge.core.storage.database import Connection
from edge.shop.access.rights import system
from edge.shop.orders.order_payments import BookOrderPayment, EndOrderPayments, OrderPaying, to_book
from edge.shop.payments.queries import open_order_payments
from edge.shop.till.settings import TillSettings

_log = structlog.get_logger(__name__)


class OrderPaymentsPart:
    """What was taken stands in the ledger until it is sold, so that nothing is lost whatever breaks off."""

    def __init__(self, shop: CommandBus, settings: Callable[[Connection], TillSettings]) -> None:
        self._shop = shop
        self._settings = settings
        self._refused: set[str] = set()

    async def run(self, ready: Callable[[], None]) -> None:
        """Until cancelled."""
        news = self._shop.bus.subscribe(COMMITTED)
        ready()
        try:
            while True:
                await self.look()
                await self._shop.news(news)
        finally:
            self._shop.bus.unsubscribe(news)

    async def look(self) -> None:
        """Sell what was taken, and end what does not fit any more."""
        db = self._shop.reader
        for one in to_book(db):
            if one.id in self._refused:
                continue
            actor = msgspec.structs.replace(system("job"), name=one.person, register=one.sold_at)
            if not isinstance(outcome := await self._shop.do(BookOrderPayment(one.id), actor), Done):
                self._refused.add(one.id)  # it is told as an alert, and tried again at the next start
                _log.warning("what a card paid ahead cannot be sold", payment=one.id, why=str(outcome))
        if open_order_payments(db) and OrderPaying(self._settings(db)).unfit(db):
            await self._shop.do(EndOrderPayments(), system())
