"""What can have happened to production."""

from __future__ import annotations

import msgspec

from edge.analytics.production.bom import Bom
from edge.core.messages import Event
from edge.core.registry import Upcaster


class WorkLine(msgspec.Struct, frozen=True, array_like=True):
    """`need` thousandths of a component for all of a work order; `whole`: it is counted in whole pieces."""

    sku: str
    need: int
    whole: bool


class WorkGoods(msgspec.Struct, frozen=True, array_like=True):
    """Thousandths of a component of one lot, from or to a place; `value_milli` is what they are worth, in thousandths
    of a minor unit (None: nobody knows what it costs)."""

    sku: str
    quantity: int
    location: str
    lot: str
    expiry: str
    value_milli: int | None


class Consumed(msgspec.Struct, frozen=True, array_like=True):
    """So much of a component went into what was made, and what that was worth, in thousandths of a minor unit."""

    sku: str
    quantity: int
    value_milli: int


class BomSet(Event, frozen=True):
    """A bill of material is so from now on."""

    bom: Bom


class BomEnded(Event, frozen=True):
    """A bill of material is used for nothing new; orders that were planned by it keep it."""

    id: str


class WorkPlanned(Event, frozen=True):
    """A work order, new or changed: `quantity` thousandths of `sku` by a version of a bill, taken from `source` and put
    to `target`. Days are business days; "": none is said."""

    number: int
    sku: str
    quantity: int
    bom: str
    bom_version: int
    source: str
    target: str
    start_on: str
    due_on: str
    extra_cost_minor: int
    lines: tuple[WorkLine, ...]


class WorkStarted(Event, frozen=True):
    """Somebody began with a work order."""

    number: int


class ComponentsIssued(Event, frozen=True):
    """Components left the stock for a work order."""

    number: int
    goods: tuple[WorkGoods, ...]


class ComponentsReturned(Event, frozen=True):
    """Components that a work order did not take came back into the stock."""

    number: int
    goods: tuple[WorkGoods, ...]


class WorkReported(Event, frozen=True):
    """A part of a work order, or all of it, was made: `good` of it came into the stock as `lot`, `scrap` is lost.

    `taken_milli` is what went into it, `brought_milli` what the good came in at, in thousandths of a minor unit.
    `movement`: the row of the journal that brought it; 0: nothing good was made.
    """

    number: int
    sku: str
    good: int
    scrap: int
    consumed: tuple[Consumed, ...]
    taken_milli: int
    brought_milli: int
    lot: str
    movement: int


class WorkReportUndone(Event, frozen=True):
    """The report at row `report` of the journal was none: what it had said of goods and components is taken back, and
    the order is in progress again. Values as in `WorkReported`."""

    number: int
    sku: str
    report: int
    good: int
    scrap: int
    consumed: tuple[Consumed, ...]
    taken_milli: int
    brought_milli: int


class RecoveredPart(msgspec.Struct, frozen=True, array_like=True):
    """So much of a component, and what it came in at, in thousandths of a minor unit."""

    sku: str
    quantity: int
    value_milli: int


class ApartLot(msgspec.Struct, frozen=True, array_like=True):
    """So much of a lot was taken apart."""

    lot: str
    quantity: int


class GoodsTakenApart(Event, frozen=True):
    """Goods were taken apart by a version of a bill: `quantity` thousandths of `sku` left, of `lots`; `parts` came in,
    as `lot`.
    `value_milli` is what the goods were worth, in thousandths of a minor unit (None: nobody knows)."""

    number: int
    sku: str
    quantity: int
    location: str
    bom: str
    bom_version: int
    value_milli: int | None
    parts: tuple[RecoveredPart, ...]
    lots: tuple[ApartLot, ...] = ()
    lot: str = ""


class WorkEnded(Event, frozen=True):
    """A work order is `completed` or `cancelled`; so it stays."""

    number: int
    state: str


EVENTS: tuple[type[Event], ...] = (
    BomSet,
    BomEnded,
    WorkPlanned,
    WorkStarted,
    ComponentsIssued,
    ComponentsReturned,
    WorkReported,
    WorkReportUndone,
    WorkEnded,
    GoodsTakenApart,
)
UPCASTERS: tuple[Upcaster, ...] = ()
