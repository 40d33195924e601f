"""Shared parts of stock requests: the products requested, and permission to see costs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer, Body, Endpoint, Schema, get
from edge.core.messages import Done, Event
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE, STOCK
from edge.goods.catalog.listing.filter import Filter
from edge.goods.catalog.listing.queries import PAGE_LIMIT as LISTED_LIMIT
from edge.goods.catalog.queries import json_text
from edge.goods.search import routes as search
from edge.goods.stock import queries
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.events import StockMoved
from edge.goods.stock.lists.sorting import list_sorted
from edge.goods.stock.moving.posting import StockAfter
from edge.goods.stock.queries import StockItem, StockPage
from edge.goods.stock.rows import find_product, rows_at
from edge.lib.units.dates import day_of
from edge.lib.units.quantity import THOUSANDTHS
from edge.web.actors import actor_of, viewer_of
from edge.web.api.registry import idempotency_key
from edge.web.context import SITE
from edge.web.problem import Problem, body_wrong
from edge.web.request_body import whole_of
from edge.web.responses import answer_outcome, texts_of

PAGE = 100
STATUSES = ("", "normal", "low", "critical", "excess", "unwatched", "negative")
WORD: Schema = {"type": "string", "maxLength": 200}
COUNT: Schema = {"type": "integer", "minimum": 0}
LIST = {
    **dict.fromkeys(("location", "category", "supplier", "text", "q", "after"), WORD),
    "status": {"enum": list(STATUSES)},
    "limit": COUNT,
}
MOVED = {
    **dict.fromkeys(("from", "to", "type", "reason", "actor", "location", "lot"), WORD),
    "after": COUNT,
    "limit": COUNT,
}


async def page_of(request: web.Request, skip: int = 0, location: str = "", sort: str = "") -> StockPage:
    """The requested products, sorted by a column (`sorting.COLUMNS`) or by number. A search text sorts by relevance."""
    status = text_of(request, "status")
    if status not in STATUSES:
        raise Problem(400, "argument_wrong", name="status", why=", ".join(filter(None, STATUSES)))
    place, category = location or text_of(request, "location"), text_of(request, "category")
    text, after = text_of(request, "text") or text_of(request, "q"), text_of(request, "after")
    limit = max(1, min(whole_of(request, "limit", PAGE), queries.PAGE_LIMIT))
    among = _supplier_numbers(request, text_of(request, "supplier"))
    if text.strip():
        wanted = Filter(category=category or None)
        behind = int(after) if after.isdigit() else 0
        found = await search.list_products(request.app[SITE], text.strip(), wanted, behind, min(limit, LISTED_LIMIT))
        items, skus = await request.app[SITE].asker.read(
            lambda db: (queries.items_of(db, found.products, place), among(db))
        )
        mine = set(msgspec.json.decode(skus)) if skus else {item.sku for item in items}
        items = [item for item in items if item.sku in mine and queries.is_at(item, place)]
        page = StockPage(
            [item for item in items if queries.has_status(item, status)],
            str(found.after) if found.after is not None else "",
        )
    elif sort:
        language, start = texts_of(request).language, int(after) if after.isdigit() else 0
        asked = (sort, language, start, limit, place, category, status)
        page = await request.app[SITE].asker.read(lambda db: list_sorted(db, *asked, among(db)))
    else:

        def read(db: Connection) -> StockPage:
            start, skus = after, among(db)
            if skip and not start and not (start := _behind(db, skip, place, category, status, skus)):
                return StockPage([], "")
            return queries.list_stock(db, place, category, status, "", start, limit, skus)  # type: ignore[arg-type]

        page = await request.app[SITE].asker.read(read)
    return StockPage(_without_costs(request, page.items), page.after)


def _supplier_numbers(request: web.Request, supplier: str) -> Callable[[Connection], str]:
    """Return a query for a supplier's product numbers as a JSON list, "" if no supplier is given.

    Suppliers belong to a capability built on this one, so its query is called by name.
    """
    query = request.app[SITE].shop.registry.queries.get("supplier_skus")
    if not supplier or query is None:
        return lambda db: ""
    return lambda db: json_text(query.read(db, supplier=supplier))


def _behind(db: Connection, skip: int, place: str, category: str, status: str, among: str) -> str:
    """The product that precedes a page that skips `skip` products; "" if there are fewer."""
    start = ""
    while skip > 0:
        most = min(skip, queries.PAGE_LIMIT)
        passed = queries.list_stock(db, place, category, status, "", start, most, among)  # type: ignore[arg-type]
        start, skip = passed.after, skip - len(passed.items)
        if not start:
            break
    return start


async def require_item(request: web.Request, sku: str) -> StockItem:
    """A product. Raises `Problem` 404 if it doesn't exist."""
    found = await request.app[SITE].asker.read(lambda db: queries.read_item(db, sku))
    if found is None:
        raise Problem(404, "product_unknown", sku=sku[:80])
    return _without_costs(request, [found])[0]


