"""Events of rows that need approval."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Event
from edge.goods.catalog.fields import VERSION
from edge.goods.catalog.product import Product, Source

SAME_PRODUCT = "same_product"
"""Reason for holding a new row with the name of an existing product; the value `sku` identifies that product."""


RETIRED_AT_SOURCE = "retired_there"
"""Reason for holding a product that its source discontinued, until a user decides whether to
discontinue it here too.
"""


NO_NUMBER = "no_number"
"""Reason for holding a new row without a number, in a file whose other rows have one."""
SAME_NUMBER = "same_number"
"""Reason for holding a row that has the number of a product with another name."""


LESS_LAW = "less_law"
"""Reason for holding a row that removes a product's age limit or restrictions; the value `category` is its new
category.
"""


class GateReason(msgspec.Struct, frozen=True, array_like=True):
    """Why a row is held: a key of reason texts, with values."""

    code: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]{1,40}$(?!\n)")]
    values: dict[str, str | int] = {}


class ProductHeld(Event, frozen=True, omit_defaults=True):
    """A source's product data is held: its price is zero or differs from the shop's price `was_minor` (None: none), or
    the row failed the checks (`gate`).

    A bundle's parts may be given by measure.
    """

    version = VERSION

    product: Product
    source: Source
    was_minor: int | None
    gate: GateReason | None = None


class HeldReleased(Event, frozen=True):
    """A user approved held data, which was applied."""

    sku: str
    source: str


class HeldDropped(Event, frozen=True):
    """A user rejected held data; this source's price isn't applied."""

    sku: str
    source: str


class HeldWithdrawn(Event, frozen=True):
    """Held data was withdrawn: its import was undone, or a discontinued product is active again. If it recurs,
    a person decides again."""

    sku: str
    source: str


class SamenessSaid(Event, frozen=True):
    """A user decided whether a source's product `sku` is the shop's product `other`. The question isn't asked again."""

    sku: str
    source: str
    other: str
    is_same: bool


EVENTS: tuple[type[Event], ...] = (ProductHeld, HeldReleased, HeldDropped, HeldWithdrawn, SamenessSaid)
