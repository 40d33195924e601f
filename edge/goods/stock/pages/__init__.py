"""Stock pages: list, product, counts, locations, expiring goods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from edge.core.endpoints import Page, fragment
from edge.core.journal.projections import followed_topic
from edge.core.storage.database import Connection
from edge.foundation.access.queries import name_of
from edge.foundation.access.rights import MANAGE, STOCK
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.catalog.listing.category_tree import tree
from edge.goods.catalog.listing.sorting import parse_sort
from edge.goods.catalog.pages.beside import ON_HAND, ProductStock
from edge.goods.catalog.product import expected_expiry
from edge.goods.catalog.queries import CatalogProduct, find_by_sku, read_products
from edge.goods.stock import queries
from edge.goods.stock.entities import LOCATIONS
from edge.goods.stock.lists import history
from edge.goods.stock.lists.listings import (
    Location,
    read_cost_corrections,
    read_counts,
    read_held,
    read_locations,
    read_receipts,
    read_selling_places,
)
from edge.goods.stock.lists.sorting import COLUMNS
from edge.goods.stock.location import MAIN, StockLocation
from edge.goods.stock.moving import movements
from edge.goods.stock.moving.costs import MICRO
from edge.goods.stock.pages import bulk_counts_api, inventory, one_hand, phone_pack, picks, recalls, receipts, scanned
from edge.goods.stock.pages.stock_requests import STATUSES, page_of, require_item
from edge.goods.stock.queries import StockItem, items_of
from edge.goods.stock.rows import recalled_lots
from edge.lib.units.money import show_minor
from edge.lib.units.quantity import THOUSANDTHS
from edge.lib.units.ticks import ticks
from edge.web.actors import viewer_of
from edge.web.context import SITE
from edge.web.live.entity_form import form_fields, json_of
from edge.web.live.fragments import Fragment, FragmentSource
from edge.web.pages.shell import html, opens_figures, page
from edge.web.problem import Problem
from edge.web.request_body import whole_of
from edge.web.responses import texts_of

MOVEMENTS_SHOWN = 40
RECEIPTS_SHOWN = 60
"""Number of receipts in the cost chart; the list shows fewer."""
RECEIPTS_LISTED = 12
LOTS_SHOWN = 10
DAYS_PLOTTED = timedelta(days=90)
"""Period of the chart of daily closing stock."""
DAYS_SHOWN = 30
"""Number of days ahead for which expiring goods are listed."""
FILTERS = ("location", "category", "status", "supplier", "text")

PLACE_FIELDS = form_fields(StockLocation, without=())


async def stock(request: web.Request) -> web.Response:
    """`GET /manager/stock`: the stock by location, category, status and text."""
    suppliers = request.app[SITE].shop.registry.queries.get("suppliers")
    known = await request.app[SITE].asker.read(suppliers.read) if suppliers else []
    shown = await request.app[SITE].asker.read(_choices)
    wanted = {name: request.query.get(name, "") for name in FILTERS}
    return page(
        *(request, "stock"),
        wanted=wanted,
        sort=_sort(request),
        statuses=STATUSES[1:],
        suppliers=known,
        list=await _rows(request),
        may_manage=viewer_of(request).may(MANAGE),
        **shown,
    )


async def rows(request: web.Request) -> web.Response:
    """`GET /fragments/stock`: the list's products, or those after `after`."""
    return html(await _rows(request))


async def item(request: web.Request) -> web.Response:
    """`GET /manager/stock/item?sku=`: a product's locations, movements and actions."""
    values = await _card(request)
    return page(request, "stock_item", card=_render_fragment(request, "stock_card.html", values), **values)


async def card(request: web.Request) -> web.Response:
    """`GET /fragments/stock/item?sku=`: the product page's content without the page frame."""
    return html(_render_fragment(request, "stock_card.html", await _card(request)))


async def counts(request: web.Request) -> web.Response:
    """`GET /manager/stock/counts`: past counts; with `?count=` the count to enter."""
    site, count = request.app[SITE], whole_of(request, "count", 0)
    read_count = site.shop.registry.queries["stock_count"].read

    def read(db: Connection) -> dict[str, Any]:
        found = read_count(db, count) if count else None
        listed = read_counts(db)
        who = {one.started_by for one in listed} | {line.person for line in (found.lines if found else ())}
        names = _names(db, [line.sku for line in found.lines] + [one.sku for one in found.rest]) if found else {}
        return {
            "found": found,
            "counts": listed,
            "called": {person: name_of(db, person) for person in who},
            "product_names": names,
            **_choices(db),
        }

    values = await site.asker.read(read)
    if count and values["found"] is None:
        raise Problem(404, "count_not_found", count=count)
    return page(request, "stock_counts", may_manage=viewer_of(request).may(MANAGE), **values)


