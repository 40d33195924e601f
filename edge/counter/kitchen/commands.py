"""Commands of kitchen tickets."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import REMARK, Command, Number
from edge.lib.units.quantity import LIMIT, Unit

Moment = Literal["sent", "paid", "cleared", "voided", "ordered", "parted"]
"""Moments of an order: sent from the open basket, paid, cleared unpaid, or voided after payment.

`ordered`: a preorder was accepted, which goes to all printers. `parted`: part of it was handed over, which prints
nothing.
"""


class Ordered(msgspec.Struct, frozen=True):
    """A line of the current basket, with the names of its `modifiers`.

    `quantity`: in thousandths of its unit, 0 if voided. `course`: the course it's served with; 0: the first.
    """

    line: Number
    sku: str
    names: dict[str, str]
    unit: Unit
    quantity: Annotated[int, msgspec.Meta(ge=0, le=LIMIT)]
    modifiers: tuple[dict[str, str], ...] = ()
    course: Number = 0


class KeepSlipOrder(Command, frozen=True):
    """Move the register's open order to another name when its basket is parked, or back when it's resumed (`back`).

    `counts`: the name is another register's, which has its own numbering.
    """

    name: Annotated[str, msgspec.Meta(max_length=60)]
    back: bool = False
    counts: bool = False


class MovedSlipLine(msgspec.Struct, frozen=True):
    """The quantity moved from a line, in thousandths, and the line that it became in the target order."""

    line: Number
    becomes: Number
    quantity: Annotated[int, msgspec.Meta(ge=0, le=LIMIT)]


class MoveSlipLines(Command, frozen=True):
    """Move lines already sent from order `source` to `target`, when a bill is split or two are merged. `ends`: the
    source order is now empty."""

    source: Annotated[str, msgspec.Meta(max_length=60)]
    target: Annotated[str, msgspec.Meta(max_length=60)]
    lines: tuple[MovedSlipLine, ...]
    ends: bool = False


class PrintSlips(Command, frozen=True):
    """Print the changes of a register's order. The till does this inside its own commands.

    Returns the number of tickets. `note` identifies the order in addition to its number, such as a table; "" keeps the
    current note. `receipt`: the receipt number once it's paid. `holder`: the owner of an order that isn't a register's
    basket and has only its note as a name. `fired`: a `sent` order is made up to this course; later ones are held.
    """

    moment: Moment
    lines: tuple[Ordered, ...]
    note: Annotated[str, msgspec.Meta(max_length=60, extra=REMARK)] = ""
    receipt: Number = 0
    holder: Annotated[str, msgspec.Meta(max_length=60)] = ""
    fired: Number = 0
