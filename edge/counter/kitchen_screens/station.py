"""A kitchen station: its screen, and the products it makes. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.goods.catalog.product import CategoryId
from edge.lib.units.quantity import Unit

STATIONS_MOST = 20
"""Maximum stations per shop. More are refused."""
SCREEN = "screen:"
"""Prefix of a station's name among the printers of kitchen tickets."""
StationId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$(?!\n)")]
TicketId = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Names = Annotated[
    dict[str, Annotated[str, msgspec.Meta(min_length=1, max_length=40)]], msgspec.Meta(min_length=1, max_length=10)
]


class KitchenStation(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A station that makes products in `categories` and below (empty: all).

    `when`: it gets them once they're paid, or already when sent.
    """

    id: StationId
    names: Names
    categories: Annotated[tuple[CategoryId, ...], msgspec.Meta(max_length=50)] = ()
    when: Literal["sent", "paid"] = "sent"


class TicketLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of a ticket: `quantity` ordered and `done` made, in thousandths.

    If `quantity` is below `done`, the difference was cancelled after it was made.
    """

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
    def open_quantity(self) -> int:
        """The quantity still to be made, in thousandths."""
        return max(0, self.quantity - self.done)
