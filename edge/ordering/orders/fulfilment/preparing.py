"""Progress of picking and making an order, line by line, inside the transaction.

It's local state, deleted when the order ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import msgspec

from edge.core.messages import Command, Number, Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.counter.basket.event_structs import RecordedLine
from edge.counter.till.commands import AddLine
from edge.counter.till.lines import item_entry
from edge.counter.till.settings import TillSettings
from edge.goods.catalog.queries import json_text
from edge.lib.units.quantity import THOUSANDTHS
from edge.ordering.orders.commands import CHANGES_MOST
from edge.ordering.orders.customers.named_order import find_order
from edge.ordering.orders.order import KeptOrder, OrderGoods, OrderId
from edge.ordering.orders.order_handlers import move
from edge.ordering.orders.order_lines import is_fee

Ticks = dict[int, int]
"""Finished quantities of an order's lines, in thousandths, by line number."""
_TICKS = "SELECT order_id, line, quantity FROM order_tick WHERE order_id IN (SELECT value FROM json_each(?))"
_TICK = "INSERT OR REPLACE INTO order_tick (order_id, line, quantity) VALUES (?, ?, ?)"
_UNTICK = "DELETE FROM order_tick WHERE order_id = ? AND line = ?"


class TickLines(Command, frozen=True):
    """Mark lines of an order as picked or made: all of `lines`, or without `done` as not.

    A scanned `code` adds one more piece, or all of a measured line. The first tick starts preparation. A removed line
    is ticked once its goods are put back.
    """

    order: OrderId
    lines: Annotated[tuple[Number, ...], msgspec.Meta(max_length=CHANGES_MOST)] = ()
    code: Annotated[str, msgspec.Meta(max_length=512)] = ""
    symbology: Annotated[str, msgspec.Meta(max_length=40)] = ""
    done: bool = True


class Preparing:
    """Handles picking and making orders in a store."""

    def __init__(self, settings: TillSettings) -> None:
        self._settings = settings

    def tick_lines(self, tx: Transaction, command: TickLines) -> Ticks:
        """Tick lines; returns the finished quantities."""
        order = find_order(tx, command.order, busy=False)
        if order.state not in ("accepted", "preparing"):
            raise Refusal("order_state", {"from": order.state, "to": "preparing"})
        ticks = order_ticks(tx.db, order.id)
        wanted = self._scanned_ticks(tx, order, command, ticks) if command.code else _named_ticks(order, command)
        for line, quantity in wanted.items():
            if quantity:
                tx.db.execute(_TICK, (order.id, line, quantity))
            else:
                tx.db.execute(_UNTICK, (order.id, line))
        if order.state == "accepted" and any(wanted.values()):
            move(tx, order, "preparing")
        return {line: quantity for line, quantity in (ticks | wanted).items() if quantity}

    def _scanned_ticks(self, tx: Transaction, order: KeptOrder, command: TickLines, ticks: Ticks) -> Ticks:
        """Tick one more piece of the first incomplete line. Refused for a lot that can't be sold."""
        scan = AddLine(command.code, command.symbology)
        found = item_entry.find(tx, scan, order.goods.price_list, self._settings)
        if not isinstance(found, item_entry.ResolvedLine) or found.product is None:
            raise Refusal("unknown_code", {"code": command.code})
        sku, units = found.product.sku, found.product.units
        alike = [line for line in made_lines(order.goods) if line.sku == sku and not line.voided]
        lines = [line for line in alike if units % line.units == 0]  # scanning a single bottle doesn't tick a case
        if not lines:
            raise Refusal("not_in_order", {"said": order.said})
        for line in lines:
            if (done := ticks.get(line.id, 0)) < line.quantity:
                more = THOUSANDTHS * (units // line.units) if line.unit == "piece" else line.quantity
                return {line.id: min(line.quantity, done + more)}
        raise Refusal("picked_already", {"said": order.said})


def _named_ticks(order: KeptOrder, command: TickLines) -> Ticks:
    lines = {line.id: line for line in made_lines(order.goods)}
    if unknown := [line for line in command.lines if line not in lines]:
        raise Refusal("no_such_line", {"line": unknown[0]})
    there = {id: 0 if line.voided else line.quantity for id, line in lines.items()}
    return {id: there[id] if command.done else 0 for id in command.lines}


def made_lines(goods: OrderGoods) -> list[RecordedLine]:
    """Lines to pick or make, including removed ones."""
    return [line for line in goods.lines if line.sku and not is_fee(line)]


def read_ticks(db: Connection, orders: Iterable[str]) -> dict[str, Ticks]:
    """Finished quantities of these orders, by id."""
    found: dict[str, Ticks] = {}
    for order, line, quantity in db.execute(_TICKS, (json_text(orders),)):
        found.setdefault(order, {})[line] = quantity
    return found


def order_ticks(db: Connection, order: OrderId) -> Ticks:
    """Finished quantities of an order's lines, in thousandths, by line number."""
    return read_ticks(db, [order]).get(order, {})
