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
    """A whole ticket was made.

    `number`: the number of its order (0: not a register's). `opened_us`: when it appeared on the screen. `lines`: the
    number of its lines.
    """

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
