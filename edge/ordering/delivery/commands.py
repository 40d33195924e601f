"""Commands of delivery zones, and of drivers' cash."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command
from edge.counter.basket.event_structs import TenderKind
from edge.lib.units.money import LIMIT_MINOR
from edge.money.tenders.tender import TENDERS_MOST
from edge.ordering.delivery.zones import DeliveryZone, ZoneId


class SetZone(Command, frozen=True):
    """Add or change a delivery zone."""

    zone: DeliveryZone


class EndZone(Command, frozen=True):
    """Delete a delivery zone."""

    zone: ZoneId


class HandInCash(Command, frozen=True):
    """Put the cash that a driver collected into this register's drawer, as counted.

    `notes`: foreign notes by tender, in their own minor units.
    """

    driver: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$(?!\n)")]
    counted_minor: Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)]
    notes: Annotated[
        dict[TenderKind, Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)]], msgspec.Meta(max_length=TENDERS_MOST)
    ] = msgspec.field(default_factory=dict)
