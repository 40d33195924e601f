"""What can be asked of kitchen screens."""

from __future__ import annotations

from edge.core.messages import Command, Number
from edge.counter.kitchen_screens.station import KitchenStation, StationId, TicketId
from edge.goods.catalog.product import Sku


class SetKitchenStation(Command, frozen=True):
    """Let a station be as this says, a new one or one that there is."""

    station: KitchenStation


class EndKitchenStation(Command, frozen=True):
    """Give a station up; what is on its screen goes with it."""

    id: StationId


class BumpTicket(Command, frozen=True):
    """All of a ticket is made: it leaves the station's screen.

    `version`: which state of it somebody saw; where more came since, it stays. Done twice, it has one effect.
    """

    station: StationId
    ticket: TicketId
    version: Number


class RecallTicket(Command, frozen=True):
    """Bring a ticket back to its station's screen, with all of it to be made."""

    station: StationId
    ticket: TicketId


class MarkRunOut(Command, frozen=True):
    """There is no more of a product today: no till sells it, no kiosk takes it, until somebody says otherwise or the
    day of business is over."""

    sku: Sku


class MarkBack(Command, frozen=True):
    """There is some of a product again."""

    sku: Sku
