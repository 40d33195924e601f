"""What can be said of where a shop delivers to."""

from __future__ import annotations

from edge.core.messages import Command
from edge.shop.orders.zones import DeliveryZone, ZoneId


class SetZone(Command, frozen=True):
    """A zone of delivery, new or as it is from now on."""

    zone: DeliveryZone


class EndZone(Command, frozen=True):
    """Deliver to a zone no more."""

    zone: ZoneId
