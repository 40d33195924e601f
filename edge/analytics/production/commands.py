"""Production commands."""

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
    """Set a bill of materials; each change creates a new version."""

    bom: Bom


class EndBom(Command, frozen=True):
    """End a bill of materials, so that new orders can't use it."""

    id: BomId


class PlanWork(Command, frozen=True):
    """Plan a work order by the bill that applies that day; the result lists shortages.

    `number`: change this order instead; it keeps its version of the bill. Once started, its quantity can't be lower
    than the quantity already made. Available components are reserved at `from_location`. Empty days mean today.
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
    """Plan everything to make on a day, including intermediate products; returns the orders' numbers."""

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

    `done_before`: the quantity made so far as shown to the user; if it has changed, the report is refused, so that two
    people don't report the same goods. `consumed`: actual consumption that differs from the bill. `close`: end
    production and return unused components to stock. `lot`, `expiry`: of the output; default: the order's number, and
    an expiry date by the product's shelf life.
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
    """Undo the last report of a work order, while all its goods are in stock.

    The goods leave stock, and their components and the order are in progress again.
    """

    number: Number


class TakeApart(AskingCommand, frozen=True):
    """Disassemble goods into the components of today's bill; the result lists them.

    Components get their share of the goods' value. `lot`: the lot to disassemble; default: the one that expires first.
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
    """Block the sale of everything made from a lot, at any level of production; returns the number of lots blocked."""

    sku: Sku
    lot: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
