"""An invoice by email: the same paper, to the address on it, once; that address is kept under a key of its own."""

from __future__ import annotations

from pathlib import Path

from edge.accounting.invoices.commands import MailInvoice
from edge.accounting.invoices.service.letters import invoices
from edge.foundation.outbox.letters import letters_of
from edge.foundation.outbox.service.letters.letter import WrittenLetter
from tests.invoicing import BUYER, issued, refusal, sold
from tests.shop_fixture import CONFIG, FakeClock, config, done, open_shop, run

MAIL = '[notify.email]\nhost = "127.0.0.1"\nsender = "shop@example.com"\n'


def test_an_invoice_is_mailed_to_the_address_on_it_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=CONFIG + MAIL) as shop:
            one = await issued(shop, await sold(shop), **BUYER, language="fr")
            await done(shop, MailInvoice(one.number))
            assert await refusal(shop, MailInvoice(one.number)) == "invoice_mail_twice"
            (letter,) = letters_of(shop.reader, "invoice:")
            assert BUYER["email"] not in repr(letter)
            written = invoices(config(tmp_path, CONFIG + MAIL), shop.registry).write(shop.reader, letter)
            assert isinstance(written, WrittenLetter)
            assert (written.to, written.parcel.title) == (BUYER["email"], f"Corner Shop : {one.number}")
            assert {"FACTURE", "Boulangerie Côté & Fils inc.", "DUPLICATA 1"} <= {
                line.strip() for line in written.parcel.paragraphs
            }

    run(scenario())


def test_without_an_address_or_a_mail_server_nothing_is_sent(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), text=CONFIG + MAIL) as shop:
            one = await issued(shop, await sold(shop), name="Bakery")
            assert await refusal(shop, MailInvoice(one.number)) == "invoice_no_address"
        async with open_shop(tmp_path, FakeClock(), stocked=False) as shop:
            assert await refusal(shop, MailInvoice(one.number, "a@example.org")) == "mail_not_set_up"

    run(scenario())
