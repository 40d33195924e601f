"""Sales over HTTP: sell a whole basket in one request, and read a receipt."""

from __future__ import annotations

from aiohttp import web

from edge.core.endpoints import Answer, Body, Endpoint
from edge.core.messages import Done
from edge.counter.till.commands import SellBasket
from edge.counter.till.sales import Sale, SaleNow, read_sale, sale_of_command
from edge.foundation.access.rights import REPORTS, SELL
from edge.lib.units.receipt_number import shown_number
from edge.web.actors import actor_of
from edge.web.api.registry import idempotency_key, perform
from edge.web.context import SITE
from edge.web.denied import Denied
from edge.web.problem import Problem
from edge.web.responses import answer_json, answer_outcome, texts_of


async def sell(request: web.Request) -> web.Response:
    """`POST sales`: sell a whole basket, or nothing. Repeating the `Idempotency-Key` returns the same sale."""
    site = request.app[SITE]
    id = idempotency_key(request)
    if id is None:
        raise Problem(400, "key_missing")
    outcome = await perform(request, site.shop.registry.commands[SellBasket], id)
    if not isinstance(outcome, Done):
        return answer_outcome(outcome, texts_of(request))
    sold: Sale | None = outcome.result
    if sold is None:  # a repeated request: read the sale from the journal
        sold = await site.asker.read(lambda db: sale_of_command(db, site.shop.registry, id))
    answer = answer_json(sold, 201)
    answer.headers["Location"] = f"/api/v1/sales/{sold.register}/{sold.number}"
    return answer


async def sale(request: web.Request) -> web.Response:
    """`GET sales/{register}/{number}`: a sale with its lines, taxes and tenders, and later voids and refunds."""
    site, actor = request.app[SITE], actor_of(request)
    register, number = request.match_info["register"], int(request.match_info["number"])
    if not actor.may(REPORTS) and register != actor.register:
        raise Denied(REPORTS)
    found = await site.asker.read(lambda db: read_sale(db, site.shop.registry, register, number))
    if found is None:
        raise Problem(404, "no_such_receipt", number=shown_number(register[:40], number))
    return answer_json(found)


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/sales",
        handler=sell,
        name="sellWholeBasket",
        right=SELL,
        at_register=True,
        tag="till",
        body=Body(SellBasket),
        answer=Answer(Sale, status=201),
        statuses=(409, 413, 422),
    ),
    Endpoint(
        method="GET",
        path=r"/api/v1/sales/{register}/{number:\d{1,15}}",
        handler=sale,
        name="sale",
        right=REPORTS,
        also=SELL,
        tag="till",
        path_types={"number": {"type": "integer", "minimum": 0, "maximum": 10**15 - 1}},
        answer=Answer(SaleNow),
        statuses=(404,),
    ),
)
