"""A receipt by email, over a real SMTP server: once, in the customer's language, and the address is forgotten."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path

from edge.accounting.receipt_mail.commands import MailReceipt
from edge.accounting.receipt_mail.mails import read_mails
from edge.analytics.notify.commands import RetryMessage
from edge.analytics.notify.service.part import NotificationsPart
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import read_rows
from edge.core.messages import Refused
from edge.core.people.forgetting import ForgetPerson
from edge.counter.till.commands import AddLine, Pay, UseCustomer
from edge.foundation.outbox.letters import letters_of
from edge.foundation.outbox.messages import Message
from edge.foundation.outbox.service.channels.email import EmailChannel
from edge.people.customers.commands import GiveConsent, SetCustomer
from edge.runtime.outgoing.breaker import Breakers
from edge.runtime.outgoing.http_client import OutgoingHttp
from edge.runtime.outgoing.mail import MailServer, OutgoingMail
from tests.outgoing import Mailbox, smtp_server
from tests.shop_fixture import CASHIER, CONFIG, MILK, SYSTEM, FakeClock, config, done, open_shop, run

MAIL = '[notify.email]\nhost = "127.0.0.1"\nsender = "shop@example.com"\n'
TO = "dana.levi@example.org"


class Mailing:
    """The part that sends, over that server."""

    def __init__(self, folder: Path, shop: CommandBus, box: Mailbox) -> None:
        self._breakers = Breakers()
        mail = EmailChannel(OutgoingMail(MailServer("127.0.0.1", box.port, "none"), self._breakers), "shop@example.com")
        self._part = NotificationsPart(config(folder, CONFIG + MAIL), shop, {"email": mail}, lambda: 0.5)

    async def begin(self) -> None:
        """As at a start."""
        self._part.close()
        async with OutgoingHttp(self._breakers) as http:
            await self._part.begin(http, self._breakers)

    async def send_due(self) -> int:
        """Send what is due; how many were tried."""
        await self._part.plan()
        return await self._part.dispatch("email")

    def close(self) -> None:
        self._part.close()


def waiting(shop: CommandBus) -> Message:
    return next(one for one in letters_of(shop.reader, "receipt:") if one.state == "queued")


@asynccontextmanager
async def mailing(folder: Path) -> AsyncIterator[tuple[CommandBus, Mailing, Mailbox, FakeClock]]:
    """A shop that has sold one milk, and its server for mail."""
    clock = FakeClock()
    async with open_shop(folder, clock, text=CONFIG + MAIL) as shop, smtp_server() as box:
        part = Mailing(folder, shop, box)
        await part.begin()
        await done(shop, AddLine(MILK))
        await done(shop, Pay("cash"))
        try:
            yield shop, part, box, clock
        finally:
            part.close()


def states(shop: CommandBus, number: int = 1) -> list[tuple[str, str]]:
    return [(one.state, one.why) for one in read_mails(shop.reader, "1", number)]


def part_of(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_a_receipt_goes_out_once_in_the_language_that_was_asked_for(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with mailing(tmp_path) as (shop, part, box, _):
            await done(shop, MailReceipt(1, TO, "fr"))
            assert await shop.do(MailReceipt(1, TO, "fr"), CASHIER) == Refused("mail_twice")
            assert states(shop) == [("queued", "")]
            assert await part.send_due() == 1
            assert await part.send_due() == 0
            (mail,) = box.mails
            assert box.recipients == [TO]
            assert (mail["Subject"], mail["To"]) == ("Ticket 1-000001, Corner Shop", TO)
            assert "Lait" in part_of(mail, "plain")
            page = part_of(mail, "html")
            assert '<html lang="fr" dir="ltr">' in page
            assert "<bdi>Lait</bdi>" in page
            assert states(shop) == [("sent", "")]
            assert TO.encode() not in b"".join(row.body for row in read_rows(shop.reader, 1, 1000))
            keys = shop.reader.execute("SELECT count(*) FROM person_key WHERE person LIKE 'mail-%'").fetchone()
            assert keys == (0,), "whom it was for is forgotten"

    run(scenario())


def test_a_server_that_is_busy_is_asked_again_and_one_that_refuses_is_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with mailing(tmp_path) as (shop, part, box, clock):
            box.refuse["rcpt"] = ["451 come later", f"550 5.1.1 <{TO}>: nobody here"]
            await done(shop, MailReceipt(1, TO))
            await part.send_due()
            assert states(shop) == [("queued", "told_to_wait")]
            assert await part.send_due() == 0, "not at once"
            clock.advance(60)
            await part.send_due()
            assert states(shop) == [("failed", "refused")]
            (row,) = letters_of(shop.reader, "receipt:")
            assert row.detail == "550 5.1.1", "who was written to is said nowhere"
            assert await shop.do(RetryMessage(row.id), SYSTEM) == Refused("message_forgotten", {"id": row.id})
            await done(shop, MailReceipt(1, "other@example.org"))
            await part.send_due()
            assert states(shop)[0] == ("sent", "")

    run(scenario())


def test_no_one_knows_of_one_whose_answer_was_lost_and_it_is_not_sent_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with mailing(tmp_path) as (shop, part, box, clock):
            box.drop_after_data = True
            await done(shop, MailReceipt(1, TO))
            await part.send_due()
            assert states(shop) == [("unknown", "no_answer")]
            await done(shop, AddLine(MILK))
            await done(shop, Pay("cash"))
            await done(shop, MailReceipt(2, TO))
            sending = "UPDATE notify_message SET state = 'sending' WHERE id = ?"
            row = waiting(shop)
            await shop.maintain(lambda db: db.execute(sending, (row.id,)))  # and the box loses its power
            await part.begin()
            clock.advance(3600)
            assert await part.send_due() == 0
            assert states(shop, 2) == [("unknown", "cut_off")]

    run(scenario())


def test_one_that_cannot_be_sent_for_a_day_is_given_up_and_so_is_that_of_who_is_forgotten(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with mailing(tmp_path) as (shop, part, box, clock):
            await done(shop, MailReceipt(1, TO))
            row = waiting(shop)
            await done(shop, ForgetPerson(row.person), SYSTEM)
            assert states(shop) == [("failed", "gone")]
            await done(shop, MailReceipt(1, TO))
            clock.advance(25 * 3600)
            await part.send_due()
            assert states(shop)[0] == ("failed", "life_over")
            assert box.mails == []

    run(scenario())


def test_a_customer_who_wants_it_need_not_say_their_address(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with mailing(tmp_path) as (shop, part, box, _):
            assert await shop.do(MailReceipt(1), CASHIER) == Refused("mail_address_missing")
            customer = (await done(shop, SetCustomer(name="Dana", email=TO), SYSTEM)).result
            for number, wanted in ((2, False), (3, True)):
                if wanted:
                    await done(shop, GiveConsent(customer, "messages", "en"), SYSTEM)
                await done(shop, UseCustomer(customer))
                await done(shop, AddLine(MILK))
                await done(shop, Pay("cash"))
                outcome = await shop.do(MailReceipt(number), CASHIER)
                assert isinstance(outcome, Refused) is not wanted
            await part.send_due()
            assert box.recipients == [TO]

    run(scenario())


def test_a_shop_without_a_server_for_mail_says_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await done(shop, AddLine(MILK))
            await done(shop, Pay("cash"))
            assert await shop.do(MailReceipt(1, TO), CASHIER) == Refused("mail_not_set_up")

    run(scenario())
