"""Costs of goods over HTTP: a product's receipts, and cost corrections of goods no longer in stock."""

from __future__ import annotations

from functools import partial

import msgspec
from aiohttp import web

from edge.core.endpoints import Schema, get
from edge.foundation.access.rights import MANAGE
from edge.goods.stock.lists.listings import CostDifference, ReceivedStock, read_cost_corrections, read_receipts
from edge.goods.stock.pages.stock_requests import PAGE, day_said, require_item, text_of
from edge.web.context import SITE
from edge.web.request_body import whole_of
from edge.web.responses import answer_json


class ReceiptList(msgspec.Struct):
    """`GET stock/receipts`: a product's receipts, newest first."""

    receipts: list[ReceivedStock]


class CorrectionList(msgspec.Struct):
    """`GET stock/cost-corrections`: cost corrections of goods no longer in stock."""

    corrections: list[CostDifference]


async def receipts(request: web.Request) -> web.Response:
    """`GET stock/receipts`: the receipts of product `sku` with their costs."""
    sku, limit = (await require_item(request, text_of(request, "sku"))).sku, whole_of(request, "limit", PAGE)
    found = await request.app[SITE].asker.read(lambda db: read_receipts(db, sku, limit))
    return answer_json(ReceiptList(found))


async def cost_corrections(request: web.Request) -> web.Response:
    """`GET stock/cost-corrections`: the extra or lower cost of goods no longer in stock."""
    sku, limit = text_of(request, "sku"), whole_of(request, "limit", PAGE)
    begin, end = day_said(request, "from"), day_said(request, "to")
    found = await request.app[SITE].asker.read(lambda db: read_cost_corrections(db, sku, begin, end, limit))
    return answer_json(CorrectionList(found))


_WORD: Schema = {"type": "string", "maxLength": 200}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_DAYS = dict.fromkeys(("sku", "from", "to"), _WORD)

_OF_SKU = {"sku": _WORD, "limit": _COUNT}
_OF_DAYS = {**_DAYS, "limit": _COUNT}
_get = partial(get, right=MANAGE, tag="stock", statuses=(404,))
ENDPOINTS = (
    _get("stock/receipts", receipts, ReceiptList, _OF_SKU, name="stock_receipts_list"),
    _get("stock/cost-corrections", cost_corrections, CorrectionList, _OF_DAYS, name="stock_corrections_list"),
)
