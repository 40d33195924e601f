"""Purchasing pages: orders and suggestions, an order, suppliers, a supplier, returns."""

from __future__ import annotations

from functools import partial
from typing import Any

from aiohttp import web

from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.foundation.access.queries import name_of
from edge.foundation.access.rights import MANAGE, STOCK
from edge.goods.catalog.pages.beside import SUPPLIERS
from edge.goods.catalog.product import expected_expiry
from edge.goods.catalog.queries import read_products
from edge.goods.purchasing import queries
from edge.goods.purchasing.order_dispatch import MAILABLE, read_purchase_mails
from edge.goods.purchasing.pages import papers
from edge.goods.purchasing.routes import card_of, order_of, orders_of, read_suggestions, teller
from edge.goods.purchasing.rules import CHANGEABLE, NEXT, STATES, Suggestions, price_off
from edge.goods.purchasing.supply.licences import licence_fault
from edge.goods.purchasing.supply.performance import read_supplier_performance
from edge.goods.purchasing.supply.prices import offers_of
from edge.goods.purchasing.supply.supplier import Supplier
from edge.goods.stock.lists.listings import Location, read_locations
from edge.lib.units.money import show_minor
from edge.web.actors import viewer_of
from edge.web.context import SITE, today_of
from edge.web.live.entity_form import form_fields
from edge.web.pages.shell import page as framed

RETURNS_SHOWN = 50
FIELDS = form_fields(Supplier, without=())
STATES_SHOWN = ("open", "late", *STATES)


async def purchasing(request: web.Request) -> web.Response:
    """`GET /manager/purchasing`: suggestions and orders."""
    manages, state = viewer_of(request).may(MANAGE), request.query.get("state", "open")
    found = await read_suggestions(request) if manages else Suggestions((), ())
    skus = [line.sku for order in found.orders for line in order.lines]
    skus += [one.sku for one in found.unmet] + [one.sku for one in found.transfers]
    listed = await orders_of(request, state)

    def read(db: Connection) -> dict[str, Any]:
        return {
            "suppliers": {one.id: one for one in queries.read_suppliers(db)},
            "locations": _locations(db),
            "product_names": _names(db, skus),
        }

    values = await request.app[SITE].asker.read(read)
    more = {"suggested": found, "explain": teller(request), "listed": listed, "state": state, "states": STATES_SHOWN}
    more["may_manage"] = manages
    return _page(request, "purchasing", **more, **values)


async def purchase(request: web.Request) -> web.Response:
    """`GET /manager/purchase?id=`: one order with lines, receipts and actions."""
    order, site = await order_of(request, request.query.get("id", "")), request.app[SITE]
    today = today_of(request)

    def read(db: Connection) -> dict[str, Any]:
        known = queries.read_supplier(db, order.supplier)
        skus = [one.sku for one in order.receipts]
        offers = offers_of(db, [one.sku for one in order.lines], today).items()
        people = {order.created_by, *(one.actor for one in order.receipts)}
        return {
            "supplier": known,
            "breaks": {sku: one.breaks for sku, found in offers for one in found if one.supplier == order.supplier},
            "expected": {
                sku: expected_expiry(today, one.expiry_days)
                for sku, (_, one, _) in read_products(db, [line.sku for line in order.lines]).items()
            },
            "mails": read_purchase_mails(db, order.number),
            "licence": licence_fault(db, order.supplier, [line.sku for line in order.lines], today),
            "locations": _locations(db),
            "product_names": _names(db, skus),
            "called": {person: name_of(db, person) for person in people},
        }

    values = await site.asker.read(read)
    lead = values["supplier"].lead_time_days if values["supplier"] else 0
    rest_overdue = queries.is_rest_overdue(order.state, order.expected_on, lead, today)
    ordered = {line.sku: line.unit_cost_minor for line in order.lines}
    known = [one for one in order.receipts if one.quantity and one.sku in ordered]
    odd = [one for one in known if price_off(ordered[one.sku], one.unit_cost_minor)]
    return _page(
        request,
        "purchase",
        order=order,
        odd=[(one, ordered[one.sku]) for one in odd],
        may_manage=viewer_of(request).may(MANAGE),
        late=order.is_late(today),
        rest_overdue=rest_overdue,
        next=NEXT[order.state],
        changeable=order.state in CHANGEABLE,
        mailable=order.state in MAILABLE,
        **values,
    )


