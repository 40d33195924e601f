"""What can have happened to rows that wait for a yes."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Event
from edge.goods.catalog.fields import VERSION
from edge.goods.catalog.product import Product, Source

SAME_PRODUCT = "same_product"
"""The gate of a new row that is called as a product of the shop: the value `sku` says which."""


RETIRED_THERE = "retired_there"
"""The gate of a product that is out of use where its source has it: whether it is given up here."""


NO_NUMBER = "no_number"
"""The gate of a new row without the number that other rows of its file have."""
SAME_NUMBER = "same_number"
"""The gate of a row with the number of a product that is called otherwise."""


class GateReason(msgspec.Struct, frozen=True, array_like=True):
    """Why a row of a file waits that its price does not hold: a key of the words of reasons, with what fills its
    gaps."""

    code: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]{1,40}$(?!\n)")]
    values: dict[str, str | int] = {}


class ProductHeld(Event, frozen=True, omit_defaults=True):
    """What a source says of a product waits for a yes: its price is far from `was_minor`, the shop's (None: it has
    none), or is no price; or the row failed the `gate` of its file.

    Its parts may be of a measure.
    """

    version = VERSION

    product: Product
    source: Source
    was_minor: int | None
    gate: GateReason | None = None


class HeldReleased(Event, frozen=True):
    """Somebody said yes: the source's word was taken."""

    sku: str
    source: str


class HeldDropped(Event, frozen=True):
    """Somebody said no: this price of this source is not taken."""

    sku: str
    source: str


class HeldWithdrawn(Event, frozen=True):
    """It waits no more: the import that brought it was taken back, or what its source had given up is in use there
    again. It is asked about again when it comes again."""

    sku: str
    source: str


class SamenessSaid(Event, frozen=True):
    """Somebody said whether what a source calls `sku` is the shop's product `other`. It is not asked again."""

    sku: str
    source: str
    other: str
    is_same: bool


EVENTS: tuple[type[Event], ...] = (ProductHeld, HeldReleased, HeldDropped, HeldWithdrawn, SamenessSaid)
