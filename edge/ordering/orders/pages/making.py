"""The work list for kitchens and pickers: open orders, whose lines are ticked by tapping or scanning."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web

from edge.core.command_bus import COMMITTED
from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.counter.basket.event_structs import RecordedLine
from edge.counter.kitchen.queries import read_told
from edge.foundation.access.rights import ORDERS, SELL
from edge.ordering.orders.fulfilment.preparing import Ticks, made_lines, read_ticks
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.queries import ORDERS_LIMIT, read_shop_orders, with_faults
from edge.web.live.fragments import Fragment, FragmentSource
from edge.web.pages.shell import page

MADE_IN = ("placed", "accepted", "preparing")
SHOWN = 60
"""Maximum tickets shown on the page. Further tickets are only counted."""


class MadeLine(msgspec.Struct, frozen=True):
    """A line and its finished quantity. `stations`: the printers that got it."""

    line: RecordedLine
    done: int
    stations: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether the line is finished."""
        return self.done == (0 if self.line.voided else self.line.quantity)


class Ticket(msgspec.Struct, frozen=True):
    """An order with its lines."""

    order: KeptOrder
    lines: tuple[MadeLine, ...]

    @property
    def whole(self) -> bool:
        return all(line.whole for line in self.lines)


async def making(request: web.Request) -> web.Response:
    """`GET /manager/orders/making`: orders to pick or make, the most urgent first; `?station=`: those of one
    printer."""
    return page(request, "making")


def making_values(source: FragmentSource, register: str) -> dict[str, Any]:
    """The work list's current content."""
    reader, now_us = source.shop.reader, source.shop.now_us()
    found = [order for order in read_shop_orders(reader, limit=ORDERS_LIMIT) if order.state in MADE_IN]
    ticks = read_ticks(reader, [order.id for order in found])
    orders = sorted(
        with_faults(reader, ZoneInfo(source.config.store.zone), found, now_us), key=lambda one: one.wanted_us
    )
    tickets = [_ticket(reader, order, ticks.get(order.id, {})) for order in orders[:SHOWN]]
    stations = sorted({name for ticket in tickets for line in ticket.lines for name in line.stations})
    return {"tickets": tickets, "stations": stations, "more": len(orders) - len(tickets)}


def _ticket(db: Connection, order: KeptOrder, ticks: Ticks) -> Ticket:
    told = read_told(db, order.id)
    lines = []
    for line in made_lines(order.goods):
        done = ticks.get(line.id, 0)
        if done or not line.voided:
            stations = tuple(sorted(printer.removeprefix("screen:") for printer, of in told if of == line.id))
            lines.append(MadeLine(line, done, stations))
    return Ticket(order, tuple(lines))


PAGES = (
    Page(
        path="/manager/orders/making",
        name="making",
        handler=making,
        right=ORDERS,
        also=SELL,
        fragments=("alerts", "clock", "making"),
        menu="order.making",
        group="orders",
        place=12,
    ),
)
FRAGMENTS = (Fragment("making", making_values, follows=(COMMITTED,)),)
