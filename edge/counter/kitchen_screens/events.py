"""Events of kitchen screens."""

from __future__ import annotations

from edge.core.messages import Event
from edge.counter.kitchen_screens.station import KitchenStation, StationId, TicketId
from edge.goods.catalog.product import Sku


class KitchenStationSet(Event, frozen=True):
    """A station was added or changed, with its whole new state."""

    station: KitchenStation


class KitchenStationEnded(Event, frozen=True):
    """A station was deleted."""

    id: StationId


class TicketBumped(Event, frozen=True):
    """A whole ticket was made: its order `number` (0: none of a register), `opened_us` when it appeared on the screen,
    and how many `lines` it had."""

    station: StationId
    ticket: TicketId
    number: int
    opened_us: int
    lines: int


class TicketRecalled(Event, frozen=True):
    """A bumped ticket was returned to its station's screen."""

    station: StationId
    ticket: TicketId


class ProductRanOut(Event, frozen=True):
    """A product was sold out for this business day."""

    sku: Sku


class ProductBack(Event, frozen=True):
    """A sold-out product is available again."""

    sku: Sku


EVENTS: tuple[type[Event], ...] = (
    KitchenStationSet,
    KitchenStationEnded,
    TicketBumped,
    TicketRecalled,
    ProductRanOut,
    ProductBack,
)
