"""What can be said of where a shop delivers to, and of what drivers bring back."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command
from edge.counter.basket.event_structs import TenderKind
from edge.lib.units.money import LIMIT_MINOR
from edge.money.tenders.tender import TENDERS_MOST
from edge.ordering.delivery.zones import DeliveryZone, ZoneId


class SetZone(Command, frozen=True):
    """A zone of delivery, new or as it is from now on."""

    zone: DeliveryZone


class EndZone(Command, frozen=True):
    """Deliver to a zone no more."""

    zone: ZoneId


class HandInCash(Command, frozen=True):
    """Take the money that a driver was paid at doors into this register's drawer, as it was counted; `notes`: foreign
    ones, by the kind of tender, in their own minor units."""

    driver: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$(?!\n)")]
    counted_minor: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)]
    notes: Annotated[
        dict[TenderKind, Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)]], msgspec.Meta(max_length=TENDERS_MOST)
    ] = msgspec.field(default_factory=dict)
