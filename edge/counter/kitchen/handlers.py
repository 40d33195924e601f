"""Commands of kitchen tickets, inside the transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, Literal

import msgspec

from edge.core.journal.rows import read_head
from edge.core.messages import RecordedEvent
from edge.core.people.remarks import Remarks
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.counter.kitchen.commands import KeepSlipOrder, MoveSlipLines, PrintSlips
from edge.counter.kitchen.events import Slip, SlipsPrinted
from edge.counter.kitchen.queries import Order, kept_order, read_told
from edge.counter.kitchen.rules import ORDERS, Route, news
from edge.foundation.printing.commands import QueuePrint
from edge.foundation.printing.document import Document, TemplateBlock
from edge.goods.catalog.categories.queries import path_of
from edge.goods.catalog.queries import read_products
from edge.lib.i18n import ENGLISH
from edge.lib.units.receipt_number import shown_number

_ORDER = "INSERT OR REPLACE INTO slip_order (register, number, note, open, ticket) VALUES (?, ?, ?, ?, ?)"
_TOLD = "INSERT OR REPLACE INTO slip_told (register, printer, line, quantity) VALUES (?, ?, ?, ?)"

_UNTOLD = "DELETE FROM slip_told WHERE register = ? AND printer = ? AND line = ?"
_JUMP = f"UPDATE slip_order SET number = (number + ? - 1) % {ORDERS} + 1 WHERE NOT open"


class SlipSettings(msgspec.Struct, frozen=True):
    """Routes to printers, and the language and time zone of the tickets."""

    routes: tuple[Route, ...] = ()
    language: str = ENGLISH
    zone: str = "UTC"


Screens = Callable[[Connection], Iterable[tuple[str, tuple[str, ...], Literal["sent", "paid"]]]]
"""Reads the current routes to kitchen screens: name, categories, and when tickets are sent to them."""
NO_SCREENS: Screens = lambda db: ()  # noqa: E731


class Slips:
    """Prints the kitchen tickets of a store, to its printers and `screens`."""

    def __init__(self, settings: SlipSettings, screens: Screens = NO_SCREENS) -> None:
        self._settings = settings
        self._screens = screens

    def print_slips(self, tx: Transaction, command: PrintSlips) -> int:
        """Print or show an order's changes; returns the number of tickets."""
        screens = tuple(Route(*one) for one in self._screens(tx.db))
        register, routes = tx.actor.register, (*self._settings.routes, *screens)
        holder = command.holder or register
        told = read_told(tx.db, holder)
        if command.moment == "parted":
            left = {line.line: line.quantity for line in command.lines}
            less = [(holder, to, line, min(known, left.get(line, 0))) for (to, line), known in told.items()]
            tx.db.executemany(_TOLD, less)
            return 0
        paths = _paths(tx, {line.sku for line in command.lines}) if any(route.categories for route in routes) else {}
        slips = news(routes, command.lines, paths, told, command.moment, command.fired)
        command = msgspec.structs.replace(command, note=Remarks(tx.db).seal(command.note, tx.business_date))
        ahead = Order(0, command.note, ticket=command.holder)
        order = ahead if command.holder else _order(kept_order(tx.db, register), command, f"{register}:{tx.at_us}")
        if slips:
            self._print(tx, order, command, slips, {one.printer for one in screens})
        if command.moment in ("sent", "ordered"):
            tx.db.executemany(_TOLD, _slip_rows(holder, slips))
        elif command.moment != "voided":  # the basket is gone
            tx.db.execute("DELETE FROM slip_told WHERE register = ?", (holder,))
        if not command.holder and command.moment != "voided" and (slips or order.open):
            tx.db.execute(_ORDER, (register, order.number, order.note, command.moment == "sent", order.ticket))
        return len(slips)

    def _print(
        self, tx: Transaction, order: Order, command: PrintSlips, slips: tuple[Slip, ...], screens: Collection[str]
    ) -> None:
        event = SlipsPrinted(command.moment, order.number, order.note, command.receipt, slips, order.ticket)
        fact = tx.append(event)
        for slip in (one for one in slips if one.printer not in screens):
            tx.do(QueuePrint("slip", slip_paper(self._settings, event, slip, fact), target=slip.printer))


