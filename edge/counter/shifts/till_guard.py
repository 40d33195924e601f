"""Rules that shifts add to the till, which doesn't know about them."""

from __future__ import annotations

from functools import partial

from edge.core.messages import Command, Refusal
from edge.core.registry import Requirement, Transaction
from edge.core.storage.database import Connection
from edge.counter.shifts.queries import open_number, read_drawer, shifts_since
from edge.counter.shifts.settings import ShiftSettings
from edge.foundation.access.requirements import SHIFT_OPEN
from edge.foundation.printing.document import TemplateBlock
from edge.foundation.settings.queries import LiveSettings


def shift_open(settings: LiveSettings[ShiftSettings]) -> Requirement:
    """The requirement of an open shift at the register, if the store's setting says so."""
    return Requirement(SHIFT_OPEN, partial(_require_shift, settings))


def _require_shift(settings: LiveSettings[ShiftSettings], tx: Transaction, command: Command) -> None:
    if settings.of(tx).required and not open_number(tx.db, tx.actor.register):
        raise Refusal("no_shift")


def on_reports(db: Connection, register: str, since_seq: int, settings: ShiftSettings) -> tuple[TemplateBlock, ...]:
    """The part of a register's report about its shifts and drawer since the last Z, as of a journal row; empty if there
    is nothing to report."""
    rows = [
        {"number": shift.number, "open": shift.closed_us is None, "difference_minor": shift.difference_minor or 0}
        for shift in shifts_since(db, register, since_seq)
    ]
    drawer = read_drawer(db, register)
    counts = {"opened": drawer.opened_since_z, "copies": drawer.copies_since_z}
    if not rows and not any(counts.values()):
        return ()
    return (TemplateBlock("shifts/on_report", {"shop": {"currency": settings.currency}, "shifts": rows, **counts}),)
