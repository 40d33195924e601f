"""What is overdue, its whole way over a real SMTP server: due, reminded, stated, paid, and no one writes any more."""

from __future__ import annotations

from pathlib import Path

import pypdfium2

from edge.accounting.accounts.account import Account
from edge.accounting.accounts.commands import (
    DeliverSalesOrder,
    OpenSalesOrder,
    OrderedLine,
    ReceivePayment,
    SetAccount,
    UndoPayment,
)
from edge.accounting.accounts.reminder_part import CustomerReminder
from edge.accounting.accounts.reminders import Reminders
from edge.accounting.accounts.settings import settings_of
from edge.accounting.accounts.statement import account_statement
from edge.analytics.notify.service.part import NotificationsPart
from edge.foundation.outbox.letters import letters_of
from edge.foundation.outbox.service.channels.email import EmailChannel
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.http_client import OutgoingHttp
from edge.runtime.outgoing.mail import MailServer, OutgoingMail
from tests.accounts import BISTRO, OFFICE, OWNER, in_agreement, stocked
from tests.customers import known
from tests.outgoing import smtp_server
from tests.shop_fixture import CONFIG, FakeClock, config, done, open_shop, run

MAIL = CONFIG + '[notify.email]\nhost = "127.0.0.1"\nsender = "shop@example.com"\n'
DAY_S = 86_400


def _read(pdf: object) -> str:
    assert isinstance(pdf, bytes)
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_what_is_overdue_is_reminded_by_mail_until_it_is_paid(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock, breakers = FakeClock(), Breakers()  # a Friday
        async with open_shop(tmp_path, clock, text=MAIL) as shop, smtp_server() as box:
            made = config(tmp_path, MAIL)
            mail = EmailChannel(OutgoingMail(MailServer("127.0.0.1", box.port, "none"), breakers), "shop@example.com")
            part = NotificationsPart(made, shop, {"email": mail}, lambda: 0.5)
            async with OutgoingHttp(breakers) as http:
                await part.begin(http, breakers)
            reminders = Reminders(settings_of(made), True, made.store.country)
            reminder = CustomerReminder(shop, made.business_date, reminders)

            async def a_day(days: int = 1) -> int:
                """How many letters went out behind so many days."""
                clock.advance(days * DAY_S)
                before = len(box.mails)
                await reminder.remind_due()
                await part.plan()
                await part.dispatch("email")
                return len(box.mails) - before

            await stocked(shop)
            customer = await known(shop, language="fr", **BISTRO)
            await done(shop, SetAccount(Account(customer, 50_000, terms_days=10)), OWNER)
            await done(shop, OpenSalesOrder(customer, (OrderedLine("cheese", 1_000),)), OFFICE)
            await done(shop, DeliverSalesOrder(1), OFFICE)
            assert [await a_day() for _ in range(12)] == [0] * 12, "it is due on the tenth day, and late on the 13th"
            sent = [await a_day() for _ in range(4)]
            assert sum(sent) == 1, "one letter, once it is three days late and a working day"
            (first,) = box.mails
            assert box.recipients == [BISTRO["email"]] and str(first["To"]) == BISTRO["email"]
            (paper,) = first.iter_attachments()
            assert paper.get_filename() == "reminder.pdf"
            assert "Bistro Nord" in _read(paper.get_content())
            assert "10,00 €" in _read(paper.get_content()), "as French writes a sum"
            text = first.get_body(("plain",))
            assert text is not None and "10,00\u00a0€" in text.get_content()
            assert BISTRO["email"] not in repr(letters_of(shop.reader, "reminder:")), "kept under a key of its own"
            assert await a_day(10) + await a_day() + await a_day() == 1, "the second stage, once"
            assert box.mails[0]["Subject"] != "" and len(box.mails) == 2

            stated = account_statement(shop.reader, customer, "2027-02", "2027-02-15")
            assert stated is not None and stated.opening_minor == 1_000 and stated.ages[0] == 0
            number = (await done(shop, ReceivePayment(customer, 1_000), OFFICE)).result.number
            assert await a_day(20) + await a_day() + await a_day() == 0, "it is paid: nobody writes any more"
            paid = account_statement(shop.reader, customer, "2027-02", "2027-02-28")
            assert paid is not None and paid.closing_minor == 0

            await done(shop, UndoPayment(number, "bounced"), OFFICE)
            assert await a_day() + await a_day() + await a_day() == 1, "the cheque bounced: its third stage"
            in_agreement(shop)
            part.close()

    run(scenario())
