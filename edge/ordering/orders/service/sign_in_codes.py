"""The sign-in code for a kiosk or phone, by mail or text message."""

from __future__ import annotations

from collections.abc import Callable

from edge.core.storage.database import Connection
from edge.counter.till.from_config import till_settings
from edge.counter.till.live_settings import live
from edge.foundation.outbox.letters import about_of
from edge.foundation.outbox.messages import Message
from edge.foundation.outbox.service.letters.letter import LetterWriter, WrittenLetter, in_a_line
from edge.lib.i18n import translate
from edge.ordering.orders.customers.customer_sign_in import CodeLetter, read_code
from edge.people.customers.queries import read_customer
from edge.runtime.config import Config


def sign_in_codes(config: Config, now_us: Callable[[], int]) -> LetterWriter:
    """Make the writer of this shop's codes. Used or superseded codes aren't sent."""
    settings_of = live(till_settings(config))

    def write(db: Connection, row: Message) -> WrittenLetter | str:
        about: CodeLetter = about_of(row, CodeLetter)
        found = read_code(db, about.cart, now_us())
        if found is None:
            return "over"
        id, code = found
        customer = read_customer(db, id, now_us())
        to = (customer.email if row.channel == "email" else customer.phone) if customer else ""
        if customer is None or not to:
            return "no_address"
        settings = settings_of.at(db)
        language = customer.language or settings.language
        shop = config.store.name(settings.header)
        return in_a_line(row, to, language, translate(language, "order_news.sign_in", code=code, shop=shop))

    return LetterWriter(write)
