"""The part that tells customers how far their orders are, by mail or SMS, each piece of news once as far as that can be
known (edge/shop/orders/order_news.py)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from contextlib import suppress

import structlog

from edge.config import Config
from edge.core.command_bus import COMMITTED, CommandBus
from edge.core.messages import Refused
from edge.core.process.parts import Ready
from edge.core.storage.database import Connection
from edge.lib.i18n import translate
from edge.services.notifications.channels.sender import Parcel, Sender
from edge.services.notifications.senders import senders
from edge.services.outgoing.breaker import Breakers
from edge.services.outgoing.faults import MaybeSent, Undelivered
from edge.services.outgoing.http_client import OutgoingHttp
from edge.services.outgoing.retry import wait_s
from edge.services.secrets import secrets_of
from edge.shop.customers.queries import read_customer
from edge.shop.customers.rules import phone_of
from edge.shop.orders import order_news
from edge.shop.orders.order import KeptOrder
from edge.shop.orders.order_news import NewsState, OrderNews
from edge.shop.orders.queries import read_shop_order
from edge.shop.till.live_settings import live

_log = structlog.get_logger(__name__)
LOOK_S = 5.0
KEEP_AGAIN_S = 1.0
NO_WAY_US = 5 * 60 * 1_000_000
"""How long what has no channel or no address waits until it is looked at again: either may come."""
CHANNELS = ("email", "sms")


class OrderNewsPart:
    """See the module. Without a channel for it, what waits is given up when its time is over."""

    def __init__(
        self,
        config: Config,
        shop: CommandBus,
        given: Mapping[str, Sender] | None = None,
        luck: Callable[[], float] = random.random,
    ) -> None:
        self._config = config
        self._shop = shop
        self._given = given
        self._senders: dict[str, Sender] = {}
        self._settings = live(config.till_settings())
        self._luck = luck
        self._forgot_us = 0

    async def run(self, ready: Ready) -> None:
        """Until cancelled."""
        breakers = Breakers()
        async with OutgoingHttp(breakers, self._config.notify.allow) as http:
            await self.begin(http, breakers)
            ready()
            subscription = self._shop.bus.subscribe(COMMITTED)
            try:
                while True:
                    await self.send_due()
                    with suppress(TimeoutError):
                        async with asyncio.timeout(LOOK_S):
                            await subscription.next()
                    await self._shop.till_first.rest(0.01)
            finally:
                self._shop.bus.unsubscribe(subscription)

    async def begin(self, http: OutgoingHttp, breakers: Breakers) -> None:
        """Make the channels; what was cut off is not known to have arrived."""
        made = self._given
        if made is None:
            made, _ = senders(self._config, secrets_of(self._config.folder), self._shop, http, breakers)
        self._senders = {name: made[name] for name in CHANNELS if name in made}
        await self._keep(lambda db: order_news.cut_off(db, self._shop.now_us()))

    async def send_due(self) -> int:
        """Send what is due; how many were tried."""
        now_us = self._shop.now_us()
        if abs(now_us - self._forgot_us) >= order_news.DAY_US:
            await self._keep(lambda db: order_news.forget(db, now_us))
            self._forgot_us = now_us
        rows = order_news.due(self._shop.reader, now_us)
        for row in rows:
            await self._send(row)
        return len(rows)

    async def _send(self, row: OrderNews) -> None:
        now_us = self._shop.now_us()
        order = read_shop_order(self._shop.reader, row.order)
        found = self._way(order) if order else None
        if order is None or now_us - row.made_us > order_news.LIFE_US:
            return await self._end(row, "failed", "life_over" if found else "no_address")
        if found is None:
            next_us = now_us + NO_WAY_US
            return await self._keep(lambda db: order_news.again(db, row.id, "no_address", next_us, now_us))
        sender, to = found
        begun = await self._shop.maintain(lambda db: order_news.begin(db, row.id, now_us))
        if isinstance(begun, Refused) or not begun:
            return None
        try:
            await sender.send(self._parcel(row, order), to)
        except MaybeSent:
            await self._end(row, "unknown", "no_answer")
        except Undelivered as fault:
            await self._failed(row, fault)
        else:
            await self._end(row, "sent", "")

    def _way(self, order: KeptOrder) -> tuple[Sender, str] | None:
        """By which channel to which address: mail where the shop has it and they have one, else a short message."""
        db, now_us = self._shop.reader, self._shop.now_us()
        customer = read_customer(db, order.customer, now_us) if order.customer else None
        if customer and customer.email and (mail := self._senders.get("email")):
            return mail, customer.email
        phone = phone_of(order.phone or (customer.phone if customer else ""), self._config.customer_settings().region)
        sms = self._senders.get("sms")
        return None if isinstance(phone, Refused) or not phone.e164 or sms is None else (sms, phone.e164)

    def _parcel(self, row: OrderNews, order: KeptOrder) -> Parcel:
        settings = self._settings.at(self._shop.reader)
        language = order.language or settings.language
        shop = settings.header[0] if settings.header else self._config.store.id
        title = translate(language, f"order_news.{row.about}", said=order.said, shop=shop)
        return Parcel(
            key=f"order-{order.id}-{row.id}",
            title=title,
            paragraphs=(title,),
            severity="info",
            what="order",
            language=language,
        )

    async def _failed(self, row: OrderNews, fault: Undelivered) -> None:
        """An address is refused for ever; anything else is tried again while it is worth it."""
        _log.info("news of an order did not go out", order=row.order, why=fault.why)
        if fault.permanent and not fault.credentials:
            return await self._end(row, "failed", fault.why)
        now_us = self._shop.now_us()
        next_us = now_us + int((fault.after_s or wait_s(row.tries + 1, self._luck())) * 1e6)
        await self._keep(lambda db: order_news.again(db, row.id, fault.why, next_us, now_us))

    async def _end(self, row: OrderNews, state: NewsState, why: str) -> None:
        await self._keep(lambda db: order_news.end(db, row.id, state, why, self._shop.now_us()))

    async def _keep(self, change: Callable[[Connection], object]) -> None:
        """Until it is written: what went out must be known, however long the disk is full."""
        while True:
            if not isinstance(await self._shop.maintain(change), Refused):
                return
            await asyncio.sleep(KEEP_AGAIN_S)
