"""Preview of a recall, shown before it's confirmed."""

from __future__ import annotations

from aiohttp import web

from edge.core.endpoints import fragment
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE
from edge.goods.stock import queries
from edge.goods.stock.locations import meant_lots
from edge.goods.stock.moving import movements
from edge.goods.stock.pages.beside import CUSTOMERS_OF
from edge.goods.stock.pages.stock_requests import require_item
from edge.lib.units.receipt_number import number_of
from edge.web.context import SITE
from edge.web.responses import texts_of


async def ask_recall(request: web.Request) -> web.Response:
    """`GET /fragments/stock/recall?sku=&lot=`: confirmation with the lot's stock on hand, the number of receipts it was
    sold on, and the number of known customers who bought it."""
    found = await require_item(request, request.query.get("sku", ""))
    lot = request.query.get("lot", "").strip()

    customers_of = request.app[SITE].services.of(CUSTOMERS_OF)

    def read(db: Connection) -> tuple[int, int, int]:
        lots = meant_lots(db, found.sku, lot)
        left = sum(row.total for one in lots for row in queries.lot_where(db, found.sku, one))
        sold = {text for one in lots for text in movements.receipts_of_lot(db, found.sku, one)}
        known = customers_of(db, [of for text in sold if (of := number_of(text, ""))])
        return left, len(sold), known

    left, sold, known = await request.app[SITE].asker.read(read)
    texts = texts_of(request)
    said = [
        texts.on_page("stock.recall_sure", lot=lot, name=texts.name(found.names)),
        texts.on_page("stock.recall_left", left=texts.quantity(left)),
        texts.on_page("stock.recall_sold", receipts=texts.count(sold), customers=texts.count(known)),
    ]
    return web.Response(text=" ".join(said), headers={"Cache-Control": "no-store"})


ENDPOINTS = (fragment("/fragments/stock/recall", ask_recall, MANAGE),)
