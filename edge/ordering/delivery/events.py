"""Events of delivery zones and of drivers' cash."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Event
from edge.ordering.delivery.zones import DeliveryZone

Driver = Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9][a-z0-9_-]{0,63})?$(?!\n)")]


class ForeignNotes(msgspec.Struct, frozen=True):
    """Foreign cash in its own minor units, and its value in the shop's. `kind` is as in a tender."""

    kind: str
    minor: int
    worth_minor: int


class NotesCounted(msgspec.Struct, frozen=True):
    """Foreign cash expected from a driver and counted, in its own minor units.

    `worth_minor`: the value of the expected cash in the shop's currency.
    """

    kind: str
    expected_minor: int
    counted_minor: int
    worth_minor: int

    @property
    def lacking_minor(self) -> int:
        """The shortage in the shop's currency; negative for a surplus."""
        missing = self.expected_minor - self.counted_minor
        return self.worth_minor * missing // self.expected_minor if self.expected_minor else 0


class DriverPaid(Event, frozen=True):
    """A driver collected cash at a door for the sale `receipt` of this register.

    The driver has the cash, including foreign notes; it isn't in the register's drawer. `tip_minor` is the tip that the
    driver keeps, in addition to `amount_minor`.
    """

    order: str
    number: int
    driver: Driver
    receipt: int
    currency: str
    amount_minor: int
    notes: tuple[ForeignNotes, ...] = ()
    tip_minor: int = 0


class DriverHandedIn(Event, frozen=True):
    """A driver's cash for these orders was put into this register's drawer.

    Contains the expected and counted amounts, with foreign notes.
    """

    driver: Driver
    orders: int
    currency: str
    expected_minor: int
    counted_minor: int
    notes: tuple[NotesCounted, ...] = ()


class ZoneSet(Event, frozen=True):
    """A delivery zone was added or changed, with its hours, capacity per slot and province. Its struct accepts prefixes
    as typed; the event has them normalised."""

    zone: DeliveryZone


class ZoneEnded(Event, frozen=True):
    """A delivery zone was deleted."""

    zone: str


EVENTS: tuple[type[Event], ...] = (DriverPaid, DriverHandedIn, ZoneSet, ZoneEnded)
