"""Stock over HTTP: stock on hand, movements, low and expiring stock; booking movements."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer
from edge.core.messages import Refused
from edge.core.storage.database import Connection
from edge.foundation.access.queries import name_of
from edge.foundation.access.rights import MANAGE
from edge.goods.stock import queries, rules
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.entities import LOCATIONS
from edge.goods.stock.moving import movements, retail_reasons
from edge.goods.stock.moving.movements import Movement
from edge.goods.stock.moving.posting import StockAfter
from edge.goods.stock.pages.stock_requests import (
    LIST,
    MOVED,
    PAGE,
    WORD,
    convert_fields,
    day_said,
    move,
    page_of,
    reading,
    require_item,
    sees_costs,
    text_of,
    writing,
)
from edge.goods.stock.queries import StockItem, StockPage
from edge.goods.stock.rows import find_product
from edge.web.api import entity_api
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.request_body import json_of, whole_of
from edge.web.responses import answer_json, answer_outcome, texts_of

_REASONS = frozenset(retail_reasons.REASONS).union(*rules.TYPES.values())
SYNONYMS = {"code": "sku", "product_id": "sku", "notes": "note"}
"""Other accepted names for the fields of a movement."""


class ToldMovement(Movement, frozen=True, kw_only=True):
    """A movement with the person's name, the time in ISO 8601, the note, and the reason in retail chains' terms: sale,
    purchase, adjustment, transfer, return, damage or expire.
    """

    user: str
    at: datetime
    notes: str
    retail_reason: str


class MovementPage(msgspec.Struct):
    """`GET stock/movements`: movements, newest first, and `after` for the next page (0: last page)."""

    movements: list[ToldMovement]
    after: int


async def stock(request: web.Request) -> web.Response:
    """`GET stock`: products with their stock, a page at a time."""
    return answer_json(await page_of(request))


async def item(request: web.Request) -> web.Response:
    """`GET stock/{sku}`: a product by number or code, with boxes, units, and rows by location, lot and expiry date."""
    return answer_json(await require_item(request, request.match_info["sku"]))


async def movement_list(request: web.Request) -> web.Response:
    """`GET stock/movements`: movements, newest first, by product, business days, type or reason, lot and person
    (`actor`).
    """
    sku = request.match_info.get("sku") or text_of(request, "product_id") or text_of(request, "sku")
    kind, limit = text_of(request, "type"), whole_of(request, "limit", PAGE)
    if kind and kind.lower() not in rules.TYPES:
        raise Problem(400, "movement_type_unknown", type=kind[:40], allowed=", ".join(rules.TYPES))
    begin, end = day_said(request, "from"), day_said(request, "to")
    actor, reason = text_of(request, "actor"), text_of(request, "reason")
    if reason and reason.lower() not in _REASONS:
        raise Problem(400, "movement_reason_unknown", reason=reason[:40], allowed=", ".join(retail_reasons.REASONS))
    after, place, lot = whole_of(request, "after", 0), text_of(request, "location"), text_of(request, "lot")

    def read(db: Connection) -> list[ToldMovement]:
        product = find_product(db, sku) if sku else None
        if sku and product is None and not movements.list_movements(db, sku, limit=1):
            raise Problem(404, "product_unknown", sku=sku[:80])
        asked = (product.sku if product else sku, begin, end, kind, after, limit, place, lot, actor, reason)
        return _describe_movements(db, movements.list_movements(db, *asked))

    found = await request.app[SITE].asker.read(read)
    if not sees_costs(request):
        found = [msgspec.structs.replace(one, unit_cost_minor=None) for one in found]
    more = len(found) >= min(limit, queries.PAGE_LIMIT)
    return answer_json(MovementPage(found, found[-1].seq if more else 0))


def _describe_movements(db: Connection, found: list[Movement]) -> list[ToldMovement]:
    called = {who: name_of(db, who) for who in {one.who for one in found}}
    return [
        ToldMovement(
            **msgspec.structs.asdict(one),
            user=called[one.who],
            at=datetime.fromtimestamp(one.at_us / 1e6, UTC),
            notes=one.note,
            retail_reason=retail_reasons.retail_name(one.reason, one.cause),
        )
        for one in found
    ]


async def movement(request: web.Request) -> web.Response:
    """`POST stock/movement`: receive, remove, waste or adjust goods, as in `RecordMovement`.

    A retail chain's `reason` (purchase, damage, expire ...) implies the `type`, except for a transfer.
    """
    fields = {SYNONYMS.get(name, name): value for name, value in json_of(await request.read()).items()}
    if isinstance(kind := fields.get("type"), str):
        fields["type"] = kind.lower()
    if fields.get("reason") == "sale":  # only the till records sales, voids and refunds
        return answer_outcome(Refused("moved_by_till", {"reason": "sale"}), texts_of(request))
    fields = retail_reasons.recorded_fields(fields)
    found = await move(request, convert_fields(fields, RecordMovement))
    return found if isinstance(found, web.Response) else answer_json(found[0])


ENDPOINTS = (
    reading("stock", stock, Answer(StockPage), LIST),
    reading(
        "stock/movements",
        movement_list,
        Answer(MovementPage),
        {**MOVED, "sku": WORD, "product_id": WORD},
        statuses=(404,),
    ),
    reading("stock/{sku}", item, Answer(StockItem), statuses=(404,), name="stock_of_product"),
    reading(
        "inventory/items/{sku}/movements",
        movement_list,
        Answer(MovementPage),
        MOVED,
        name="movements_of_product",
        statuses=(404,),
    ),
    *entity_api.endpoints(
        LOCATIONS,
        "stock-locations/{id}",
        names=("stock_locations_set", "stock_location"),
        read=LOCATIONS.read,
        right=MANAGE,
        tag="stock",
    ),
    writing("stock/movement", movement, RecordMovement, StockAfter),
)
