"""Orders for suppliers: PDF, email, API."""

from __future__ import annotations

import asyncio
from functools import partial

from aiohttp import web

from edge.core.endpoints import Answer, Endpoint, Handler
from edge.core.messages import Command, Done
from edge.core.process.pdf_sheet import make_pdf
from edge.foundation.access.rights import MANAGE
from edge.goods.purchasing.commands import MailPurchaseOrder, TransmitPurchaseOrder
from edge.goods.purchasing.order_dispatch import MailedPurchase, read_purchase_mails
from edge.goods.purchasing.order_paper import as_sheet
from edge.goods.purchasing.queries import KeptPurchase, read_supplier
from edge.goods.purchasing.routes import order_of
from edge.lib.errors import EdgeError
from edge.runtime.config import CONFIG
from edge.web.actors import actor_of
from edge.web.api.registry import idempotency_key
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.responses import answer_json, answer_outcome, texts_of
from edge.web.work_threads import HEAVY

_NUMBER = "purchase-orders/{number:[0-9]{1,15}}"
OUTCOME_S, LOOK_S = 20.0, 0.1
"""How long a response waits for the result of a mail, and the interval between checks, in seconds."""
CONFLICTS = frozenset({"order_not_mailable", "supplier_no_email", "supplier_no_api", "order_mail_waits"})


async def order_pdf(request: web.Request) -> web.Response:
    """`GET purchase-orders/{number}.pdf`: the order for its supplier, in the requested language."""
    order = await order_of(request, request.match_info["number"])
    headers = {"Content-Disposition": f'attachment; filename="order-{order.number}.pdf"', "Cache-Control": "no-store"}
    return web.Response(body=await _pdf(request, order), content_type="application/pdf", headers=headers)


async def mail(request: web.Request) -> web.Response:
    """`POST purchase-orders/{number}/mail`: email the order to its supplier.

    Answers 200 if the mail server accepted it, so that it counts as sent; 202 if queued; 502 if refused or unknown;
    409 without a mail server.
    """
    order = await order_of(request, request.match_info["number"])
    if not request.app[SITE].services.of(CONFIG).notify.mails:
        raise Problem(409, "no_mail_server")
    command = MailPurchaseOrder(order.number, texts_of(request).language)
    return await _answer_sending(request, order, command)


async def transmit(request: web.Request) -> web.Response:
    """`POST purchase-orders/{number}/transmit`: send the order to its supplier's API. Answers like `mail`."""
    order = await order_of(request, request.match_info["number"])
    return await _answer_sending(request, order, TransmitPurchaseOrder(order.number))


async def _answer_sending(request: web.Request, order: KeptPurchase, command: Command) -> web.Response:
    """Answer with the delivery status known soon after sending."""
    site, texts = request.app[SITE], texts_of(request)
    outcome = await site.shop.do(command, actor_of(request, type(command).__name__), idempotency_key(request))
    if not isinstance(outcome, Done):
        return answer_outcome(outcome, texts, dict.fromkeys(CONFLICTS, 409))
    found = await _outcome(request, order.number, outcome.result)
    if found.state == "unknown":
        raise Problem(502, "mail_unknown", why=found.detail or found.why)
    if found.state in ("failed", "suppressed"):
        raise Problem(502, "mail_not_taken", why=found.detail or found.why)
    return answer_json(await order_of(request, str(order.number)), 202 if found.waits else 200)


async def _outcome(request: web.Request, number: int, id: int | None) -> MailedPurchase:
    """Delivery status of a mail after at most `OUTCOME_S`. Raises `Problem` 503 if it isn't in the outbox by then."""
    until_s = asyncio.get_running_loop().time() + OUTCOME_S
    while True:
        mails = await request.app[SITE].asker.read(partial(read_purchase_mails, number=number))
        found = next((one for one in mails if one.id == id), None)  # the answer may arrive before its commit
        late = asyncio.get_running_loop().time() > until_s
        if found and (late or found.tries or not found.waits):
            return found
        if late:
            raise Problem(503, "busy")
        await asyncio.sleep(LOOK_S)


async def _pdf(request: web.Request, order: KeptPurchase) -> bytes:
    site, texts = request.app[SITE], texts_of(request)
    supplier = await site.asker.read(partial(read_supplier, id=order.supplier))
    contact = (supplier.contact_name, supplier.phone, supplier.email) if supplier else ()
    about = (texts.say, texts.name, partial(texts.money, currency=order.currency))
    sheet = as_sheet(order, site.settings.header, contact, texts.direction == "rtl", *about)
    try:
        return await site.services.of(HEAVY).do(make_pdf, sheet)
    except EdgeError as error:
        raise Problem(500, "pdf_not_made") from error


def _dispatch(way: str, handler: Handler) -> Endpoint:
    return Endpoint(
        method="POST",
        path=f"/api/v1/{_NUMBER}/{way}",
        handler=handler,
        name=f"purchase_orders_{way}",
        right=MANAGE,
        tag="purchasing",
        path_types={"number": {"type": "integer"}},
        answer=Answer(KeptPurchase),
        statuses=(404, 409, 502),
    )


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
    _dispatch("mail", mail),
    _dispatch("transmit", transmit),
)
