"""Events of kitchen tickets."""

from __future__ import annotations

import msgspec

from edge.core.messages import Event, Remark
from edge.lib.units.quantity import Unit


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of a ticket.

    `quantity` in thousandths; `was`: the quantity sent before (0: none). With the names of its `modifiers`. `course`:
    the course it's served with; 0: not given.
    """

    line: int
    sku: str
    names: dict[str, str]
    unit: Unit
    quantity: int
    was: int
    modifiers: tuple[dict[str, str], ...] = ()
    course: int = 0


class Slip(msgspec.Struct, frozen=True):
    """The ticket for one printer."""

    printer: str
    entries: tuple[Entry, ...]


class SlipsPrinted(Event, frozen=True):
    """An order's changes were sent to printers and screens; this event causes the print jobs.

    `receipt`: 0 until it's paid. `order`: its number, 0 if it isn't a register's. `ticket`: the order's lasting id,
    because numbers repeat.
    """

    remarks = ("note",)

    moment: str
    order: int
    note: Remark
    receipt: int
    slips: tuple[Slip, ...]
    ticket: str = ""


EVENTS: tuple[type[Event], ...] = (SlipsPrinted,)
