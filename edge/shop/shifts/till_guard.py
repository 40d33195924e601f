"""What shifts change around the till, which knows nothing of them."""

from __future__ import annotations

from typing import Any

import msgspec

from edge.core.messages import Refused
from edge.core.registry import Capability, CommandSpec, Transaction
from edge.core.storage.database import Connection
from edge.shop.printing.document import TemplateBlock
from edge.shop.settings.queries import LiveSettings
from edge.shop.shifts.queries import open_number, read_drawer, shifts_since
from edge.shop.shifts.settings import ShiftSettings, live
from edge.shop.till import commands as till

SELLING = frozenset(
    (
        *(till.AddLine, till.Pay, till.SellBasket, till.SellPriced, till.SendToKitchen),
        *(till.AddOpenAmount, till.AddLoad, till.AddReturn),
        *(till.VoidLastSale, till.RefundSale, till.RefundWithoutReceipt),
    )
)
"""What nobody does without a shift where the store wants one: all that ends in the drawer, and how it begins."""


def require_open_shift(room: Capability, settings: ShiftSettings) -> Capability:
    """The till's room; where a shift is `required`, its selling is refused while none is open."""
    now = live(settings)
    return msgspec.structs.replace(room, commands=tuple(_guarded(spec, now) for spec in room.commands))


def on_reports(db: Connection, register: str, since_seq: int, settings: ShiftSettings) -> tuple[TemplateBlock, ...]:
    """What a register's report says of its shifts and its drawer since its last Z, at a row of the journal; nothing
    where there is nothing to say."""
    rows = [
        {"number": shift.number, "open": shift.closed_us is None, "difference_minor": shift.difference_minor or 0}
        for shift in shifts_since(db, register, since_seq)
    ]
    opened = read_drawer(db, register).opened_since_z
    if not rows and not opened:
        return ()
    return (
        TemplateBlock("shifts/on_report", {"shop": {"currency": settings.currency}, "shifts": rows, "opened": opened}),
    )


def _guarded(spec: CommandSpec, settings: LiveSettings[ShiftSettings]) -> CommandSpec:
    if spec.command not in SELLING:
        return spec

    def guarded(tx: Transaction, command: Any) -> Any:
        if settings.at(tx.db).required and not open_number(tx.db, tx.actor.register):
            return Refused("no_shift")
        return spec.handler(tx, command)

    return msgspec.structs.replace(spec, handler=guarded)
