"""Inventory API for multi-store programs: `inventory/...`, and the inventory check."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer, Endpoint
from edge.core.messages import Answers
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE
from edge.goods.stock import queries
from edge.goods.stock.checks import StockCheck, whole_check
from edge.goods.stock.commands import Note, RecordMovement
from edge.goods.stock.lists.history import DayOfStock, StockOfDay, stock_history, stock_then
from edge.goods.stock.lists.listings import Location, read_locations
from edge.goods.stock.location import MAIN, LocationId, Thousandths
from edge.goods.stock.moving.posting import StockAfter
from edge.goods.stock.pages.scanned import recognise
from edge.goods.stock.pages.stock_requests import (
    COUNT,
    LIST,
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
from edge.goods.stock.rows import closed_and_loose
from edge.lib.tables import FORMATS
from edge.lib.units.dates import day_of
from edge.lib.units.money import parse_minor
from edge.lib.units.quantity import THOUSANDTHS, show_quantity
from edge.web.api.exports import TYPES, send_table
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.request_body import json_of, whole_of
from edge.web.responses import answer_json, texts_of


class StockHistory(msgspec.Struct):
    """`GET inventory/history`; `location` is empty for all locations."""

    sku: str
    location: str
    days: list[DayOfStock]


class ItemList(msgspec.Struct):
    """`GET inventory/items`: items after the first `skip`, and the cursor to continue after."""

    items: list[StockItem]
    skip: int
    limit: int
    after: str


class Adjustment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A movement in `POST inventory/items/{sku}/adjust`: received, sold or wasted; an ADJUSTMENT sets the stock on
    hand.

    `quantity` is in units. `unit_cost` is in the shop's currency (0.90), `unit_cost_minor` in its minor unit.
    """

    transaction_type: Literal["SALE", "ADJUSTMENT", "RECEIVE", "WASTE"]
    quantity: Annotated[float, msgspec.Meta(ge=-1_000_000, le=1_000_000)]
    location_id: LocationId = MAIN
    unit_cost_minor: Annotated[int, msgspec.Meta(ge=0, le=10**12)] | None = None
    unit_cost: Annotated[float, msgspec.Meta(ge=0, le=10**10)] | None = None
    notes: Note = ""
    answers: Answers = ()


class AdjustedItem(StockAfter, frozen=True, kw_only=True):
    """The resulting stock at the location; `on_hand`: at all locations; `movement`: its journal row (`seq` among the
    movements).
    """

    on_hand: int
    movement: int


class ItemScan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A code scanned in the store room, and the action for a quantity (thousandths; default: one unit)."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    symbology: Annotated[str, msgspec.Meta(max_length=20)] = ""
    location_id: LocationId = MAIN
    do: Literal["look", "count", "receive", "waste"] = "look"
    quantity: Thousandths | None = None
    answers: Answers = ()


class ScannedItem(msgspec.Struct, frozen=True):
    """The scanned item (`units` per case if it's a case), the code's other data, and the stock."""

    item: StockItem
    here: int
    units: int
    lot: str
    expiry: str
    moved: StockAfter | None = None
    packed: str = ""


async def inventory_history(request: web.Request) -> web.Response:
    """`GET inventory/history`: a product's stock at the end of each business day on which it changed."""
    if not text_of(request, "sku"):
        raise Problem(400, "argument_wrong", name="sku", why="a product")
    sku = (await require_item(request, text_of(request, "sku"))).sku
    begin, end, place = day_said(request, "from"), day_said(request, "to"), text_of(request, "location")

    def read(db: Connection) -> list[DayOfStock]:
        return stock_history(db, sku, begin, end, place)

    days = await request.app[SITE].asker.read(read)
    if not sees_costs(request):
        days = [msgspec.structs.replace(day, value_milli=None) for day in days]
    return answer_json(StockHistory(sku, place, days))


async def on_day(request: web.Request) -> web.Response:
    """`GET inventory/days/{date}`: the stock of all products at the end of a business day, by location."""
    date, after = request.match_info["date"], text_of(request, "after")
    if day_of(date) is None:
        raise Problem(400, "argument_wrong", name="date", why="a day as in 2027-01-31")
    limit = max(1, min(whole_of(request, "limit", PAGE), queries.PAGE_LIMIT))
    return answer_json(await request.app[SITE].asker.read(lambda db: stock_then(db, date, after, limit)))


