"""What can have happened with slips."""

from __future__ import annotations

import msgspec

from edge.core.messages import Event, Remark
from edge.lib.units.quantity import Unit


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of a slip: `quantity` thousandths are wanted, where the printer had been told of `was`; 0 for none. The
    names of its `modifiers`. `course`: with which it is served; 0: none was said."""

    line: int
    sku: str
    names: dict[str, str]
    unit: Unit
    quantity: int
    was: int
    modifiers: tuple[dict[str, str], ...] = ()
    course: int = 0


class Slip(msgspec.Struct, frozen=True):
    """What one printer is told."""

    printer: str
    entries: tuple[Entry, ...]


class SlipsPrinted(Event, frozen=True):
    """Printers and screens were told what is new of an order: the cause of print jobs. `receipt` is 0 while it is not
    paid, `order` where it has no number of a register. `ticket`: which order it is, beyond its number."""

    remarks = ("note",)

    moment: str
    order: int
    note: Remark
    receipt: int
    slips: tuple[Slip, ...]
    ticket: str = ""


EVENTS: tuple[type[Event], ...] = (SlipsPrinted,)
