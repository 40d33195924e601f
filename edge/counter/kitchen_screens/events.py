"""What can have happened at kitchen screens."""

from __future__ import annotations

from edge.core.messages import Event
from edge.counter.kitchen_screens.station import KitchenStation, StationId, TicketId
from edge.goods.catalog.product import Sku


class KitchenStationSet(Event, frozen=True):
    """A station is new or changed: all of it, as it is from now on."""

    station: KitchenStation


class KitchenStationEnded(Event, frozen=True):
    """A station was given up."""

    id: StationId


class TicketBumped(Event, frozen=True):
    """All of a ticket was made: order `number` (0: it has none of a register), `opened_us` since when it stood on the
    screen, `lines` how many were on it."""

    station: StationId
    ticket: TicketId
    number: int
    opened_us: int
    lines: int


class TicketRecalled(Event, frozen=True):
    """A ticket is on its station's screen again."""

    station: StationId
    ticket: TicketId


class ProductRanOut(Event, frozen=True):
    """There is no more of a product on this day of business."""

    sku: Sku


class ProductBack(Event, frozen=True):
    """There is some of a product again."""

    sku: Sku


EVENTS: tuple[type[Event], ...] = (
    KitchenStationSet,
    KitchenStationEnded,
    TicketBumped,
    TicketRecalled,
    ProductRanOut,
    ProductBack,
)
