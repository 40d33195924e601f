"""Stock locations and a product's levels there. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.goods.catalog.product import Names

MAIN = "main"
"""The location that every shop has."""
DELTA_LIMIT = 10**15
"""Maximum thousandths that one movement may add or remove."""
LOCATIONS_LIMIT = 200
"""Maximum locations per shop; more are refused."""

Sku = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
LocationId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$(?!\n)")]
AnyLocationId = Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9][a-z0-9_-]{0,39})?$(?!\n)")]
"""A location's id; "": none."""
LocationKind = Literal["bar", "shop_floor", "storage", "kitchen", "fridge", "quarantine"]
Thousandths = Annotated[int, msgspec.Meta(ge=0, le=DELTA_LIMIT)]
Held = Annotated[Thousandths, msgspec.Meta(extra={"control": "quantity"})]


class StockLocation(msgspec.Struct, frozen=True):
    """A stock location.

    `parent`: the location that contains it, such as a shelf's room ("": none). `position`: its position among siblings
    in walking order. `capacity`: in thousandths of a unit; 0: unknown.
    """

    id: LocationId
    names: Names
    kind: LocationKind = "shop_floor"
    parent: Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9][a-z0-9_-]{0,39})?$(?!\n)")] = ""
    position: Annotated[int, msgspec.Meta(ge=0, le=9999)] = 0
    capacity: Held = 0


class StockLevels(msgspec.Struct, frozen=True):
    """A product's target stock at a location (`par`) and reorder point (`reorder`), in thousandths; both 0: the
    product's own levels apply.

    `quantity`: the minimum order. `maximum`: upper limit of stock (0: no limit).
    """

    sku: Sku
    location: LocationId = MAIN
    par: Thousandths = 0
    reorder: Thousandths = 0
    quantity: Thousandths = 0
    maximum: Thousandths = 0
