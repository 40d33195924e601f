"""Commands of kitchen screens, inside the transaction."""

from __future__ import annotations

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.counter.kitchen_screens.commands import BumpTicket, MarkBack, MarkRunOut, RecallTicket
from edge.counter.kitchen_screens.events import ProductBack, ProductRanOut, TicketBumped, TicketRecalled
from edge.counter.kitchen_screens.queries import KitchenTicket, find_ticket, has_run_out
from edge.goods.catalog.queries import find_by_sku


def bump_ticket(tx: Transaction, command: BumpTicket) -> None:
    ticket = _require_ticket(tx, command)
    if ticket.version != command.version:
        raise Refusal("ticket_changed")
    if not ticket.bumped_us:
        lines = sum(line.quantity > 0 for line in ticket.lines)
        tx.append(TicketBumped(ticket.station, ticket.ticket, ticket.number, ticket.opened_us, lines))


def recall_ticket(tx: Transaction, command: RecallTicket) -> None:
    ticket = _require_ticket(tx, command)
    if ticket.bumped_us:
        tx.append(TicketRecalled(ticket.station, ticket.ticket))


def mark_run_out(tx: Transaction, command: MarkRunOut) -> None:
    if find_by_sku(tx.db, command.sku) is None:
        raise Refusal("unknown_sku", {"sku": command.sku})
    if not has_run_out(tx.db, command.sku, tx.business_date):
        tx.append(ProductRanOut(command.sku))


def mark_back(tx: Transaction, command: MarkBack) -> None:
    if has_run_out(tx.db, command.sku, tx.business_date):
        tx.append(ProductBack(command.sku))


def _require_ticket(tx: Transaction, command: BumpTicket | RecallTicket) -> KitchenTicket:
    ticket = find_ticket(tx.db, command.station, command.ticket)
    if ticket is None:
        raise Refusal("no_such_ticket")
    return ticket
