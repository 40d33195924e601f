"""Tells customers that a wish list product is back or cheaper, by mail or text message."""

from __future__ import annotations

from collections.abc import Callable, Collection

from edge.core.storage.database import Connection
from edge.counter.till.from_config import till_settings
from edge.counter.till.live_settings import live
from edge.foundation.outbox.letters import about_of
from edge.foundation.outbox.messages import Message
from edge.foundation.outbox.service.letters.letter import LetterWriter, WrittenLetter, in_a_line
from edge.lib.i18n import name_in, translate
from edge.ordering.customer_accounts.wish_news import WishLetter, change_of, find_wish
from edge.people.customers.queries import read_customer
from edge.runtime.config import Config


def wish_news(config: Config, now_us: Callable[[], int]) -> LetterWriter:
    """Make the writer of this shop's wish list news. News that no longer applies or isn't wanted isn't sent."""
    settings_of = live(till_settings(config))

    def addresses(db: Connection, customer: str) -> dict[str, str]:
        known = read_customer(db, customer, now_us())
        found = {"email": known.email, "sms": known.phone} if known else {}
        return {channel: to for channel, to in found.items() if to}

    def way(db: Connection, row: Message, channels: Collection[str]) -> str:
        about: WishLetter = about_of(row, WishLetter)
        return next((name for name in addresses(db, about.customer) if name in channels), "")

    def write(db: Connection, row: Message) -> WrittenLetter | str:
        about: WishLetter = about_of(row, WishLetter)
        settings, at_us = settings_of.at(db), now_us()
        wish = find_wish(db, about.customer, about.sku, at_us, config.store.zone)
        change = change_of(wish) if wish else None
        if wish is None or change is None:
            return "over"
        to = addresses(db, about.customer).get(row.channel)
        if not to:
            return "no_address"
        known = read_customer(db, about.customer, at_us)
        language = (known.language if known else "") or settings.language
        shop = config.store.name(settings.header)
        product = name_in(wish.names, language) or wish.sku
        return in_a_line(row, to, language, translate(language, f"wish_news.{change}", product=product, shop=shop))

    return LetterWriter(write, way)
