"""Commands of kitchen screens."""

from __future__ import annotations

from edge.core.messages import Command, Number
from edge.counter.kitchen_screens.station import KitchenStation, StationId, TicketId
from edge.goods.catalog.product import Sku


class SetKitchenStation(Command, frozen=True):
    """Add or change a kitchen station."""

    station: KitchenStation


class EndKitchenStation(Command, frozen=True):
    """Delete a station and the tickets on its screen."""

    id: StationId


class BumpTicket(Command, frozen=True):
    """Mark a whole ticket as made and remove it from the station's screen.

    `version`: the state that the user saw. Refused if the ticket has changed since. Idempotent.
    """

    station: StationId
    ticket: TicketId
    version: Number


class RecallTicket(Command, frozen=True):
    """Return a bumped ticket to its station's screen, with all lines to be made."""

    station: StationId
    ticket: TicketId


class MarkRunOut(Command, frozen=True):
    """Mark a product as sold out.

    Tills and kiosks don't sell it until it's marked available or the business day ends.
    """

    sku: Sku


class MarkBack(Command, frozen=True):
    """Mark a sold-out product as available."""

    sku: Sku
