"""A receipt as a mail, made from the printed paper."""

from __future__ import annotations

from functools import partial

import msgspec

from edge.accounting.fiscal import FiscalKeys
from edge.accounting.fiscal import settings_of as fiscal_settings
from edge.accounting.fiscal.fiscal_paper import PaperId
from edge.accounting.fiscal.signing import Signing
from edge.accounting.receipt_mail.mails import ReceiptLetter, address_of
from edge.core.journal.rows import fact_of, read_fact, read_rows
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.till.after_sale.receipts import of_sale
from edge.counter.till.events import SaleCompleted
from edge.counter.till.from_config import till_settings
from edge.counter.till.live_settings import live
from edge.foundation.outbox.letters import about_of
from edge.foundation.outbox.messages import LetterKind, Message
from edge.foundation.outbox.service.letters.letter import LetterSource, LetterWriter, WrittenLetter
from edge.foundation.outbox.service.letters.paper_html import of_paper
from edge.foundation.printing.document import Document
from edge.lib.units.receipt_number import shown_number
from edge.runtime.config import Config
from edge.runtime.secrets import secrets_of


def receipts(config: Config, registry: Registry) -> LetterWriter:
    """Return the writer of this shop's receipts, with legally required marks."""
    settings_of = live(till_settings(config))
    signing = Signing(till_settings(config), fiscal_settings(config), FiscalKeys(secrets_of(config.folder)))

    def write(db: Connection, row: Message) -> WrittenLetter | str:
        about: ReceiptLetter = about_of(row, ReceiptLetter)
        address, found = address_of(db, row), read_rows(db, about.seq, 1)
        if address is None:
            return "gone"
        fact = fact_of(registry, found[0]) if found else None
        if fact is None or not isinstance(fact.event, SaleCompleted):
            return "refused"
        settings = msgspec.structs.replace(settings_of.at(db), language=about.language)
        shop = config.store.name(settings.header)
        paper, number = of_sale(fact.event, fact, settings), shown_number(about.register, about.number)
        read, of = partial(read_fact, db, registry), PaperId(about.register, about.number)
        if mark := signing.mailing_mark(db, read, of, fact.business_date, row.made_us):
            paper = Document(paper.language, (*paper.rows, mark), paper.cut)
        return of_paper(row, address, paper, number, shop, "mail.subject")

    return LetterWriter(write)


LETTERS: dict[LetterKind, LetterSource] = {"receipt": lambda config, shop: receipts(config, shop.registry)}
