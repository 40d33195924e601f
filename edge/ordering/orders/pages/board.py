"""The manager's order board: new, in progress, ready and late orders, with their actions."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from edge.core.command_bus import COMMITTED
from edge.core.endpoints import Page, fragment
from edge.core.storage.database import Connection
from edge.counter.till.pages.till_context import TILLS
from edge.counter.till.queries import read_basket
from edge.foundation.access.queries import read_users
from edge.foundation.access.rights import ORDERS, SELL
from edge.foundation.opening_hours.queries import read_hours
from edge.money.payments import PaymentsSection
from edge.money.payments.queries import read_methods
from edge.ordering.delivery.queries import read_driver_cash, read_zones, zone_named
from edge.ordering.orders.events import OrderMoved
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.order_lines import pieces_of
from edge.ordering.orders.paying.order_payments import payment_of
from edge.ordering.orders.queries import (
    ORDERS_LIMIT,
    FreeSlot,
    free_slots,
    order_steps,
    owing_orders,
    read_cart,
    read_shop_order,
    read_shop_orders,
    with_faults,
)
from edge.ordering.orders.settings import OrdersSection
from edge.people.customers.queries import read_customer
from edge.people.customers.rules import PhoneNumber
from edge.web.actors import register_of
from edge.web.context import SITE, today_of
from edge.web.live.fragments import Fragment, FragmentSource
from edge.web.pages.shell import html, opens_figures, page
from edge.web.problem import Problem
from edge.web.responses import texts_of
from edge.web.trust import picture as qr

COLUMNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("new", ("placed",)),
    ("making", ("accepted", "preparing")),
    ("waiting", ("ready", "failed")),
    ("out", ("out_for_delivery",)),
)
"""The board's columns and their order states."""
ENDED_SHOWN = 30
SLOTS_SHOWN = 40


async def board(request: web.Request) -> web.Response:
    """`GET /manager/orders`: open orders, updated live; below them the ended ones."""
    return page(request, "orders", now_us=request.app[SITE].shop.now_us())


async def details(request: web.Request) -> web.Response:
    """`GET /fragments/order?order=`: an order's details, steps, and actions."""
    site, id = request.app[SITE], request.query.get("order", "")[:60]
    zone, now_us = ZoneInfo(site.settings.zone), site.shop.now_us()

    def read(db: Any) -> tuple[KeptOrder | None, list[Any], list[FreeSlot]]:
        known = read_shop_order(db, id)
        found = with_faults(db, zone, [known], now_us)[0] if known else None
        moves = found and found.open and found.state != "out_for_delivery" and read_hours(db).days_ahead
        return found, order_steps(db, id), _slots(db, zone, now_us, found) if found and moves else []

    found, steps, slots = await site.asker.read(read)
    if found is None:
        raise Problem(404, "no_such_order")
    language = texts_of(request).language
    whose = found.customer
    kept = await site.asker.read(lambda db: read_customer(db, whose, now_us)) if whose else None
    values = {"order": found, "steps": steps, "slots": slots, "customer": kept.name if kept else ""}
    payment = await site.asker.read(lambda db: payment_of(db, id))
    values["payment"] = payment
    cards = await site.asker.read(lambda db: read_methods(db, kept.id)) if kept else ()
    today = today_of(request)
    values["cards"] = [one for one in cards if not one.revoked and not one.is_over(today)]
    values["pays"] = bool(site.config.of(PaymentsSection).page)
    values["at_terminal"] = register_of(request) in request.app[SITE].services.of(TILLS).terminals
    values["pay_qr"] = qr(payment.address) if payment and payment.address else ""
    values["own_words"] = OrderMoved.own_words
    values["opens"] = opens_figures(request)
    values["business_day"] = date.fromisoformat(found.business_date)
    return html(site.renderer.render("order_details.html", language, **values))


async def later(request: web.Request) -> web.Response:
    """`GET /fragments/order/later?cart=`: the form to order a register's basket, or a cart made from it, for later.

    The customer is the basket's.
    """
    site, cart, register = request.app[SITE], request.query.get("cart", "")[:60], register_of(request)

    def read(db: Connection) -> dict[str, Any]:
        taken = read_cart(db, cart) if cart else None
        basket = taken.basket if taken else read_basket(db, register)
        whose = read_customer(db, basket.customer, site.shop.now_us()) if basket.customer else None
        phone = PhoneNumber(whose.phone, whose.extension).text if whose else ""
        pieces = max(1, pieces_of(basket.sold_lines))
        said = {"customer": whose, "phone": phone, "pieces": pieces, "delivers": bool(read_zones(db))}
        return said | {"no_show_fee": site.config.of(OrdersSection).no_show_fee_minor}

    values = await site.asker.read(read)
    return html(site.renderer.render("order_later.html", texts_of(request).language, **values))


def _slots(db: Any, zone: ZoneInfo, now_us: int, order: KeptOrder) -> list[FreeSlot]:
    """Slots available to an order: with capacity and, for delivery, within the zone's hours."""
    pieces = pieces_of(order.goods.lines)
    return free_slots(db, zone, now_us, SLOTS_SHOWN, pieces, to=zone_named(db, order.zone))


def board_values(source: FragmentSource, register: str) -> dict[str, Any]:
    """The board's current content."""
    reader, now_us = source.shop.reader, source.shop.now_us()
    found = with_faults(
        reader, ZoneInfo(source.config.store.zone), read_shop_orders(reader, limit=ORDERS_LIMIT), now_us
    )
    columns = [(name, [order for order in found if order.state in states]) for name, states in COLUMNS]
    drivers = {user.id: user.name for user in read_users(reader)}
    return {"columns": columns, "drivers": drivers, "owing": read_driver_cash(reader), "owed": owing_orders(reader)}


def ended_values(source: FragmentSource, register: str) -> dict[str, Any]:
    """Ended orders, the newest first."""
    return {"ended": read_shop_orders(source.shop.reader, ended=True, limit=ENDED_SHOWN)}


ENDPOINTS = (
    fragment("/fragments/order", details, ORDERS, also=SELL),
    fragment("/fragments/order/later", later, ORDERS, also=SELL),
)
PAGES = (
    Page(
        path="/manager/orders",
        name="orders",
        handler=board,
        right=ORDERS,
        also=SELL,
        fragments=("alerts", "clock", "called", "orders_board", "orders_ended"),
        menu="order.board",
        group="orders",
        place=10,
        past=True,
        changed_by=("orders",),
    ),
)
FRAGMENTS = (
    Fragment("orders_board", board_values, follows=(COMMITTED,)),
    Fragment("orders_ended", ended_values, follows=(COMMITTED,)),
)
