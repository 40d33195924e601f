"""Responses to commands: the result, or the order affected. A repeated command gets its original result from events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import msgspec

from edge.core import ids
from edge.core.journal.rows import find_command
from edge.core.messages import Actor, Command, Done, Event
from edge.core.storage.database import Connection
from edge.goods.purchasing.commands import (
    LINES_LIMIT,
    AddReceiptCost,
    CorrectReceipt,
    ReceivePurchaseOrder,
    ReturnToSupplier,
)
from edge.goods.purchasing.events import PurchaseMoved, PurchaseReceived
from edge.goods.purchasing.queries import KeptPurchase, read_purchase
from edge.goods.purchasing.receipt_corrections import CostEffect
from edge.goods.purchasing.receiving import ReceivedOrder, price_findings
from edge.goods.stock.events import CostCorrected, ReceiptCorrected

Shown = KeptPurchase | ReceivedOrder | CostEffect
_CORRECTIONS: Mapping[str, type[Event]] = MappingProxyType(
    {kind.__name__: kind for kind in (ReceiptCorrected, CostCorrected)}
)


def affected_order(db: Connection, command: Command, done: Done, actor: Actor) -> Shown | None:
    """Return a command's result or, if it has none, the order it affected."""
    result = repeated_result(db, command, done) if done.repeated else done.result
    if isinstance(result, ReceivedOrder | CostEffect):
        return result
    made = (event.number for event in done.events if hasattr(event, "number"))
    number = getattr(command, "number", 0) or next(made, 0)
    return read_purchase(db, number) if number else None


def repeated_result(db: Connection, command: Command, done: Done) -> ReceivedOrder | CostEffect | None:
    """Reconstruct the result of a repeated command from its events; None for commands without a result."""
    events = done.events
    match command:
        case ReceivePurchaseOrder(number):
            order = read_purchase(db, number)
            state = next((one.now for one in reversed(events) if isinstance(one, PurchaseMoved)), "")
            came = [goods for one in events if isinstance(one, PurchaseReceived) for goods in one.lines]
            found = price_findings(order.lines if order else (), came)
            return ReceivedOrder(number, state or (order.state if order else ""), found)
        case CorrectReceipt() | AddReceiptCost() | ReturnToSupplier():
            events = (*events, *_of_children(db, done.command_id))
            value = sum(one.value_milli for one in events if isinstance(one, ReceiptCorrected))
            return CostEffect(value, sum(one.amount_milli for one in events if isinstance(one, CostCorrected)))
    return None


def _of_children(db: Connection, command_id: bytes) -> Iterator[Event]:
    """Stock events of a command's child commands, one per line."""
    for n in range(LINES_LIMIT):
        rows = find_command(db, ids.child_id(ids.CommandId(command_id), n))
        if not rows:
            return
        for row in rows:
            if kind := _CORRECTIONS.get(row.type):
                yield msgspec.json.decode(row.body, type=kind)
