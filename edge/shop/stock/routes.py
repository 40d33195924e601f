"""Stock over HTTP: what is there, what moved, what runs low and what expires; and moving it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Literal

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer, Body, Endpoint, Schema, get
from edge.core.messages import Command, Done, Refused
from edge.core.storage.database import Connection
from edge.lib.codes.code import ScanError
from edge.lib.codes.parse import parse_scan
from edge.lib.units.dates import day_of
from edge.lib.units.quantity import THOUSANDTHS
from edge.shop.access.rights import MANAGE, STOCK
from edge.shop.catalog.listing.filter import Filter
from edge.shop.catalog.listing.queries import PAGE_LIMIT as LISTED_LIMIT
from edge.shop.catalog.queries import find_by_code, json_text
from edge.shop.stock import movements, queries, rules
from edge.shop.stock.checks import StockCheck, stock_check
from edge.shop.stock.commands import LocationId, Note, RecordMovement, Thousandths
from edge.shop.stock.events import MAIN
from edge.shop.stock.movements import DayOfStock, Movement
from edge.shop.stock.moving import StockAfter
from edge.shop.stock.queries import ExpiringGoods, Shortage, StockItem, StockPage
from edge.web.actors import actor_of, viewer_of
from edge.web.api import search
from edge.web.api.registry import idempotency_key
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.request_body import json_of, whole_of
from edge.web.responses import answer_json, answer_outcome, texts_of

PAGE = 100
STATUSES = ("", "normal", "low", "critical", "excess", "unwatched", "negative")


class MovementPage(msgspec.Struct):
    """`GET stock/movements`: some movements, the newest first, and the `after` of the next page (0: no more)."""

    movements: list[Movement]
    after: int


class StockHistory(msgspec.Struct):
    """`GET inventory/history`; `location` is empty where it is all of them."""

    sku: str
    location: str
    days: list[DayOfStock]


class ShortageList(msgspec.Struct):
    """`GET products/low-stock`."""

    products: list[Shortage]


class ExpiringList(msgspec.Struct):
    """`GET products/expiring`."""

    products: list[ExpiringGoods]


class ItemList(msgspec.Struct):
    """`GET inventory/items`: some items behind the first `skip`, and the cursor behind which to go on."""

    items: list[StockItem]
    skip: int
    limit: int
    after: str


class Adjustment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A movement as `POST inventory/items/{sku}/adjust` takes it: `quantity` in units, below 0 where less is there."""

    transaction_type: Literal["SALE", "ADJUSTMENT", "RECEIVE", "WASTE"]
    quantity: Annotated[float, msgspec.Meta(ge=-1_000_000, le=1_000_000)]
    location_id: LocationId = MAIN
    unit_cost_minor: Annotated[int, msgspec.Meta(ge=0, le=10**12)] | None = None
    notes: Note = ""


class ItemScan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A code that somebody scanned in the store room, and what to do with so much of it (thousandths; one, unsaid)."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    symbology: Annotated[str, msgspec.Meta(max_length=20)] = ""
    location_id: LocationId = MAIN
    do: Literal["look", "count", "receive", "waste"] = "look"
    quantity: Thousandths | None = None


class ScannedItem(msgspec.Struct, frozen=True):
    """What was scanned, what its code says besides, and what is there of it, here and elsewhere."""

    item: StockItem
    here: int
    lot: str
    expiry: str
    moved: StockAfter | None = None


async def stock(request: web.Request) -> web.Response:
    """`GET stock`: products with what is there of them, a page at a time."""
    return answer_json(await page_of(request))


async def item(request: web.Request) -> web.Response:
    """`GET stock/{sku}`: one product, by its number or a code: boxes, units, rows by place, lot and last day."""
    return answer_json(await known(request, request.match_info["sku"]))