def move_order(tx: Transaction, command: KeepSlipOrder) -> None:
    """Move an order and its number between a register and a parked basket.

    Without a stored order, the register continues its own numbering.
    """
    here, there = (command.name, tx.actor.register) if command.back else (tx.actor.register, command.name)
    order = kept_order(tx.db, here)
    if not order.open:
        return
    tx.db.execute(_ORDER, (there, order.number, order.note, True, order.ticket))
    tx.db.execute("UPDATE slip_order SET open = 0 WHERE register = ?", (here,))
    tx.db.execute("UPDATE slip_told SET register = ? WHERE register = ?", (there, here))
    if command.back and not command.counts:
        tx.db.execute("DELETE FROM slip_order WHERE register = ?", (here,))


def move_lines(tx: Transaction, command: MoveSlipLines) -> None:
    """Move the quantities already sent together with their lines, so that nothing is sent twice or cancelled."""
    order = kept_order(tx.db, command.source)
    if not order.open:
        return
    if not kept_order(tx.db, command.target).open:
        tx.db.execute(_ORDER, (command.target, order.number, order.note, True, order.ticket))
    moved = {one.line: one for one in command.lines}
    for (printer, line), known in read_told(tx.db, command.source).items():
        if line not in moved:
            continue
        part = min(known, moved[line].quantity)
        tx.db.execute(_TOLD, (command.target, printer, moved[line].becomes, part))
        if part < known:
            tx.db.execute(_TOLD, (command.source, printer, line, known - part))
        else:
            tx.db.execute(_UNTOLD, (command.source, printer, line))
    if command.ends:
        tx.db.execute("UPDATE slip_order SET open = 0 WHERE register = ?", (command.source,))
        tx.db.execute("DELETE FROM slip_told WHERE register = ?", (command.source,))


def after_restore(db: Connection) -> None:
    """Skip a third of the order numbers after a restore, because orders since the backup already used the next ones.

    The offset depends on the epoch, so that restoring a backup twice gives different numbers. Open orders keep their
    numbers, which are on printed tickets.
    """
    third = ORDERS // 3
    db.execute(_JUMP, (third + read_head(db).epoch % third,))


def slip_paper(settings: SlipSettings, event: SlipsPrinted, slip: Slip, fact: RecordedEvent) -> Document:
    """Render one printer's ticket; `fact` gives its time and register."""
    data: dict[str, Any] = {
        "shop": {"zone": settings.zone},
        "order": fact.event,
        "entries": slip.entries,
        "register": fact.register,
        "at_us": fact.at_us,
        "receipt": shown_number(fact.register, event.receipt) if event.receipt else "",
    }
    return Document(settings.language, (TemplateBlock("slips/slip", data),))


def _order(last: Order, command: PrintSlips, ticket: str) -> Order:
    """The order that a command is about: the open one, or a new one with this `ticket`.

    For a void, it's the last paid order.
    """
    if command.moment == "voided":
        return Order((last.number - 2) % ORDERS + 1, ticket=ticket) if last.open else last
    if last.open:
        return msgspec.structs.replace(last, note=command.note or last.note)
    return Order(last.number % ORDERS + 1, command.note, ticket=ticket)


def _slip_rows(holder: str, slips: Iterable[Slip]) -> list[tuple[str, str, int, int]]:
    return [(holder, slip.printer, entry.line, entry.quantity) for slip in slips for entry in slip.entries]


def _paths(tx: Transaction, skus: set[str]) -> dict[str, tuple[str, ...]]:
    """Category paths of products, from the top level down, by SKU. Products without a category are omitted."""
    category = {sku: product.category for sku, (_, product, _) in read_products(tx.db, sorted(skus)).items()}
    paths = {id: path_of(tx.db, id) for id in set(category.values()) if id}
    return {sku: paths[id] for sku, id in category.items() if id}
