"""A station of a kitchen: a screen of its own, and what it makes. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.goods.catalog.product import CategoryId
from edge.lib.units.quantity import Unit

STATIONS_MOST = 20
"""Stations of a shop; one more is refused."""
SCREEN = "screen:"
"""How the kitchen's tickets name a station among their printers."""
StationId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$(?!\n)")]
TicketId = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Names = Annotated[
    dict[str, Annotated[str, msgspec.Meta(min_length=1, max_length=40)]], msgspec.Meta(min_length=1, max_length=10)
]


class KitchenStation(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A station that makes the products of `categories` and below (none named: all). `when` it is told of them: once
    they are paid, or already when they are sent."""

    id: StationId
    names: Names
    categories: Annotated[tuple[CategoryId, ...], msgspec.Meta(max_length=50)] = ()
    when: Literal["sent", "paid"] = "sent"


class TicketLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of a ticket: `quantity` thousandths are wanted, of which `done` were made. Less wanted than made: the rest
    was cancelled behind it."""

    line: int
    sku: str
    names: dict[str, str]
    unit: Unit
    quantity: int
    done: int = 0
    modifiers: tuple[dict[str, str], ...] = ()
    was: int = 0
    course: int = 0

    @property
    def left(self) -> int:
        """What is still to be made."""
        return max(0, self.quantity - self.done)
