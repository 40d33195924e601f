"""An invoice as a mail, made from the printed paper."""

from __future__ import annotations

from functools import partial

from edge.accounting.fiscal.israel.allocations import with_number
from edge.accounting.invoices.mails import InvoiceLetter, address_of
from edge.accounting.invoices.papers import paper_of, text_of
from edge.accounting.invoices.queries import read_invoice
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.till.from_config import till_settings
from edge.counter.till.live_settings import live
from edge.counter.till.sales import paper_at
from edge.foundation.outbox.letters import about_of
from edge.foundation.outbox.messages import LetterKind, Message
from edge.foundation.outbox.service.letters.letter import LetterSource, LetterWriter, WrittenLetter
from edge.foundation.outbox.service.letters.paper_html import of_paper
from edge.runtime.config import Config


def invoices(config: Config, registry: Registry) -> LetterWriter:
    """Writer of this shop's invoices."""
    settings_of = live(till_settings(config))

    def write(db: Connection, row: Message) -> WrittenLetter | str:
        about: InvoiceLetter = about_of(row, InvoiceLetter)
        address, found = address_of(db, row), read_invoice(db, about.number)
        if address is None:
            return "gone"
        if found is None or found.buyer is None:
            return "refused"
        one, to = found.invoice, found.buyer
        said = {"name": to.name, "address": "\n".join(to.address), "tax_number": to.tax_number, "email": to.email}
        settings = settings_of.at(db)
        shop = config.store.name(settings.header)
        text = text_of(db, partial(paper_at, db, registry), one.register, one.paper, one.part)
        paper = with_number(db, one.number, paper_of(one, text, said, settings, about.copy))
        return of_paper(row, address, paper, one.number, shop, "invoices.subject")

    return LetterWriter(write)


LETTERS: dict[LetterKind, LetterSource] = {"invoice": lambda config, shop: invoices(config, shop.registry)}
