"""Invoices that come by mail: from a mailbox into the shop, each once, whatever else lies there."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

from edge.goods.supplier_invoices.mail_reader import FILES_MOST, files_of
from edge.goods.supplier_invoices.mailed import read_mailbox, read_mailed
from edge.goods.supplier_invoices.queries import read_invoices_in
from edge.goods.supplier_invoices.service.part import InvoiceMailPart
from edge.goods.supplier_invoices.settings import MAIL_SECRET
from edge.goods.supplier_invoices.watches import WATCHES
from edge.runtime.secrets import secrets_of
from sim.vendors.mailbox import SimMailbox
from tests.invoicing_in import ubl
from tests.shop_fixture import CONFIG, MILK, config, open_shop, run


def mail(*files: tuple[str, bytes], text: str = "Please find our invoice.") -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "Billing <billing@dairy.example>", "Invoice"
    message.set_content(text)
    for name, content in files:
        kind = ("application", "xml") if name.endswith("xml") else ("image", "png")
        message.add_attachment(content, *kind, filename=name)
    return message.as_bytes()


def test_what_lies_in_a_mailbox_comes_in_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        box = SimMailbox()
        first = ubl((MILK, "10", "0.80"), order=1)
        box.put(mail(("F-1.xml", first), ("sign.png", b"\x89PNG small")))
        box.put(mail(text="no invoice at all"))
        async with box.serve() as port:
            said = f'mail_host = "127.0.0.1"\nmail_port = {port}\nmail_security = "none"\nmail_user = "invoices"\n'
            text = f"{CONFIG}\n[supplier_invoices]\n{said}"
            async with open_shop(tmp_path, text=text) as shop:
                made = config(tmp_path, text)
                secrets, part = secrets_of(made.folder), InvoiceMailPart.of(made, shop)
                await part.look()
                assert read_mailbox(shop.reader).why == "undelivered.no_secret"
                secrets.set(MAIL_SECRET, "wrong")
                await part.look()
                watch = next(one for one in WATCHES if one.kind == "invoice_mailbox_failed")
                assert read_mailbox(shop.reader).why == "undelivered.wrong_password"
                assert len(list(watch.read(shop.reader, 0, ""))) == 1
                secrets.set(MAIL_SECRET, box.password)
                await part.look()
                assert [one.paper.number for one in read_invoices_in(shop.reader)] == ["F-1"]
                assert [(one.file, one.number, one.why) for one in read_mailed(shop.reader)] == [
                    ("", 0, "supplier_invoices.no_attachment"),
                    ("F-1.xml", 1, ""),
                ]
                assert (box.seen, read_mailbox(shop.reader).why, list(watch.read(shop.reader, 0, ""))) == (
                    {1, 2},
                    "",
                    [],
                )
                box.seen = {2}  # as after a cut before it was marked: the very same again is no news
                box.put(mail(("other.xml", first.replace(b"Milk", b"milk") + b"\n"), ("broken.xml", b"<Invoice")))
                await part.look()
                told = read_mailed(shop.reader)[:2]
                assert [(one.file, one.number) for one in told] == [("broken.xml", 0), ("other.xml", 1)]
                assert (len(read_invoices_in(shop.reader)), box.seen) == (1, {1, 2, 3})
                box.down = True
                await part.look()
                assert read_mailbox(shop.reader).why.startswith(("undelivered.", "supplier_invoices."))

    run(scenario())


def test_a_mail_with_too_much_is_taken_in_part_and_one_that_is_none_says_so() -> None:
    many = files_of(mail(*((f"{at}.xml", b"<Invoice/>") for at in range(FILES_MOST + 1))))
    assert (len(many.files), many.why) == (FILES_MOST, "too_many_files")
    for content in (b"", b"\x00\xff", b"Content-Type: multipart/mixed; boundary=x\n\n--x\n"):
        assert files_of(content).files == ()