async def items(request: web.Request) -> web.Response:
    """`GET inventory/items`: like `GET stock`, with `skip` as an alternative to a cursor."""
    skip, limit = whole_of(request, "skip", 0), whole_of(request, "limit", PAGE)
    if skip > queries.LOW_LIMIT:
        raise Problem(400, "argument_wrong", name="skip", why=f"at most {queries.LOW_LIMIT}: use after")
    page = await page_of(request, skip)
    return answer_json(ItemList(page.items, skip, max(1, min(limit, queries.PAGE_LIMIT)), page.after))


async def at_location(request: web.Request) -> web.Response:
    """`GET inventory/locations/{id}/stock`: the stock at one location."""
    id = request.match_info["id"]
    if not any(one.id == id for one in await request.app[SITE].asker.read(read_locations)):
        raise Problem(404, "no_location", location=id[:80])
    return answer_json(await page_of(request, location=id))


async def adjust(request: web.Request) -> web.Response:
    """`POST inventory/items/{sku}/adjust`: receive, remove or set a quantity at a location; returns the resulting
    stock."""
    body = convert_fields(json_of(await request.read()), Adjustment)
    item, quantity = await require_item(request, request.match_info["sku"]), _thousandths(body.quantity)
    sku, (kind, reason) = item.sku, _ADJUSTED[body.transaction_type]
    if quantity < 0:
        raise Problem(400, "quantity_below_zero", quantity=show_quantity(quantity))
    closed = _still_closed(item, body.location_id, quantity) if kind == "adjust" else 0
    units = quantity - closed * item.box * THOUSANDTHS
    fields = {"sku": sku, "type": kind, "boxes": closed, "units": units, "location": body.location_id, "reason": reason}
    cost_minor = _cost_of(request, body) if kind == "in" else None
    more = {"note": body.notes, "unit_cost_minor": cost_minor, "answers": body.answers}
    command = convert_fields({**fields, **more}, RecordMovement)
    found = await move(request, command)
    if isinstance(found, web.Response):
        return found
    after, on_hand = msgspec.structs.asdict(found[0]), (await require_item(request, sku)).on_hand
    return answer_json(AdjustedItem(**after, on_hand=on_hand, movement=found[1]))


def _thousandths(quantity: float) -> int:
    """A quantity in units as thousandths. Raises `Problem` 400 if it has more than three decimals."""
    exact = Decimal(str(quantity)) * THOUSANDTHS
    if exact != exact.to_integral_value():
        raise Problem(400, "argument_wrong", name="quantity", why="at most three digits behind the point")
    return int(exact)


_ADJUSTED = {
    "RECEIVE": ("in", "delivery"),
    "WASTE": ("waste", ""),
    "SALE": ("out", "used"),
    "ADJUSTMENT": ("adjust", "count"),
}
"""Movement type and journal reason of each kind of adjustment."""