async def places(request: web.Request) -> web.Response:
    """`GET /manager/stock/places`: the stock locations."""
    site = request.app[SITE]
    sells = await site.asker.read(read_selling_places)
    held = await site.asker.read(read_held)
    values = await site.asker.read(_choices)
    unnamed = StockLocation(MAIN, {})
    things = {MAIN: unnamed} | {one.id: one for one in await site.asker.read(LOCATIONS.read)}
    more = {"things": things, "fields": PLACE_FIELDS, "json_of": json_of}
    return page(request, "stock_places", sells=sells, held=held, **more, **values)


async def expiring(request: web.Request) -> web.Response:
    """`GET /manager/stock/expiring`: goods that have expired or expire soon."""
    site = request.app[SITE]
    today = site.config.business_date(site.shop.now_us())

    def read(db: Connection) -> dict[str, Any]:
        return {"goods": queries.expiring(db, today, DAYS_SHOWN), **_choices(db)}

    return page(request, "stock_expiring", **await site.asker.read(read))


async def check(request: web.Request) -> web.Response:
    """`GET /manager/stock/check`: inconsistencies of the stock, each with a proposal."""
    found = await inventory.check_inventory(request)

    def read(db: Connection) -> dict[str, Any]:
        return {"product_names": _names(db, [issue.sku for issue in found.issues]), **_choices(db)}

    return page(request, "stock_check", found=found, **await request.app[SITE].asker.read(read))


async def _rows(request: web.Request) -> str:
    found = await page_of(request, sort=_sort(request))
    query = [(key, value) for key, value in request.query.items() if key != "after"]
    more = urlencode([*query, ("after", found.after)]) if found.after else ""
    values = await request.app[SITE].asker.read(partial(_beside, skus=[item.sku for item in found.items]))
    asked = request.query.get("location", "")
    counted = asked or (MAIN if sum(one.is_active for one in values["locations"].values()) <= 1 else "")
    values |= {"items": found.items, "more": more, "counted": counted}
    return _render_fragment(request, "stock_rows.html", {"may_manage": viewer_of(request).may(MANAGE), **values})


def _beside(db: Connection, skus: list[str]) -> dict[str, Any]:
    """Additional data for the stock list: locations, pictures and category order."""
    pictures = {sku: product.pictures for sku, (_, product, _) in read_products(db, skus).items()}
    kinds = {one.id: at for at, one in enumerate(read_categories(db))}
    return {"locations": _locations(db), "pictures": pictures, "kinds": kinds}


def _sort(request: web.Request) -> str:
    """The sort column of the list; "" sorts by product number."""
    sort = request.query.get("sort", "")
    return sort if parse_sort(sort)[0] in COLUMNS else ""