async def moved(request: web.Request) -> web.Response:
    """`GET stock/movements`: what moved, the newest first: of a product, of business days, of a type."""
    sku = request.match_info.get("sku") or text_of(request, "product_id") or text_of(request, "sku")
    kind, limit = text_of(request, "type"), whole_of(request, "limit", PAGE)
    if kind and kind.lower() not in rules.TYPES:
        raise Problem(400, "movement_type_unknown", type=kind[:40], allowed=", ".join(rules.TYPES))
    begin, end = day_said(request, "from"), day_said(request, "to")
    after, place = whole_of(request, "after", 0), text_of(request, "location")

    def read(db: Connection) -> list[Movement]:
        return movements.list_movements(db, sku, begin, end, kind, after, limit, place)

    found = await request.app[SITE].asker.read(read)
    if not sees_costs(request):
        found = [msgspec.structs.replace(one, unit_cost_minor=None) for one in found]
    more = len(found) >= min(limit, queries.PAGE_LIMIT)
    return answer_json(MovementPage(found, found[-1].seq if more else 0))


async def inventory_history(request: web.Request) -> web.Response:
    """`GET inventory/history`: what was on hand of a product at the end of each business day on which some moved."""
    sku = (await known(request, text_of(request, "sku"))).sku
    begin, end, place = day_said(request, "from"), day_said(request, "to"), text_of(request, "location")

    def read(db: Connection) -> list[DayOfStock]:
        return movements.stock_history(db, sku, begin, end, place)

    return answer_json(StockHistory(sku, place, await request.app[SITE].asker.read(read)))


async def low(request: web.Request) -> web.Response:
    """`GET products/low-stock`: what runs low, and how many boxes would mend it."""
    return answer_json(ShortageList(await request.app[SITE].asker.read(queries.low_stock)))


async def expiring(request: web.Request) -> web.Response:
    """`GET products/expiring`: goods whose last day is over or comes within `days`."""
    site = request.app[SITE]
    today, days = site.config.business_date(site.shop.now_us()), whole_of(request, "days", 7)
    return answer_json(ExpiringList(await site.asker.read(lambda db: queries.expiring(db, today, days))))


async def movement(request: web.Request) -> web.Response:
    """`POST stock/movement`: goods in, out, wasted, or found to be so many, as in `RecordMovement`."""
    fields = json_of(await request.read())
    if isinstance(kind := fields.get("type"), str):
        fields["type"] = kind.lower()
    return await _done(request, _converted(fields, RecordMovement))


async def items(request: web.Request) -> web.Response:
    """`GET inventory/items`: the same as `GET stock`, with `skip` instead of a cursor where somebody wants it."""
    skip, limit = whole_of(request, "skip", 0), whole_of(request, "limit", PAGE)
    if skip > queries.LOW_LIMIT:
        raise Problem(400, "argument_wrong", name="skip", why=f"at most {queries.LOW_LIMIT}: use after")
    page = await page_of(request, skip)
    return answer_json(ItemList(page.items, skip, limit, page.after))


async def at_location(request: web.Request) -> web.Response:
    """`GET inventory/locations/{id}/stock`: what is at one place."""
    return answer_json(await page_of(request, location=request.match_info["id"]))


async def adjust(request: web.Request) -> web.Response:
    """`POST inventory/items/{sku}/adjust`: so much more or less at a place; the result is what is there."""
    body = _converted(json_of(await request.read()), Adjustment)
    sku, quantity = (await known(request, request.match_info["sku"])).sku, round(body.quantity * THOUSANDTHS)
    if body.transaction_type == "ADJUSTMENT":
        if not actor_of(request).may(MANAGE):
            refused = Refused("right_denied", {"command": "RecordMovement", "right": MANAGE})
            return answer_outcome(refused, texts_of(request))
        kind, reason = "in" if quantity > 0 else "out", "count"
    else:
        kind = {"RECEIVE": "in", "WASTE": "waste", "SALE": "out"}[body.transaction_type]
        reason = "delivery" if kind == "in" else "used" if kind == "out" else ""
    if quantity < 0 and kind == "in":
        raise Problem(400, "argument_wrong", name="quantity", why="above 0")
    fields = {"sku": sku, "type": kind, "units": abs(quantity), "location": body.location_id, "reason": reason}
    more = {"note": body.notes, "unit_cost_minor": body.unit_cost_minor if kind == "in" else None}
    return await _done(request, _converted({**fields, **more}, RecordMovement))


