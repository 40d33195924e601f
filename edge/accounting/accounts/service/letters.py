"""A reminder mail with its PDF."""

from __future__ import annotations

from functools import partial

from edge.accounting.accounts.papers import SheetWords, reminder_sheet
from edge.accounting.accounts.queries import account_items
from edge.accounting.accounts.reminders import ReminderLetter, address_of
from edge.accounting.accounts.statement import days_late
from edge.core.process.pdf_sheet import make_pdf
from edge.core.storage.database import Connection
from edge.counter.till.from_config import till_settings
from edge.counter.till.live_settings import live
from edge.foundation.outbox.letters import about_of
from edge.foundation.outbox.messages import SEVERITY_OF_LETTERS, LetterKind, Message
from edge.foundation.outbox.service.channels.sender import Parcel, ParcelFile
from edge.foundation.outbox.service.letters.letter import LetterSource, LetterWriter, WrittenLetter
from edge.lib.i18n import LANGUAGES, direction, translate
from edge.lib.i18n.dates import write_date
from edge.lib.units.written_money import written_money
from edge.people.customers.queries import read_customer
from edge.runtime.config import Config


def reminders(config: Config) -> LetterWriter:
    """Return the writer of this shop's reminders. A reminder lists the items still open when the mail is sent."""
    settings_of = live(till_settings(config))

    def write(db: Connection, row: Message) -> WrittenLetter | str:
        about: ReminderLetter = about_of(row, ReminderLetter)
        address = address_of(db, row)
        if address is None:
            return "gone"
        late = tuple(one for one in account_items(db, about.customer) if days_late(one.due_on, about.day) > 0)
        customer = read_customer(db, about.customer, row.made_us)
        if not late or customer is None:
            return "over"  # paid in the meantime
        settings = settings_of.at(db)
        language = customer.language if customer.language in LANGUAGES else settings.language
        say = partial(translate, language)
        money = partial(written_money, currency=settings.currency, language=language, country=settings.country)
        shop = config.store.name(settings.header)
        words = SheetWords(direction(language) == "rtl", say, money, partial(write_date, locale=language))
        sheet = reminder_sheet(late, about.stage, about.day, settings.header, (customer.name,), words)
        total = money(sum(one.open_minor for one in late))
        parcel = Parcel(
            key=row.key,
            title=say("accounts.subject", shop=shop),
            paragraphs=(
                say(f"accounts.reminder_text_{min(about.stage, 3)}"),
                f"{say('accounts.total')}: {total}",
            ),
            severity=SEVERITY_OF_LETTERS,
            what=row.what,
            language=language,
            files=(ParcelFile("reminder.pdf", "application/pdf", partial(make_pdf, sheet), needed=True),),
        )
        return WrittenLetter(address, parcel)

    return LetterWriter(write)


LETTERS: dict[LetterKind, LetterSource] = {"reminder": lambda config, shop: reminders(config)}