async def _card(request: web.Request) -> dict[str, Any]:
    found = await require_item(request, request.query.get("sku", ""))
    manages, site = viewer_of(request).may(MANAGE), request.app[SITE]
    today = site.config.business_date(site.shop.now_us())
    begin = (date.fromisoformat(today) - DAYS_PLOTTED).isoformat()
    asked = site.shop.registry.queries.get("supplier_pricing")  # from a capability that depends on this one
    bringers = site.shop.registry.queries.get("lot_suppliers")
    sellers = site.shop.registry.queries.get("suppliers")
    lot = (found.box or 1) * THOUSANDTHS

    def read(db: Connection) -> dict[str, Any]:
        moved = movements.list_movements(db, found.sku, limit=MOVEMENTS_SHOWN)
        came = read_receipts(db, found.sku, limit=RECEIPTS_SHOWN) if manages else []
        paid = [one for one in reversed(came) if one.unit_micro is not None]
        lots = sorted(recalled_lots(db, found.sku))[:LOTS_SHOWN] if manages else []
        days = history.stock_history(db, found.sku, from_date=begin)
        product = find_by_sku(db, found.sku)
        return {
            "offers": asked.read(db, sku=found.sku, today=today, quantity=lot) if asked and manages else [],
            "brought_by": bringers.read(db, sku=found.sku) if bringers and manages else {},
            "suppliers": sellers.read(db) if sellers and manages else [],
            "days": days,
            "expected_expiry": expected_expiry(today, product.expiry_days if product else None),
            "day_ticks": ticks(max((day.on_hand for day in days), default=0) // 1000),
            "receipts": came[:RECEIPTS_LISTED],
            "paid": paid,
            "ticks": ticks(max((one.unit_micro or 0 for one in paid), default=0) // MICRO),
            "differences": read_cost_corrections(db, found.sku, limit=RECEIPTS_LISTED) if manages else [],
            "movements": moved,
            "called": {one.who: name_of(db, one.who) for one in moved},
            "recalled": {lot: movements.receipts_of_lot(db, found.sku, lot) for lot in lots},
            **_choices(db),
        }

    values = await request.app[SITE].asker.read(read)
    plain = partial(show_minor, currency=request.app[SITE].settings.currency)
    return {"item": found, "may_manage": manages, "plain": plain, **values}


def _choices(db: Connection) -> dict[str, Any]:
    """The options of filters and forms."""
    locations = _locations(db)
    active = [one for one in locations.values() if one.is_active]
    return {"locations": locations, "active": active, "tree": tree(db) if read_categories(db) else []}


def _locations(db: Connection) -> dict[str, Location]:
    return {one.id: one for one in read_locations(db)}


def _names(db: Connection, skus: list[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for sku in dict.fromkeys(skus):
        item: StockItem | None = queries.read_item(db, sku)
        found[sku] = item.names if item else {}
    return found


def _render_fragment(request: web.Request, template: str, values: Mapping[str, Any]) -> str:
    shown = {"register": request.query.get("register", ""), "opens": opens_figures(request), **values}
    return request.app[SITE].renderer.render(template, texts_of(request).language, **shown)


def _now(source: FragmentSource, register: str) -> dict[str, Any]:
    """The live event of a movement, without figures. The page then reloads its content."""
    found = source.shop.reader.execute("SELECT seq FROM stock_movement ORDER BY seq DESC LIMIT 1").fetchone()
    return {"seq": found[0] if found else 0}


def _on_hand(db: Connection, products: Sequence[CatalogProduct]) -> list[ProductStock]:
    """The stock of products in the form used by catalogue pages, in the given order."""
    return [
        ProductStock(one.on_hand, one.reserved, one.on_order, one.available, one.status)
        for one in items_of(db, products)
    ]


FRAGMENTS = (Fragment("stock_now", _now, follows=("committed", followed_topic(movements.projector.name))),)
ENDPOINTS = (
    fragment("/fragments/stock", rows, MANAGE, also=STOCK),
    fragment("/fragments/stock/item", card, MANAGE, also=STOCK),
    *inventory.ENDPOINTS,
    *bulk_counts_api.ENDPOINTS,
    *receipts.ENDPOINTS,
    *scanned.ENDPOINTS,
    *phone_pack.ENDPOINTS,
    *picks.ENDPOINTS,
    *recalls.ENDPOINTS,
)
OPEN_TO = phone_pack.OPEN_TO
_FRAME = ("alerts", "clock", "stock_now")
PAGES = (
    *one_hand.PAGES,
    *picks.PAGES,
    Page(
        path="/manager/stock",
        name="stock",
        group="stock",
        place=0,
        handler=stock,
        right=MANAGE,
        also=STOCK,
        fragments=_FRAME,
        menu="stock.title",
        past=True,
        changed_by=("products", "stock"),
    ),
    Page(
        path="/manager/stock/item",
        name="stock_item",
        group="stock",
        handler=item,
        right=MANAGE,
        also=STOCK,
        fragments=_FRAME,
        under="stock",
        past=True,
    ),
    Page(
        path="/manager/stock/counts",
        name="stock_counts",
        group="stock",
        place=10,
        handler=counts,
        right=MANAGE,
        also=STOCK,
        fragments=(*_FRAME, "jobs"),
        menu="stock.counts",
        past=True,
        changed_by=("stock",),
    ),
    Page(
        path="/manager/stock/expiring",
        name="stock_expiring",
        group="stock",
        place=20,
        handler=expiring,
        right=MANAGE,
        also=STOCK,
        fragments=_FRAME[:2],
        menu="stock.expiring",
        past=True,
        changed_by=("stock",),
    ),
    Page(
        path="/manager/stock/check",
        name="stock_check",
        group="stock",
        place=35,
        handler=check,
        right=MANAGE,
        fragments=_FRAME[:2],
        menu="stock.check",
    ),
    Page(
        path="/manager/stock/places",
        name="stock_places",
        group="stock",
        place=30,
        handler=places,
        right=MANAGE,
        fragments=_FRAME[:2],
        menu="stock.places",
        past=True,
        changed_by=("stock",),
    ),
)
PROVIDES = ((ON_HAND, _on_hand),)