async def scan(request: web.Request) -> web.Response:
    """`POST inventory/scan`: what a code is and what is there of it; or count, receive or throw away so much of it."""
    body = _converted(json_of(await request.read()), ItemScan)
    site = request.app[SITE]
    today = site.config.business_date(site.shop.now_us())
    code = parse_scan(body.code, body.symbology, site.settings.codes, int(today[:4]))
    if isinstance(code, ScanError):
        raise Problem(400, "scan_unreadable", text=body.code[:80])
    products = await site.asker.read(lambda db: [find_by_code(db, key) for key in code.keys])
    product = next((one for one in products if one), None)
    if product is None:
        raise Problem(404, "code_unknown", text=body.code[:80])
    lot, expiry = code.lot or "", code.expiry.isoformat() if code.expiry else ""
    moved = None
    if body.do != "look":
        quantity = (THOUSANDTHS if body.quantity is None else body.quantity) * product.units
        kind: Literal["in", "waste", "adjust"] = (
            "in" if body.do == "receive" else "waste" if body.do == "waste" else "adjust"
        )
        command = RecordMovement(product.sku, kind, units=quantity, location=body.location_id, lot=lot)
        if kind == "in":
            command = msgspec.structs.replace(command, expiry=expiry, reason="delivery")
        outcome = await site.shop.do(command, actor_of(request), idempotency_key(request))
        if not isinstance(outcome, Done):
            return answer_outcome(outcome, texts_of(request))
        moved = outcome.result
    found = await known(request, product.sku)
    here = sum(row.total for row in found.rows if row.location == body.location_id)
    return answer_json(ScannedItem(found, here, lot, expiry, moved))


async def check(request: web.Request) -> web.Response:
    """`GET quality/inventory-check`: what is not as it should be, each with a proposal."""
    return answer_json(await request.app[SITE].asker.read(stock_check))


async def page_of(request: web.Request, skip: int = 0, location: str = "") -> StockPage:
    """The products that a request asks for. A text is looked up as people type it, in the search's order."""
    status = text_of(request, "status")
    if status not in STATUSES:
        raise Problem(400, "argument_wrong", name="status", why=", ".join(filter(None, STATUSES)))
    place, category = location or text_of(request, "location"), text_of(request, "category")
    text, after = text_of(request, "text") or text_of(request, "q"), text_of(request, "after")
    limit = max(1, min(whole_of(request, "limit", PAGE), queries.PAGE_LIMIT))
    among = _sold_by(request, text_of(request, "supplier"))
    if text.strip():
        wanted = Filter(category=category or None)
        behind = int(after) if after.isdigit() else 0
        found = await search.listed(request.app[SITE], text.strip(), wanted, behind, min(limit, LISTED_LIMIT))
        items, skus = await request.app[SITE].asker.read(lambda db: (queries.items_of(db, found.products), among(db)))
        mine = set(msgspec.json.decode(skus)) if skus else {item.sku for item in items}
        items = [item for item in items if item.sku in mine and queries.is_at(item, place)]
        page = StockPage(
            [item for item in items if queries.has_status(item, status)],
            str(found.after) if found.after is not None else "",
        )
    else:

        def read(db: Connection) -> StockPage:
            start, skus = after, among(db)
            if skip and not start and not (start := _behind(db, skip, place, category, status, skus)):
                return StockPage([], "")
            return queries.list_stock(db, place, category, status, "", start, limit, skus)  # type: ignore[arg-type]

        page = await request.app[SITE].asker.read(read)
    return StockPage(_without_costs(request, page.items), page.after)


def _sold_by(request: web.Request, supplier: str) -> Callable[[Connection], str]:
    """What reads the numbers of a supplier's products as a JSON list, and "" where none is named. Suppliers are another
    capability's, which stands on this one: it is asked by the name of its query."""
    query = request.app[SITE].shop.registry.queries.get("supplier_skus")
    if not supplier or query is None:
        return lambda db: ""
    return lambda db: json_text(query.read(db, supplier=supplier))


