"""Books card prepayments of orders, and ends payments that no longer match their order."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.process.booking_part import Booking, BookingPart
from edge.core.storage.database import Connection
from edge.counter.till.settings import TillSettings
from edge.foundation.access.rights import system
from edge.money.payments.queries import open_order_payments, unused_payments
from edge.ordering.orders.paying.order_payments import BookOrderPayment, EndOrderPayments, OrderPaying


class OrderPaymentsPart(BookingPart):
    """Books payments for a running `shop`, with its live settings."""

    def __init__(self, shop: CommandBus, settings: Callable[[Connection], TillSettings]) -> None:
        super().__init__(shop, "what a card paid ahead for an order", _waiting)
        self._settings = settings

    async def look(self) -> None:
        """Book payments, and end payments that no longer match their orders."""
        await super().look()
        db = self._shop.reader
        if open_order_payments(db) and OrderPaying(self._settings(db)).unfit(db):
            await self._shop.do(EndOrderPayments(), system())


def _waiting(db: Connection) -> Iterator[Booking]:
    for one in unused_payments(db, "order"):
        actor = msgspec.structs.replace(system("job"), name=one.person, register=one.sold_at)
        yield Booking(one.id, BookOrderPayment(one.id), actor)
