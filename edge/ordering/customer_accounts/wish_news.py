"""Wish list news: a product is back or cheaper.

One message per product and week, during the day, to customers who consented to messages, and never about age-restricted
goods. Due news is read in the background, a few customers at a time. A message is written when it's sent, and only if
its news still applies.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from edge.core.command_bus import CommandBus
from edge.core.process.part_context import PartContext
from edge.core.registry import PartSpec, Transaction
from edge.core.storage.database import Connection
from edge.foundation.access.rights import system
from edge.foundation.outbox.letters import ANY_CHANNEL, count_waiting, letters_of, queue_letter
from edge.goods.catalog.least_age import kinds_with_parts, least_age
from edge.goods.catalog.queries import find_by_sku
from edge.ordering.customer_accounts.commands import DueWish, TellWishes
from edge.ordering.customer_accounts.settings import DAY_US
from edge.people.customers.queries import consents_to
from edge.people.customers.wishlist import Wish, read_wishlist

PURPOSE = "messages"
HOURS = range(9, 20)
"""Hours of the shop's clock during which messages may be sent."""
LOOK_S = 600.0
CUSTOMERS_AT_ONCE = 50
WAITING_LIMIT = 200
WEEK_US = 7 * DAY_US
LIFE_US = 2 * DAY_US
WishChange = Literal["arrived", "cheaper"]
_WISHING = """
    SELECT DISTINCT customer FROM customer_wish WHERE customer > ? ORDER BY customer LIMIT ?
"""


class WishLetter(msgspec.Struct, frozen=True):
    """The customer and wish list product of a message."""

    customer: str
    sku: str


def change_of(wish: Wish) -> WishChange | None:
    """The change of a wish that is worth a message; None if there is none."""
    if wish.gone or wish.price_minor is None or wish.available == 0:
        return None
    if wish.arrived:
        return "arrived"
    return "cheaper" if wish.fell_minor else None


def find_wish(db: Connection, customer: str, sku: str, at_us: int, zone: str) -> Wish | None:
    """A wish about which its customer may be notified now; None if there is none."""
    return next((one for one in _tellable(db, customer, at_us, zone) if one.sku == sku), None)


def due_wishes(db: Connection, after: str, at_us: int, zone: str) -> tuple[list[DueWish], str]:
    """Wishes about which to notify the next customers after `after`, and where to continue ("": from the start)."""
    customers = [id for (id,) in db.execute(_WISHING, (after, CUSTOMERS_AT_ONCE))]
    found = [
        DueWish(id, wish.sku)
        for id in customers
        for wish in _tellable(db, id, at_us, zone)
        if not _notified_lately(db, id, wish.sku, at_us)
    ]
    return found, customers[-1] if len(customers) == CUSTOMERS_AT_ONCE else ""


def tell_wishes(tx: Transaction, command: TellWishes) -> int:
    """Queue messages, up to the queue's limit; returns their number."""
    room = WAITING_LIMIT - count_waiting(tx.db, "wish")
    due = [one for one in command.wishes if not _notified_lately(tx.db, one.customer, one.sku, tx.at_us)]
    due = due[: max(0, room)]
    for one in due:
        key, about = f"{_key(one.customer, one.sku)}{tx.at_us}", WishLetter(one.customer, one.sku)
        queue_letter(tx.db, "wish", key, one.customer, ANY_CHANNEL, about, tx.at_us, life_us=LIFE_US)
    return len(due)


def _tellable(db: Connection, customer: str, at_us: int, zone: str) -> Iterator[Wish]:
    """Changed wishes about which a customer may be notified now, without age-restricted goods."""
    if not consents_to(db, customer, PURPOSE, at_us):
        return
    for wish in read_wishlist(db, customer, at_us, zone):
        product = find_by_sku(db, wish.sku, at_us) if change_of(wish) else None
        if product and not kinds_with_parts(db, product) and not least_age(db, product):
            yield wish


def _notified_lately(db: Connection, customer: str, sku: str, at_us: int) -> bool:
    return any(one.made_us > at_us - WEEK_US for one in letters_of(db, _key(customer, sku)))


def _key(customer: str, sku: str) -> str:
    return f"wish:{customer}:{sku}:"


class WishNews:
    """The background part that looks for wish list news every ten minutes during the day."""

    def __init__(self, shop: CommandBus, zone: str) -> None:
        self._shop = shop
        self._zone = zone
        self._after = ""

    async def run(self, ready: Callable[[], None]) -> None:
        """Run until cancelled."""
        ready()
        await self._shop.till_first.repeat(self._look_now, LOOK_S)

    async def _look_now(self) -> None:
        now_us = self._shop.now_us()
        if datetime.fromtimestamp(now_us / 1e6, tz=ZoneInfo(self._zone)).hour in HOURS:
            await self.look()

    async def look(self) -> int:
        """Check the next customers; returns the number of messages."""
        now_us, after = self._shop.now_us(), self._after

        def read(db: Connection) -> tuple[list[DueWish], str]:
            return due_wishes(db, after, now_us, self._zone)

        due, self._after = await asyncio.to_thread(self._shop.read, read)
        if due:
            await self._shop.do(TellWishes(tuple(due)), system())
        return len(due)


def _wish_news(context: PartContext) -> WishNews:
    return WishNews(context.shop, context.zone)


PARTS = (PartSpec("wish_news", _wish_news),)
