"""What goods cost, over HTTP: receipts of a product, and what turned out dearer or cheaper once it was gone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer, Endpoint, Schema
from edge.shop.access.rights import MANAGE
from edge.shop.stock.listings import CostDifference, ReceivedStock, read_cost_corrections, read_receipts
from edge.shop.stock.pages.asked import PAGE, day_said, known, text_of
from edge.web.context import SITE
from edge.web.request_body import whole_of
from edge.web.responses import answer_json


class ReceiptList(msgspec.Struct):
    """`GET stock/receipts`: what came in of a product, the newest first."""

    receipts: list[ReceivedStock]


class CorrectionList(msgspec.Struct):
    """`GET stock/cost-corrections`: what turned out to have cost another sum once it was gone."""

    corrections: list[CostDifference]


async def receipts(request: web.Request) -> web.Response:
    """`GET stock/receipts`: what came in of the product `sku`, and at what cost."""
    sku, limit = (await known(request, text_of(request, "sku"))).sku, whole_of(request, "limit", PAGE)
    found = await request.app[SITE].asker.read(lambda db: read_receipts(db, sku, limit))
    return answer_json(ReceiptList(found))


async def cost_corrections(request: web.Request) -> web.Response:
    """`GET stock/cost-corrections`: what goods that are gone cost more or less than was thought."""
    sku, limit = text_of(request, "sku"), whole_of(request, "limit", PAGE)
    begin, end = day_said(request, "from"), day_said(request, "to")
    found = await request.app[SITE].asker.read(lambda db: read_cost_corrections(db, sku, begin, end, limit))
    return answer_json(CorrectionList(found))


def _get(
    path: str,
    handler: Callable[[web.Request], Awaitable[web.Response]],
    answer: type,
    query: dict[str, Schema],
    name: str,
) -> Endpoint:
    return Endpoint(
        method="GET",
        path=f"/api/v1/{path}",
        handler=handler,
        name=name,
        right=MANAGE,
        tag="stock",
        query=query,
        answer=Answer(answer),
        statuses=(404,),
    )


_WORD: Schema = {"type": "string", "maxLength": 200}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_DAYS = dict.fromkeys(("sku", "from", "to"), _WORD)

ENDPOINTS = (
    _get("stock/receipts", receipts, ReceiptList, {"sku": _WORD, "limit": _COUNT}, "stock_receipts_list"),
    _get(
        "stock/cost-corrections", cost_corrections, CorrectionList, {**_DAYS, "limit": _COUNT}, "stock_corrections_list"
    ),
)
