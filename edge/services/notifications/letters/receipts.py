"""A receipt as a mail, made of the same paper as the printed one."""

from __future__ import annotations

import msgspec

from edge.config import Config
from edge.core.journal.rows import fact_of, read_rows
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.lib.units.receipt_number import shown_number
from edge.services.notifications.letters.letter import LetterWriter, WrittenLetter, paper_letter
from edge.shop.outbox.letters import about_of
from edge.shop.outbox.messages import Message
from edge.shop.receipt_mail.mails import ReceiptLetter, address_of
from edge.shop.till.events import SaleCompleted
from edge.shop.till.live_settings import live
from edge.shop.till.receipts import of_sale


def receipts(config: Config, registry: Registry) -> LetterWriter:
    """Receipts of this shop."""
    settings_of = live(config.till_settings())

    def write(db: Connection, row: Message) -> WrittenLetter | str:
        about: ReceiptLetter = about_of(row, ReceiptLetter)
        address, found = address_of(db, row), read_rows(db, about.seq, 1)
        if address is None:
            return "gone"
        fact = fact_of(registry, found[0]) if found else None
        if fact is None or not isinstance(fact.event, SaleCompleted):
            return "refused"
        settings = msgspec.structs.replace(settings_of.at(db), language=about.language)
        shop = settings.header[0] if settings.header else config.store.id
        paper = of_sale(fact.event, fact, settings)
        return paper_letter(row, address, paper, shown_number(about.register, about.number), shop, "mail.subject")

    return LetterWriter(write)