def _behind(db: Connection, skip: int, place: str, category: str, status: str, among: str) -> str:
    """The number of the product behind which a page begins that leaves out so many; "" where there are no more."""
    start = ""
    while skip > 0:
        most = min(skip, queries.PAGE_LIMIT)
        passed = queries.list_stock(db, place, category, status, "", start, most, among)  # type: ignore[arg-type]
        start, skip = passed.after, skip - len(passed.items)
        if not start:
            break
    return start


async def known(request: web.Request, sku: str) -> StockItem:
    """A product. `Problem` 404: there is none."""
    found = await request.app[SITE].asker.read(lambda db: queries.read_item(db, sku))
    if found is None:
        raise Problem(404, "product_unknown", sku=sku[:80])
    return _without_costs(request, [found])[0]


def _without_costs(request: web.Request, items: list[StockItem]) -> list[StockItem]:
    """Products as whoever asks may see them: what they cost is the manager's business."""
    if sees_costs(request):
        return items
    return [msgspec.structs.replace(item, value_milli=None, average_micro=None) for item in items]


def sees_costs(request: web.Request) -> bool:
    actor = actor_of(request) if request.path.startswith("/api/") else viewer_of(request)
    return actor.may(MANAGE)


async def _done(request: web.Request, command: Command) -> web.Response:
    outcome = await request.app[SITE].shop.do(command, actor_of(request), idempotency_key(request))
    if isinstance(outcome, Done) and outcome.result is not None:
        return answer_json(outcome.result)
    return answer_outcome(outcome, texts_of(request))


def _converted(fields: dict[str, Any], type: Callable[..., Any]) -> Any:
    try:
        return msgspec.convert(fields, type)
    except msgspec.ValidationError as error:
        raise Problem(400, "body_wrong", why=str(error), where="$") from error


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


def _post(path: str, handler: Any, body: type, answer: type) -> Endpoint:
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


_WORD: Schema = {"type": "string", "maxLength": 200}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_LIST = {
    **dict.fromkeys(("location", "category", "supplier", "text", "q", "after"), _WORD),
    "status": {"enum": list(STATUSES)},
    "limit": _COUNT,
}
_MOVED = {**dict.fromkeys(("from", "to", "type", "location"), _WORD), "after": _COUNT, "limit": _COUNT}

_read = partial(get, right=MANAGE, also=STOCK, tag="stock")
ENDPOINTS = (
    _read("stock", stock, StockPage, _LIST),
    _read("stock/movements", moved, MovementPage, {**_MOVED, "sku": _WORD, "product_id": _WORD}),
    _read("stock/{sku}", item, StockItem, statuses=(404,), name="stock_of_product"),
    _read("products/low-stock", low, ShortageList, name="low_stock"),
    _read("products/expiring", expiring, ExpiringList, {"days": _COUNT}),
    _read("inventory/items", items, ItemList, {**_LIST, "skip": _COUNT}, name="inventory_items"),
    _read("inventory/current", items, ItemList, {**_LIST, "skip": _COUNT}, name="inventory_current"),
    _read("inventory/locations/{id}/stock", at_location, StockPage, _LIST, name="stock_at_location"),
    _read("inventory/items/{sku}/movements", moved, MovementPage, _MOVED, name="movements_of_product"),
    _read(
        "inventory/history",
        inventory_history,
        StockHistory,
        dict.fromkeys(("sku", "from", "to", "location"), _WORD),
        name="inventory_history",
        statuses=(404,),
    ),
    _read("quality/inventory-check", check, StockCheck, name="inventory_check"),
    _post("stock/movement", movement, RecordMovement, StockAfter),
    _post("inventory/items/{sku}/adjust", adjust, Adjustment, StockAfter),
    _post("inventory/scan", scan, ItemScan, ScannedItem),
)
