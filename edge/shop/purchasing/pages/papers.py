"""An order as its supplier gets it: as a PDF, and by e-mail with the PDF and the table."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from functools import partial

from aiohttp import web

from edge.core.endpoints import Answer, Endpoint
from edge.core.messages import Done
from edge.lib.errors import ConfigError, EdgeError, NeedsHuman
from edge.lib.units.money import show_minor
from edge.services.outgoing.breaker import Breakers
from edge.services.outgoing.faults import MaybeSent, Undelivered
from edge.services.outgoing.mail import outgoing_mail
from edge.shop.access.rights import MANAGE
from edge.shop.purchasing.commands import SendPurchaseOrder
from edge.shop.purchasing.order_paper import as_csv, as_sheet
from edge.shop.purchasing.order_pdf import make_pdf
from edge.shop.purchasing.queries import KeptPurchase, read_supplier
from edge.shop.purchasing.routes import order_of
from edge.web.actors import actor_of
from edge.web.api.registry import idempotency_key
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.responses import answer_json, answer_outcome, texts_of

_NUMBER = "purchase-orders/{number:[0-9]{1,15}}"
MAILABLE = ("approved", "sent")
"""A draft was not agreed to; a sent one may be sent again, in its next version."""


async def order_pdf(request: web.Request) -> web.Response:
    """`GET purchase-orders/{number}.pdf`: the order as a paper for its supplier, in the language asked for."""
    order = await order_of(request, request.match_info["number"])
    headers = {"Content-Disposition": f'attachment; filename="order-{order.number}.pdf"', "Cache-Control": "no-store"}
    return web.Response(body=await _pdf(request, order), content_type="application/pdf", headers=headers)


async def mail(request: web.Request) -> web.Response:
    """`POST purchase-orders/{number}/mail`: the order to its supplier's address. It is sent only once the mail server
    has taken it; where that is not known, nothing is said of it."""
    site, order = request.app[SITE], await order_of(request, request.match_info["number"])
    supplier = await site.asker.read(partial(read_supplier, id=order.supplier))
    entry, texts = site.config.notify.email, texts_of(request)
    if order.state not in MAILABLE:
        raise Problem(409, "order_not_mailable", number=order.number)
    if supplier is None or not supplier.email:
        raise Problem(409, "supplier_no_email", supplier=order.supplier)
    if entry is None:
        raise Problem(409, "no_mail_server")
    letter = EmailMessage()
    title = texts.say("purchasing.order_number", number=order.number)
    letter["Subject"] = " – ".join((title, *site.settings.header[:1]))
    letter["From"], letter["To"], letter["Date"] = entry.sender, supplier.email, formatdate(usegmt=True)
    letter["Message-ID"] = make_msgid(domain=entry.sender.rpartition("@")[2])
    letter["Content-Language"] = texts.language
    letter.set_content(texts.say("purchasing.mail_text", number=order.number) + "\n")
    pdf, table = await _pdf(request, order), _csv(request, order)
    letter.add_attachment(pdf, maintype="application", subtype="pdf", filename=f"order-{order.number}.pdf")
    letter.add_attachment(table, maintype="text", subtype="csv", filename=f"order-{order.number}.csv")
    try:
        server = outgoing_mail(entry, site.config.file.parent, site.secrets, Breakers())
        await server.send(letter, entry.sender, supplier.email)
    except (ConfigError, NeedsHuman, Undelivered) as fault:
        raise Problem(502, "mail_not_taken", why=str(fault)[:200]) from fault
    except MaybeSent as fault:
        raise Problem(502, "mail_unknown", why=str(fault)[:200]) from fault
    if order.state == "sent":
        return answer_json(order)
    sent = SendPurchaseOrder(order.number, "email")
    outcome = await site.shop.do(sent, actor_of(request), idempotency_key(request))
    if not isinstance(outcome, Done):
        return answer_outcome(outcome, texts)
    return answer_json(await order_of(request, str(order.number)))


async def _pdf(request: web.Request, order: KeptPurchase) -> bytes:
    site, texts = request.app[SITE], texts_of(request)
    money = partial(show_minor, currency=order.currency or site.settings.currency)
    supplier = await site.asker.read(partial(read_supplier, id=order.supplier))
    contact = (supplier.contact_name, supplier.phone, supplier.email) if supplier else ()
    about = (texts.say, texts.name, money, order.currency or site.settings.currency)
    sheet = as_sheet(order, site.settings.header, contact, texts.direction == "rtl", *about)
    try:
        return await site.heavy.do(make_pdf, sheet)
    except EdgeError as error:
        raise Problem(500, "pdf_not_made") from error


def _csv(request: web.Request, order: KeptPurchase) -> bytes:
    texts = texts_of(request)
    money = partial(show_minor, currency=order.currency or request.app[SITE].settings.currency)
    return as_csv(order, texts.say, texts.name, money).encode("utf-8-sig")


ENDPOINTS = (
    Endpoint(
        method="GET",
        path=f"/api/v1/{_NUMBER}.pdf",
        handler=order_pdf,
        name="purchase_orders_pdf",
        right=MANAGE,
        tag="purchasing",
        path_types={"number": {"type": "integer"}},
        answer=Answer(media="application/pdf"),
        statuses=(404,),
    ),
    Endpoint(
        method="POST",
        path=f"/api/v1/{_NUMBER}/mail",
        handler=mail,
        name="purchase_orders_mail",
        right=MANAGE,
        tag="purchasing",
        path_types={"number": {"type": "integer"}},
        answer=Answer(KeptPurchase),
        statuses=(404, 409, 502),
    ),
)
