"""What can be said of where and when a shop takes orders."""

from __future__ import annotations

from edge.core.messages import Command
from edge.shop.orders.hours import StoreHours
from edge.shop.orders.zones import DeliveryZone, ZoneId


class SetHours(Command, frozen=True):
    """The hours of the store from now on, all of them."""

    hours: StoreHours


class SetZone(Command, frozen=True):
    """A zone of delivery, new or as it is from now on."""

    zone: DeliveryZone


class EndZone(Command, frozen=True):
    """Deliver to a zone no more."""

    zone: ZoneId
