"""Order notifications to its customer, by mail or text message."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress

from edge.core.messages import Refusal
from edge.core.storage.database import Connection
from edge.counter.till.from_config import till_settings
from edge.counter.till.live_settings import live
from edge.foundation.outbox.letters import about_of
from edge.foundation.outbox.messages import Message
from edge.foundation.outbox.service.letters.letter import LetterWriter, WrittenLetter, in_a_line
from edge.lib.i18n import translate
from edge.ordering.orders.customers.order_news import NewsLetter, is_quiet
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.queries import read_shop_order
from edge.people.customers import settings as customer_settings
from edge.people.customers.queries import read_customer
from edge.people.customers.rules import phone_of
from edge.runtime.config import Config


def order_news(config: Config, now_us: Callable[[], int]) -> LetterWriter:
    """Make the writer of this shop's order notifications."""
    settings_of, region = live(till_settings(config)), customer_settings.settings_of(config).region

    def addresses(db: Connection, order: KeptOrder) -> dict[str, str]:
        """The customer's addresses, the preferred one first: mail, then text message."""
        customer = read_customer(db, order.customer, now_us()) if order.customer else None
        found = {"email": customer.email if customer else ""}
        with suppress(Refusal):  # an order keeps the phone number as typed, so it may be invalid
            found["sms"] = phone_of(order.phone or (customer.phone if customer else ""), region).e164
        return {channel: to for channel, to in found.items() if to}

    def way(db: Connection, row: Message, channels: Collection[str]) -> str:
        order = read_shop_order(db, about_of(row, NewsLetter).order)
        return next((name for name in addresses(db, order) if name in channels), "") if order else ""

    def write(db: Connection, row: Message) -> WrittenLetter | str:
        about: NewsLetter = about_of(row, NewsLetter)
        order = read_shop_order(db, about.order)
        if order is None or is_quiet(db, about.order):
            return "gone" if order is None else "not_wanted"
        to = addresses(db, order).get(row.channel)
        if not to:
            return "no_address"
        settings = settings_of.at(db)
        language = order.language or settings.language
        shop = config.store.name(settings.header)
        return in_a_line(row, to, language, translate(language, f"order_news.{about.step}", said=order.said, shop=shop))

    return LetterWriter(write, way)
