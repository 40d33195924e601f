"""Production events."""

from __future__ import annotations

import msgspec

from edge.analytics.production.bom import Bom
from edge.core.messages import Event
from edge.core.registry import Upcaster


class WorkLine(msgspec.Struct, frozen=True, array_like=True):
    """A component of a work order. `need`: thousandths for the whole order; `whole`: counted in whole pieces."""

    sku: str
    need: int
    whole: bool


class WorkGoods(msgspec.Struct, frozen=True, array_like=True):
    """Thousandths of a component of one lot, moved from or to a location; `value_milli`: their value in thousandths of
    a minor unit (None: unknown cost).
    """

    sku: str
    quantity: int
    location: str
    lot: str
    expiry: str
    value_milli: int | None


class Consumed(msgspec.Struct, frozen=True, array_like=True):
    """A component's consumption, and its value in thousandths of a minor unit."""

    sku: str
    quantity: int
    value_milli: int


class BomSet(Event, frozen=True):
    """A bill of materials was set."""

    bom: Bom


class BomEnded(Event, frozen=True):
    """A bill of materials was ended; orders planned with it keep it."""

    id: str


class WorkPlanned(Event, frozen=True):
    """A work order was created or changed: `quantity` thousandths of `sku` by a version of a bill, from `source` to
    `target`. Days are business days; "": none."""

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
    """A work order was started."""

    number: int


class ComponentsIssued(Event, frozen=True):
    """Components left stock for a work order."""

    number: int
    goods: tuple[WorkGoods, ...]


class ComponentsReturned(Event, frozen=True):
    """A work order's unused components returned to stock."""

    number: int
    goods: tuple[WorkGoods, ...]


class WorkReported(Event, frozen=True):
    """Output of a work order was reported: `good` entered stock as `lot`, `scrap` is lost.

    `taken_milli`: the value of its components; `brought_milli`: the value of the good output, in thousandths of a minor
    unit. `movement`: the journal row of its receipt; 0: there was no good output.
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
    """The report at journal row `report` was undone: its goods and components are reversed, and the order is in
    progress again. Values as in `WorkReported`."""

    number: int
    sku: str
    report: int
    good: int
    scrap: int
    consumed: tuple[Consumed, ...]
    taken_milli: int
    brought_milli: int


class RecoveredPart(msgspec.Struct, frozen=True, array_like=True):
    """A recovered component, and its value in thousandths of a minor unit."""

    sku: str
    quantity: int
    value_milli: int


class ApartLot(msgspec.Struct, frozen=True, array_like=True):
    """The quantity disassembled of a lot."""

    lot: str
    quantity: int


class GoodsTakenApart(Event, frozen=True):
    """Goods were disassembled by a version of a bill: `quantity` thousandths of `sku` left stock, from `lots`; `parts`
    entered stock as `lot`. `value_milli`: the goods' value, in thousandths of a minor unit (None: unknown).
    """

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
    """A work order ended, `completed` or `cancelled`."""

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