def _still_closed(item: StockItem, place: str, quantity: int) -> int:
    """The number of closed boxes at a location that fit into a quantity, and so stay closed when a total is set."""
    closed = sum(row.boxes for row in item.rows if row.location == place)
    return min(closed, quantity // (item.box * THOUSANDTHS)) if item.box else 0


def _cost_of(request: web.Request, body: Adjustment) -> int | None:
    """The cost in the minor unit. Raises `Problem` 400 if it has too many decimals or is given twice."""
    if body.unit_cost is None or body.unit_cost_minor is not None:
        if body.unit_cost is not None:
            raise Problem(400, "cost_twice")
        return body.unit_cost_minor
    try:
        return parse_minor(str(body.unit_cost), request.app[SITE].settings.currency)
    except ValueError as error:
        raise Problem(400, "argument_wrong", name="unit_cost", why=str(error)) from error


async def scan(request: web.Request) -> web.Response:
    """`POST inventory/scan`: a code's product and its stock; or count, receive or waste a quantity of it."""
    body = convert_fields(json_of(await request.read()), ItemScan)
    scanned = await recognise(request, body.code, body.symbology)
    product, lot = scanned.product, scanned.lot
    moved = None
    if body.do != "look":
        boxes, units = closed_and_loose(product, 0, THOUSANDTHS if body.quantity is None else body.quantity)
        kind: Literal["in", "waste", "adjust"] = (
            "in" if body.do == "receive" else "waste" if body.do == "waste" else "adjust"
        )
        command = RecordMovement(
            product.sku, kind, boxes, units, location=body.location_id, lot=lot, answers=body.answers
        )
        if kind == "in":
            said = {"expiry": scanned.expiry, "packed": scanned.packed}
            command = msgspec.structs.replace(command, **said, reason="delivery")
        done = await move(request, command)
        if isinstance(done, web.Response):
            return done
        moved = done[0]
    found = await require_item(request, product.sku)
    here = sum(row.total for row in found.rows if row.location == body.location_id)
    return answer_json(ScannedItem(found, here, product.units, lot, scanned.expiry, moved, scanned.packed))


async def export(request: web.Request) -> web.StreamResponse:
    """`GET exports/stock.{format}`: the stock as a table; with `date`, as of the end of that day."""
    config, date = request.app[SITE].config, day_said(request, "date")
    name, asked = f"stock-{date}" if date else "stock", (date,) if date else ()
    about = (config.store.currency, texts_of(request).language, *asked)
    module = "edge.goods.stock.lists.stock_export"
    return await send_table(request, name, request.match_info["format"], module, config.ledger, *about)


class Place(msgspec.Struct):
    """A stock location inside its `parent` ("": none), at its `position` there; `capacity` is in thousandths of a unit,
    0 if unknown.
    """

    id: str
    names: dict[str, str]
    type: str
    is_active: bool
    parent: str
    position: int
    capacity: int


class PlaceList(msgspec.Struct):
    """`GET inventory/locations`."""

    locations: list[Place]


async def places(request: web.Request) -> web.Response:
    """`GET inventory/locations`: the stock locations in walking order."""
    found = await request.app[SITE].asker.read(read_locations)
    return answer_json(PlaceList([_place(one) for one in found]))


def _place(one: Location) -> Place:
    return Place(one.id, one.names, one.kind, one.is_active, one.parent, one.position, one.capacity)


async def check(request: web.Request) -> web.Response:
    """`GET quality/inventory-check`: inconsistencies of the stock, each with a proposal."""
    return answer_json(await check_inventory(request))


async def check_inventory(request: web.Request) -> StockCheck:
    """Run the whole check, including checks of other capabilities that have data about the stock."""
    site = request.app[SITE]
    now_us, registry = site.shop.now_us(), site.shop.registry
    return await site.asker.read(lambda db: whole_check(db, registry.queries, now_us))


_HISTORY = dict.fromkeys(("sku", "from", "to", "location"), WORD)
ENDPOINTS = (
    reading("inventory/items", items, Answer(ItemList), {**LIST, "skip": COUNT}, name="inventory_items"),
    reading("inventory/current", items, Answer(ItemList), {**LIST, "skip": COUNT}, name="inventory_current"),
    reading("inventory/locations", places, Answer(PlaceList), name="inventory_locations"),
    reading(
        "inventory/locations/{id}/stock",
        at_location,
        Answer(StockPage),
        LIST,
        name="stock_at_location",
        statuses=(404,),
    ),
    reading(
        "inventory/history",
        inventory_history,
        Answer(StockHistory),
        _HISTORY,
        name="inventory_history",
        statuses=(404,),
    ),
    reading(
        "inventory/days/{date}",
        on_day,
        Answer(StockOfDay),
        {"after": WORD, "limit": COUNT},
        name="inventory_day",
        also="",
    ),
    reading("quality/inventory-check", check, Answer(StockCheck), name="inventory_check"),
    Endpoint(
        method="GET",
        path="/api/v1/exports/stock.{format}",
        handler=export,
        name="exports_stock",
        right=MANAGE,
        tag="stock",
        query={"date": WORD},
        path_types={"format": {"enum": list(FORMATS)}},
        answer=Answer(media=", ".join(TYPES.values())),
        statuses=(404,),
    ),
    writing("inventory/items/{sku}/adjust", adjust, Adjustment, AdjustedItem),
    writing("inventory/scan", scan, ItemScan, ScannedItem),
)
