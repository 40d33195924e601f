"""What can have happened with zones of delivery, and with money that was taken at doors."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Event
from edge.ordering.delivery.zones import DeliveryZone

Driver = Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9][a-z0-9_-]{0,63})?$(?!\n)")]


class ForeignNotes(msgspec.Struct, frozen=True):
    """Foreign cash (`kind` as of a tender) in its own minor units, and what that counted for in the shop's."""

    kind: str
    minor: int
    worth_minor: int


class NotesCounted(msgspec.Struct, frozen=True):
    """Foreign cash as a driver should have handed it in, and as it was counted, in its own minor units; `worth_minor`:
    what the former counted for in the shop's."""

    kind: str
    expected_minor: int
    counted_minor: int
    worth_minor: int

    @property
    def lacking_minor(self) -> int:
        """What is lacking of it, in the shop's money; below 0: there is too much."""
        missing = self.expected_minor - self.counted_minor
        return self.worth_minor * missing // self.expected_minor if self.expected_minor else 0


class DriverPaid(Event, frozen=True):
    """A driver took cash at a door, for the sale `receipt` of this register: it is with them, not in its drawer.
    Also foreign notes. `tip_minor` is what they keep of it, beside `amount_minor`."""

    order: str
    number: int
    driver: Driver
    receipt: int
    currency: str
    amount_minor: int
    notes: tuple[ForeignNotes, ...] = ()
    tip_minor: int = 0


class DriverHandedIn(Event, frozen=True):
    """A driver's cash of so many orders came into this register's drawer: what it should have been, and what was
    counted, also of foreign notes."""

    driver: Driver
    orders: int
    currency: str
    expected_minor: int
    counted_minor: int
    notes: tuple[NotesCounted, ...] = ()


class ZoneSet(Event, frozen=True):
    """A zone of delivery is like this from now on. It has hours, room a slot and a province; its struct reads
    prefixes as people type them, and the fact has them as they are compared."""

    zone: DeliveryZone


class ZoneEnded(Event, frozen=True):
    """Nothing is delivered to a zone any more."""

    zone: str


EVENTS: tuple[type[Event], ...] = (DriverPaid, DriverHandedIn, ZoneSet, ZoneEnded)
