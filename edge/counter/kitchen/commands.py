"""What can be asked of the slips."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import REMARK, Command, Number
from edge.lib.units.quantity import LIMIT, Unit

Moment = Literal["sent", "paid", "cleared", "voided", "ordered", "parted"]
"""What happens to the order: sent from the open basket, paid, cleared away unpaid, undone after it was paid; or taken
on before anybody pays, of which all printers are told; or handed over in part, of which nobody needs to be told."""


class Ordered(msgspec.Struct, frozen=True):
    """A line of the basket as it is now: `quantity` in thousandths of its unit, 0 for one that is voided; the names of
    its `modifiers`. `course`: with which it is served; 0: with what comes first."""

    line: Number
    sku: str
    names: dict[str, str]
    unit: Unit
    quantity: Annotated[int, msgspec.Meta(ge=0, le=LIMIT)]
    modifiers: tuple[dict[str, str], ...] = ()
    course: Number = 0


class KeepSlipOrder(Command, frozen=True):
    """Keep the register's open order under another name while its basket is set aside, or take one from there.
    `counts`: the name is another register's, which goes on with its own numbers."""

    name: Annotated[str, msgspec.Meta(max_length=60)]
    back: bool = False
    counts: bool = False


class MovedSlipLine(msgspec.Struct, frozen=True):
    """So much of a line, in thousandths, and which line it became where it went."""

    line: Number
    becomes: Number
    quantity: Annotated[int, msgspec.Meta(ge=0, le=LIMIT)]


class MoveSlipLines(Command, frozen=True):
    """Some of what `source` was told of belongs to `target` from now on: a bill is parted, or two become one. `ends`:
    nothing of the first order is left."""

    source: Annotated[str, msgspec.Meta(max_length=60)]
    target: Annotated[str, msgspec.Meta(max_length=60)]
    lines: tuple[MovedSlipLine, ...]
    ends: bool = False


class PrintSlips(Command, frozen=True):
    """Tell the printers of slips what is new of a register's order. The till does this inside its own commands.

    The result is how many slips that made. `note` is what the order is called besides its
    number, such as a table; "" leaves the one it has. `receipt` is its number once it is paid.
    `holder`: whose it is where it is no basket of the register; such an order is called by its note alone.
    `fired`: what is `sent` is made through this course; later ones are held.
    """

    moment: Moment
    lines: tuple[Ordered, ...]
    note: Annotated[str, msgspec.Meta(max_length=60, extra=REMARK)] = ""
    receipt: Number = 0
    holder: Annotated[str, msgspec.Meta(max_length=60)] = ""
    fired: Number = 0
