"""What can be asked of production."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.analytics.production.bom import Bom, BomId, Day, Quantity, Sku
from edge.core.messages import AskingCommand, Command, IsoDate, Number
from edge.goods.stock.commands import Expiry, Lot
from edge.goods.stock.location import MAIN, LocationId
from edge.lib.units.quantity import LIMIT

PLANNED_AT_ONCE = 100
"""Products of one day's plan."""
Some = Annotated[int, msgspec.Meta(ge=0, le=LIMIT)]


class SetBom(Command, frozen=True):
    """Let a bill of material be so; each change is its next version."""

    bom: Bom


class EndBom(Command, frozen=True):
    """Make nothing new by a bill of material."""

    id: BomId


class PlanWork(Command, frozen=True):
    """Plan to make so much of a product by the bill that counts on the day; the result says what lacks.

    `number`: that order instead of a new one, by its own version of the bill; once it is begun, of no less than is made
    of it. What is there is reserved at `from_location`. Days: empty ones are today.
    """

    sku: Sku
    quantity: Quantity
    start_on: Day = ""
    due_on: Day = ""
    from_location: LocationId = MAIN
    to_location: LocationId = MAIN
    number: Number = 0


class DayLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So much of a product shall be made on the day."""

    sku: Sku
    quantity: Quantity


class PlanDay(AskingCommand, frozen=True):
    """Plan all that is made on a day at once, with what has to be made for it first; the result is the orders."""

    day: IsoDate
    lines: Annotated[tuple[DayLine, ...], msgspec.Meta(min_length=1, max_length=PLANNED_AT_ONCE)]
    from_location: LocationId = MAIN
    to_location: LocationId = MAIN


class StartWork(AskingCommand, frozen=True):
    """Begin with a work order: its components leave the stock, those that expire first."""

    number: Number


class PrintWorkLabel(Command, frozen=True):
    """Print the label of what a work order was reported to have made last: its lot and its last day."""

    number: Number
    copies: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1


class ConsumedLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a component really took, in thousandths of its unit."""

    sku: Sku
    quantity: Some


class ReportWork(AskingCommand, frozen=True):
    """Say what was made of a work order: so much is good, so much is scrap.

    `done_before`: what whoever says it saw as made already, good and scrap together; another figure is refused, so that
    two people do not report the same goods. `consumed`: what components took where that is not what the bill says.
    `close`: nothing more is made of it, what is left of its components comes back. `lot`, `expiry`: of the goods;
    empty: the order's number, and as long as the product keeps.
    """

    number: Number
    good: Some
    scrap: Some = 0
    done_before: Some | None = None
    consumed: Annotated[tuple[ConsumedLine, ...], msgspec.Meta(max_length=100)] = ()
    lot: Lot = ""
    expiry: Expiry = ""
    close: bool = False


class UndoReport(Command, frozen=True):
    """The last report of a work order was wrong: while all its goods are there, they go, what went into them is in
    progress again, and so is the order."""

    number: Number


class TakeApart(AskingCommand, frozen=True):
    """Take goods apart into what today's bill says they are made of; the result says what came of it.

    Components come in at their share of what the goods are worth. `lot`: of that; without it, what expires first.
    """

    sku: Sku
    quantity: Quantity
    location: LocationId = MAIN
    lot: Lot = ""


class CancelWork(Command, frozen=True):
    """Give up a work order of which nothing was made; what it holds comes back."""

    number: Number


class BuyComponents(Command, frozen=True):
    """Draft orders of suppliers for what open work orders lack; the result is their numbers."""

    location: LocationId = MAIN


class RecallMade(Command, frozen=True):
    """Stop at every till what was made of a lot, at any step; the result is how many lots were stopped."""

    sku: Sku
    lot: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
