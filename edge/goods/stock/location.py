"""What a place that holds stock is, and how much of a product there should be. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.goods.catalog.product import Names

MAIN = "main"
"""The location that every shop has."""
DELTA_LIMIT = 10**15
"""Thousandths that one move may bring or take."""
LOCATIONS_LIMIT = 200
"""Places of one shop; the next one is refused."""

Sku = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
LocationId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$(?!\n)")]
LocationKind = Literal["bar", "shop_floor", "storage", "kitchen", "fridge", "quarantine"]
Thousandths = Annotated[int, msgspec.Meta(ge=0, le=DELTA_LIMIT)]
Held = Annotated[Thousandths, msgspec.Meta(extra={"control": "quantity"})]


class StockLocation(msgspec.Struct, frozen=True):
    """A place that holds stock.

    `parent`: the place that it is in, as a shelf is in a room ("": in none). `position`: where it comes among those of
    its parent when somebody walks through the store. `capacity`: how much fits there, in thousandths of a unit; 0:
    nobody said.
    """

    id: LocationId
    names: Names
    kind: LocationKind = "shop_floor"
    parent: Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9][a-z0-9_-]{0,39})?$(?!\n)")] = ""
    position: Annotated[int, msgspec.Meta(ge=0, le=9999)] = 0
    capacity: Held = 0


class StockLevels(msgspec.Struct, frozen=True):
    """How much of a product a place should hold (`par`), and at how much it runs low (`reorder`), in thousandths; both
    0: as the product says.

    `quantity`: order so much at least. `maximum`: never more than the place can hold (0: as much as there may be).
    """

    sku: Sku
    location: LocationId = MAIN
    par: Thousandths = 0
    reorder: Thousandths = 0
    quantity: Thousandths = 0
    maximum: Thousandths = 0
