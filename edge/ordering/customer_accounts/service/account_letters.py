"""Account letters to customers: the sign-in code; to a previous address, that it was replaced."""

from __future__ import annotations

from collections.abc import Callable

from edge.core.storage.database import Connection
from edge.counter.till.from_config import till_settings
from edge.counter.till.live_settings import live
from edge.foundation.outbox.letters import about_of
from edge.foundation.outbox.messages import Message
from edge.foundation.outbox.service.letters.letter import LetterWriter, WrittenLetter, in_a_line
from edge.lib.i18n import translate
from edge.ordering.customer_accounts.codes import AccountLetter, read_code
from edge.ordering.customer_accounts.ways import read_before
from edge.people.customers.queries import read_customer
from edge.runtime.config import Config

FAREWELL = "farewell"


def account_letters(config: Config, now_us: Callable[[], int]) -> LetterWriter:
    """Make the writer of this shop's account messages. Used or superseded codes aren't sent."""
    settings_of = live(till_settings(config))

    def write(db: Connection, row: Message) -> WrittenLetter | str:
        about: AccountLetter = about_of(row, AccountLetter)
        settings = settings_of.at(db)
        shop = config.store.name(settings.header)
        if about.kind.startswith(FAREWELL):
            return _farewell(db, row, about.customer, settings.language, shop)
        if about.customer:
            before, known = read_before(db, about.customer, about.kind), read_customer(db, about.customer, now_us())
            if before is None:
                return "over"
            language = (known.language if known else "") or settings.language
            return in_a_line(row, before[0], language, translate(language, "account.replaced", shop=shop))
        code = read_code(db, about.digest, now_us())
        if code is None:
            return "over"
        _, to, said, digits = code
        if not to:
            return "no_address"
        language = said or settings.language
        return in_a_line(row, to, language, translate(language, "order_news.sign_in", code=digits, shop=shop))

    return LetterWriter(write)


def _farewell(db: Connection, row: Message, id: str, usual: str, shop: str) -> WrittenLetter | str:
    """Tell a long-inactive customer that they will be forgotten unless they become active again."""
    known = read_customer(db, id, row.until_us)
    to = (known.email if row.channel == "email" else known.phone) if known else ""
    if known is None or not to:
        return "no_address"
    language = known.language or usual
    return in_a_line(row, to, language, translate(language, "account.farewell", shop=shop))
