"""Commands of production."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.analytics.production.bom import Bom, BomId, Day, Quantity, Sku
from edge.core.messages import AskingCommand, Command, IsoDate, Number
from edge.goods.stock.commands import Expiry, Lot
from edge.goods.stock.location import MAIN, LocationId
from edge.lib.units.quantity import LIMIT

PLANNED_AT_ONCE = 100
"""Maximum products in a day's plan."""
Some = Annotated[int, msgspec.Meta(ge=0, le=LIMIT)]


class SetBom(Command, frozen=True):
    """Set a bill of materials; each change is its next version."""

    bom: Bom


class EndBom(Command, frozen=True):
    """End a bill of materials for new orders."""

    id: BomId


class PlanWork(Command, frozen=True):
    """Plan a work order by the bill of the day; the result lists shortages.

    `number`: change that order instead, with its own version of the bill; once started, not below the quantity already
    made. Available components are reserved at `from_location`. Empty days mean today.
    """

    sku: Sku
    quantity: Quantity
    start_on: Day = ""
    due_on: Day = ""
    from_location: LocationId = MAIN
    to_location: LocationId = MAIN
    number: Number = 0


class DayLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A quantity of a product to make on the day."""

    sku: Sku
    quantity: Quantity


class PlanDay(AskingCommand, frozen=True):
    """Plan everything to make on a day, including intermediate products; returns the orders."""

    day: IsoDate
    lines: Annotated[tuple[DayLine, ...], msgspec.Meta(min_length=1, max_length=PLANNED_AT_ONCE)]
    from_location: LocationId = MAIN
    to_location: LocationId = MAIN


class StartWork(AskingCommand, frozen=True):
    """Start a work order: its components leave stock, earliest expiry first."""

    number: Number


class PrintWorkLabel(Command, frozen=True):
    """Print the label of a work order's last output: lot and expiry date."""

    number: Number
    copies: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1


class ConsumedLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A component's actual consumption, in thousandths of its unit."""

    sku: Sku
    quantity: Some


class ReportWork(AskingCommand, frozen=True):
    """Report the output of a work order: good and scrap quantities.

    `done_before`: the total the user saw as made already; a different figure is refused, so that two people don't
    report the same goods. `consumed`: actual consumption where it differs from the bill. `close`: nothing more will be
    made, and unused components return to stock. `lot`, `expiry`: of the output; default: the order's number, and the
    product's shelf life.
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
    """Undo the last report of a work order, while all its goods are in stock: they leave, their components and the
    order are in progress again."""

    number: Number


class TakeApart(AskingCommand, frozen=True):
    """Disassemble goods into the components of today's bill; the result lists them.

    Components get their share of the goods' value. `lot`: the lot to take; by default the earliest expiry.
    """

    sku: Sku
    quantity: Quantity
    location: LocationId = MAIN
    lot: Lot = ""


class CancelWork(Command, frozen=True):
    """Cancel a work order without output; its components return to stock."""

    number: Number


class BuyComponents(Command, frozen=True):
    """Draft purchase orders for components missing from open work orders; returns their numbers."""

    location: LocationId = MAIN


class RecallMade(Command, frozen=True):
    """Block the sale of everything made from a lot, at any level; returns the number of lots blocked."""

    sku: Sku
    lot: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