async def returns(request: web.Request) -> web.Response:
    """`GET /manager/returns`: goods that can be returned, and past returns."""

    def read(db: Connection) -> dict[str, Any]:
        returned = queries.read_returns(db, limit=RETURNS_SHOWN)
        return {
            "aside": queries.read_aside(db),
            "returned": returned,
            "suppliers": queries.read_suppliers(db),
            "who": {one.id: one for one in queries.read_suppliers(db, retired=True)},
            "orders": queries.read_received_orders(db),
            "locations": _locations(db),
            "called": {one.actor: name_of(db, one.actor) for one in returned},
        }

    return _page(request, "returns", **await request.app[SITE].asker.read(read))


async def suppliers(request: web.Request) -> web.Response:
    """`GET /manager/suppliers`: suppliers and their performance."""

    today = today_of(request)

    def read(db: Connection) -> dict[str, Any]:
        found = queries.read_suppliers(db)
        return {"suppliers": found, "done": {one.id: read_supplier_performance(db, one.id, today) for one in found}}

    return _page(request, "suppliers", **await request.app[SITE].asker.read(read))


async def supplier(request: web.Request) -> web.Response:
    """`GET /manager/supplier?id=`: a supplier with prices and orders; without an id, a new supplier."""
    id, site = request.query.get("id", ""), request.app[SITE]
    card = await card_of(request, id) if id else None
    read = partial(queries.read_purchases, today=today_of(request), supplier=id, limit=20)
    orders = (await site.asker.read(read)).orders if id else []
    return _page(
        request,
        "supplier",
        card=card,
        taken=[] if id else [one.id for one in await site.asker.read(partial(queries.read_suppliers, retired=True))],
        orders=orders,
        fields=FIELDS,
        today_is=today_of(request),
    )


def _page(request: web.Request, kind: str, **values: object) -> web.Response:
    """Render a page with helpers for amounts in other currencies."""
    ours = request.app[SITE].settings.currency

    def plain(minor: int, currency: str = "") -> str:
        return show_minor(minor, currency or ours)

    return framed(request, kind, plain=plain, **values)


def _locations(db: Connection) -> dict[str, Location]:
    return {one.id: one for one in read_locations(db)}


def _names(db: Connection, skus: list[str]) -> dict[str, dict[str, str]]:
    return {sku: product.names or {} for sku, (_, product, _) in read_products(db, skus).items()}


ENDPOINTS = papers.ENDPOINTS
_FRAME = ("alerts", "clock")
PAGES = (
    Page(
        path="/manager/purchasing",
        name="purchasing",
        group="stock",
        place=40,
        handler=purchasing,
        right=MANAGE,
        also=STOCK,
        fragments=_FRAME,
        menu="purchasing.title",
        past=True,
        changed_by=("purchasing",),
    ),
    Page(
        path="/manager/purchase",
        name="purchase",
        group="stock",
        handler=purchase,
        right=MANAGE,
        also=STOCK,
        fragments=_FRAME,
        under="purchasing",
        past=True,
        changed_by=("purchasing",),
    ),
    Page(
        path="/manager/returns",
        name="returns",
        group="stock",
        place=45,
        handler=returns,
        right=MANAGE,
        fragments=_FRAME,
        menu="purchasing.returns",
    ),
    Page(
        path="/manager/suppliers",
        name="suppliers",
        group="stock",
        place=50,
        handler=suppliers,
        right=MANAGE,
        fragments=_FRAME,
        menu="purchasing.suppliers",
        past=True,
        changed_by=("purchasing",),
    ),
    Page(
        path="/manager/supplier",
        name="supplier",
        group="stock",
        handler=supplier,
        right=MANAGE,
        fragments=_FRAME,
        under="suppliers",
        past=True,
    ),
)
PROVIDES = ((SUPPLIERS, queries.read_suppliers),)
