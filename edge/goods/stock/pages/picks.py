"""Pick lists of orders and transfers, location by location: as a page to print and for programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer, Page
from edge.core.registry import QuerySpec
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE, STOCK
from edge.goods.catalog.queries import find_by_sku
from edge.goods.stock.lists.listings import read_locations
from edge.goods.stock.pages.stock_requests import WORD, reading, text_of
from edge.goods.stock.picking import PickList, PickWanted, pick_list
from edge.web.context import SITE, today_of
from edge.web.pages.shell import page
from edge.web.problem import Problem
from edge.web.responses import answer_json


class Picked(msgspec.Struct):
    """The name of an order or transfer, and its pick list."""

    said: str
    found: PickList


async def pick_list_of(request: web.Request) -> web.Response:
    """`GET stock/picks?order=ID` or `?transfer=ID`: the pick list of an order or transfer, in walking order."""
    return answer_json((await _read_picks(request)).found)


async def picks(request: web.Request) -> web.Response:
    """`GET /manager/stock/picks?order=ID` or `?transfer=ID`: the pick list as a page to tick off or print."""
    picked = await _read_picks(request)
    places = {one.id: one for one in await request.app[SITE].asker.read(read_locations)}
    return page(request, "stock_picks", said=picked.said, found=picked.found, locations=places)


async def _read_picks(request: web.Request) -> Picked:
    """Read a pick list.

    Orders and transfers belong to capabilities built on this one, so their queries are called by name.
    """
    site, today = request.app[SITE], today_of(request)
    order, transfer = text_of(request, "order"), text_of(request, "transfer")
    if bool(order) == bool(transfer):
        raise Problem(400, "argument_wrong", name="order", why="the id of an order, or as transfer that of a transfer")
    queries = site.shop.registry.queries

    def read(db: Connection) -> Picked | None:
        found = _of_order(db, queries, order) if order else _of_transfer(db, queries, transfer)
        return Picked(found[0], pick_list(db, found[1], found[2], today)) if found else None

    picked = await site.asker.read(read)
    if picked is None:
        raise Problem(404, "nothing_to_pick", id=order or transfer)
    return picked


Wanted = tuple[str, Iterable[PickWanted], str]
"""Title, wanted products, and the location to pick from ("": all locations)."""


def _of_order(db: Connection, queries: dict[str, QuerySpec], id: str) -> Wanted | None:
    goods = queries["order_goods"].read(db, id=id)
    if goods is None:
        return None
    wanted = (PickWanted(one.sku, _names(db, one.sku), one.thousandths, one.lot) for one in goods)
    return queries["shop_order"].read(db, id=id).said, wanted, ""


def _of_transfer(db: Connection, queries: dict[str, QuerySpec], id: str) -> Wanted | None:
    found: Any = queries["transfer"].read(db, id=id)
    if found is None or found.direction != "out" or found.state != "drafted":
        return None
    wanted = (PickWanted(line.sku, line.names, line.quantity, line.lot) for line in found.lines)
    return found.store, wanted, found.location


def _names(db: Connection, sku: str) -> dict[str, str]:
    product = find_by_sku(db, sku)
    return product.names if product else {}


ENDPOINTS = (
    reading("stock/picks", pick_list_of, Answer(PickList), {"order": WORD, "transfer": WORD}, statuses=(404,)),
)
PAGES = (
    Page(
        path="/manager/stock/picks",
        name="stock_picks",
        group="stock",
        handler=picks,
        right=MANAGE,
        also=STOCK,
        fragments=("alerts", "clock"),
        under="stock",
    ),
)
