"""An order is mailed to its supplier with the PDF and the table. It counts as sent once the server has accepted it."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from edge.analytics.notify.service.part import NotificationsPart
from edge.core.process.parts import Part
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.purchasing import commands as buying
from edge.goods.purchasing.order_dispatch import read_purchase_mails
from edge.goods.purchasing.pages import papers
from edge.goods.purchasing.queries import read_purchase
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.http_client import when
from tests.outgoing import HERE, smtp_server
from tests.shop_fixture import CONFIG, SYSTEM, done, run

COLA = Product("cola", {"en": "Cola", "fr": "Café crème", "he": "קולה"}, ("5449000000996",), 300, box=24)
ORDERS = "/api/v1/purchase-orders"


def words(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return str(document[0].get_textpage().get_text_range())


def test_an_order_goes_to_its_supplier_by_mail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "OUTCOME_S", 28.0)  # less than a caller waits for an answer

    async def scenario() -> None:
        async with smtp_server() as box:
            text = f"""{CONFIG}
[notify.email]
host = "{HERE}"
port = {box.port}
security = "none"
sender = "shop@corner.example"
"""
            async with serve(tmp_path, text) as served, calling(served) as caller:
                grant = {"Grant": served.site.door.token}
                for command in (
                    SetProducts((COLA,)),
                    buying.SetSupplier("dairy", {"en": "Dairy"}, fee_minor=500),
                    buying.SetSupplierPrice("dairy", "cola", 100, "C-7", 24),
                    buying.CreatePurchaseOrder("dairy", (buying.OrderLine("cola", 48_000),), note="Before noon"),
                ):
                    await done(served.shop, command, SYSTEM)
                assert (await caller.call("POST", f"{ORDERS}/1/mail", {}, **grant)).code == "order_not_mailable"
                await done(served.shop, buying.ApprovePurchaseOrder(1), SYSTEM)
                assert (await caller.call("POST", f"{ORDERS}/1/mail", {}, **grant)).code == "supplier_no_email"
                await done(
                    served.shop, buying.SetSupplier("dairy", {"en": "Dairy"}, email="orders@dairy.example"), SYSTEM
                )
                await done(served.shop, buying.MailPurchaseOrder(1), SYSTEM)
                answer = await caller.call("POST", f"{ORDERS}/1/mail", {}, **grant)
                assert (answer.status, answer.code) == (409, "order_mail_waits")
                box.refuse["rcpt"] = ["550 no such box", "550 no such box", "451 come later"]
                served.supervisor.start(Part("notifications", NotificationsPart(served.config, served.shop).run))

                async def became() -> list[str]:
                    return [one.state for one in read_purchase_mails(served.shop.reader, 1)]

                await when(became, lambda one: one == ["failed"], "it was refused for good", 90)
                answer = await caller.call("POST", f"{ORDERS}/1/mail", {}, **grant)
                assert (answer.status, answer.code) == (502, "mail_not_taken")
                order = read_purchase(served.shop.reader, 1)
                assert order is not None and order.state == "approved", "nobody has it yet"
                answer = await caller.call("POST", f"{ORDERS}/1/mail?lang=he", {}, **grant)
                assert answer.status in (200, 202), "it waits, and nobody need stay"
                await when(became, lambda one: one == ["sent", "failed", "failed"], "it went by itself", 90)
                order = read_purchase(served.shop.reader, 1)
                assert order is not None and (order.state, order.how) == ("sent", "email")
                assert "550" in read_purchase_mails(served.shop.reader, 1)[1].detail
                answer = await caller.call("POST", f"{ORDERS}/1/mail?lang=he", {}, **grant)
                assert (answer.status, answer.json["state"], answer.json["how"]) == (200, "sent", "email")
                mail, to = box.mails[0], box.recipients[0]
                assert len(box.mails) == 2 and to == "orders@dairy.example"
                pdf, table = mail.iter_attachments()
                assert "קולה" in words(pdf.get_content()) and "C-7" in words(pdf.get_content())
                assert "48" in table.get_content()
                paper = f"{caller.url}{ORDERS}/1.pdf?lang=fr"
                async with caller._session.get(paper, headers={"Register": "1", **grant}) as got:
                    assert (got.status, got.content_type) == (200, "application/pdf")
                    assert "Café crème" in words(await got.read())

    run(scenario(), 270)