def _without_costs(request: web.Request, items: list[StockItem]) -> list[StockItem]:
    """Products without costs, unless the user may see costs (managers)."""
    if sees_costs(request):
        return items
    return [msgspec.structs.replace(item, value_milli=None, average_micro=None) for item in items]


def sees_costs(request: web.Request) -> bool:
    actor = actor_of(request) if request.path.startswith("/api/") else viewer_of(request)
    return actor.may(MANAGE)


async def move(request: web.Request, command: RecordMovement) -> tuple[StockAfter, int] | web.Response:
    """Run a movement; returns the resulting stock and its journal row, or the error response.

    A repeated request doesn't run again: it returns the change of the first one, and the current stock.
    """
    outcome = await request.app[SITE].shop.do(command, actor_of(request), idempotency_key(request))
    if not isinstance(outcome, Done):
        return answer_outcome(outcome, texts_of(request))
    after: StockAfter | None = outcome.result
    if after is None:
        after = await request.app[SITE].asker.read(lambda db: _moved_before(db, command, outcome.events))
    return after, outcome.first_seq


def _moved_before(db: Connection, command: RecordMovement, events: Iterable[Event]) -> StockAfter:
    product, location = find_product(db, command.sku), command.location
    sku, box = (product.sku, product.box or 0) if product else (command.sku, 0)
    moved = [one for event in events if isinstance(event, StockMoved) for one in event.moves]
    here = [one for one in moved if (one.sku, one.location) == (sku, location)]
    delta, opened = sum(one.delta for one in here), sum(one.boxes for one in here)
    rows, size = rows_at(db, sku, location, "", box), box * THOUSANDTHS
    boxes, total = sum(row.boxes for row in rows), sum(row.quantity for row in rows)
    return StockAfter(sku, location, boxes, total - boxes * size, total, opened, delta - opened * size)


def convert_fields(fields: dict[str, Any], type: Callable[..., Any]) -> Any:
    try:
        return msgspec.convert(fields, type)
    except msgspec.ValidationError as error:
        raise body_wrong(error) from error


def text_of(request: web.Request, name: str) -> str:
    text = request.query.get(name, "")
    if len(text) > 200:
        raise Problem(400, "argument_wrong", name=name, why="at most 200 characters")
    return text


def day_said(request: web.Request, name: str) -> str:
    text = request.query.get(name, "")
    if text and day_of(text) is None:
        raise Problem(400, "argument_wrong", name=name, why="a day as in 2027-01-31")
    return text


reading = partial(get, right=MANAGE, also=STOCK, tag="stock")
"""Declares an HTTP address for reading stock."""


def writing(path: str, handler: Any, body: type, answer: type) -> Endpoint:
    return Endpoint(
        method="POST",
        path=f"/api/v1/{path}",
        handler=handler,
        right=MANAGE,
        also=STOCK,
        tag="stock",
        body=Body(body),
        answer=Answer(answer),
        statuses=(404, 422),
    )
