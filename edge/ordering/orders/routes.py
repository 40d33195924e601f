"""HTTP routes of carts and orders."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer, Endpoint, Handler, Schema
from edge.core.journal.rows import fact_of, read_rows
from edge.core.messages import RecordedEvent, Right
from edge.core.storage.database import Connection
from edge.counter.till.live_settings import NOW
from edge.foundation.access.rights import BASKET, ORDERS, SELL, STOCK
from edge.foundation.opening_hours.events import EVENTS as HOURS_EVENTS
from edge.goods.stock.events import EVENTS as STOCK_EVENTS
from edge.ordering.delivery.events import EVENTS as DELIVERY_EVENTS
from edge.ordering.orders.events import EVENTS as ORDER_EVENTS
from edge.ordering.orders.fulfilment.slot_choice import slots_to
from edge.ordering.orders.order import KeptOrder, OrderStep
from edge.ordering.orders.paying.part_sums import LINES, PartSums, lines_of, part_sums
from edge.ordering.orders.queries import FreeSlot, order_steps, read_shop_order, read_shop_orders, with_faults
from edge.web.actors import actor_of
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.request_body import choice_of
from edge.web.responses import answer_json

SHOWN = 100
ROWS_SEEN = 500
"""Maximum journal rows scanned for events per request."""
API = "/api/v1/"


class OrderPage(msgspec.Struct):
    """`GET orders`: open orders, the oldest first; or ended orders, with `before` for the next page."""

    orders: list[KeptOrder]
    before: int | None


class EventPage(msgspec.Struct):
    """`GET events`: events, and the journal row to continue from."""

    events: list[dict[str, Any]]
    after: int


async def orders(request: web.Request) -> web.Response:
    """`GET orders`: open orders, or ended ones with `?ended=yes`.

    `?day=` selects a day; `?before=` gives the next page.
    """
    site, query = request.app[SITE], request.query
    ended, day, before = (
        choice_of(request, "ended", "no", "yes") == "yes",
        query.get("day", ""),
        query.get("before", ""),
    )
    if before and not (before.isascii() and before.isdigit() and len(before) < 16):
        raise Problem(400, "argument_wrong", name="before", why="a number")
    now_us, last = site.shop.now_us(), int(before) if before else None
    found = await site.asker.read(
        lambda db: with_faults(
            db, ZoneInfo(site.settings.zone), read_shop_orders(db, ended, day, "", last, SHOWN + 1), now_us
        )
    )
    more = len(found) > SHOWN
    return answer_json(OrderPage(found[:SHOWN], found[SHOWN - 1].seq if more else None))


async def steps(request: web.Request) -> web.Response:
    """`GET orders/{order}/steps`: the order's steps, with their times and users."""
    id = request.match_info["order"]
    found: list[OrderStep] = await request.app[SITE].asker.read(lambda db: order_steps(db, id))
    return _or_not_found(found or None, "no_such_order")


async def part(request: web.Request) -> web.Response:
    """`GET orders/{order}/part?lines=1:2000,4:500`: the current total of a part of an order, and the amount due.

    `lines`: pairs of line and thousandths.
    """
    site, id = request.app[SITE], request.match_info["order"]
    lines = lines_of(request.query.get("lines", ""))
    if lines is None:
        raise Problem(400, "argument_wrong", name="lines", why="line:thousandths,line:thousandths")
    found = await site.asker.read(lambda db: read_shop_order(db, id))
    if found is None or not found.open:
        raise Problem(404, "no_such_order")
    return answer_json(part_sums(found, lines, site.services.of(NOW)()))


async def slots(request: web.Request) -> web.Response:
    """`GET order-slots?postal_code=&pieces=`: slots for an order placed now, or for a delivery to the postal code.

    `pieces`: the number of pieces in the order (default 1).
    """
    site, code, said = request.app[SITE], request.query.get("postal_code", "")[:20], request.query.get("pieces", "1")
    if not (said.isascii() and said.isdigit() and 0 < len(said) < 7 and int(said)):
        raise Problem(400, "argument_wrong", name="pieces", why="1 to 999999")
    zone, now_us = ZoneInfo(site.settings.zone), site.shop.now_us()
    return answer_json(await site.asker.read(lambda db: slots_to(db, zone, now_us, code, int(said))))


async def events(request: web.Request) -> web.Response:
    """`GET events?after=`: events of orders and, if permitted, of the stock, after a journal row.

    Events are JSON with their `type`, `seq` and time, without personal data. The answer's `after` is the row to
    continue from, even if it contains no event.
    """
    site, actor = request.app[SITE], actor_of(request)
    after = request.query.get("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) < 16):
        raise Problem(400, "argument_wrong", name="after", why="a number")
    of_orders = (*ORDER_EVENTS, *DELIVERY_EVENTS, *HOURS_EVENTS)
    wanted = {event.__name__ for event in of_orders} if actor.may(ORDERS) else set()
    wanted |= {event.__name__ for event in STOCK_EVENTS} if actor.may(STOCK) else set()

    def read(db: Connection) -> EventPage:
        rows = read_rows(db, int(after) + 1, ROWS_SEEN)
        shown = [fact_for_programs(fact_of(site.shop.registry, row)) for row in rows if row.type in wanted]
        return EventPage(shown, rows[-1].seq if rows else int(after))

    return answer_json(await site.asker.read(read))


def fact_for_programs(fact: RecordedEvent) -> dict[str, Any]:
    """An event in the form that programs receive, without personal data."""
    event = fact.event
    said = {name: value for name, value in msgspec.to_builtins(event).items() if name not in event.personal}
    return {
        "type": type(event).__name__,
        "seq": fact.seq,
        "at_us": fact.at_us,
        "business_date": fact.business_date,
        "register": fact.register,
        "actor": fact.actor,
        **said,
    }


def _or_not_found(found: object, code: str) -> web.Response:
    if found is None:
        raise Problem(404, code)
    return answer_json(found)


def _read(path: str, handler: Handler, right: Right, answer: Any, also: Right = "", **more: Any) -> Endpoint:
    return Endpoint(
        method="GET",
        path=API + path,
        handler=handler,
        right=right,
        also=also,
        tag="orders",
        answer=Answer(answer),
        **more,
    )


_LISTED: dict[str, Schema] = {
    "ended": {"enum": ["no", "yes"], "default": "no"},
    "day": {"type": "string", "format": "date"},
    "before": {"type": "integer"},
}
ENDPOINTS = (
    _read("orders", orders, ORDERS, OrderPage, also=SELL, query=_LISTED),
    _read("orders/{order}/steps", steps, ORDERS, list[OrderStep], also=SELL, statuses=(404,)),
    _read(
        "orders/{order}/part",
        part,
        ORDERS,
        PartSums,
        also=SELL,
        query={"lines": {"type": "string", "pattern": LINES}},
        statuses=(400, 404, 422),
    ),
    _read(
        "order-slots",
        slots,
        BASKET,
        list[FreeSlot],
        query={
            "postal_code": {"type": "string", "maxLength": 20},
            "pieces": {"type": "integer", "minimum": 1, "maximum": 999999, "default": 1},
        },
        statuses=(422,),
    ),
    _read("events", events, ORDERS, EventPage, also=STOCK, query={"after": {"type": "integer", "default": 0}}),
)
