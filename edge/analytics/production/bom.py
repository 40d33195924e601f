"""A bill of materials: the components of a product from a day onwards."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Number
from edge.lib.units.quantity import LIMIT, THOUSANDTHS

BOMS_MOST = 5_000
"""Maximum bills of material per shop."""
LINES_MOST = 100
"""Maximum components per bill of materials."""
BomId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$(?!\n)")]
Sku = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Day = Annotated[str, msgspec.Meta(pattern=r"^([12]\d{3}-\d{2}-\d{2})?$(?!\n)")]
"""A date (ISO 8601); may be empty."""
Quantity = Annotated[int, msgspec.Meta(gt=0, le=LIMIT)]
"""Thousandths of a product's unit."""
WHOLE_PERMILLE = 1_000
"""A yield without loss."""


class BomLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A component's quantity for the output of the bill: thousandths of its unit, or of `measure` if given."""

    sku: Sku
    quantity: Annotated[int, msgspec.Meta(ge=0, le=LIMIT)]
    measure: Literal["", "g", "ml", "m"] = ""


class Bom(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The components of `makes` thousandths of the product `sku`, from the business day `from_date` onwards.

    The active bill with the latest start applies. `yield_permille`: expected output per input, in thousandths.
    `extra_cost_minor`: additional cost per unit. `version` increases with every change; a given value is ignored.
    """

    id: BomId
    sku: Sku
    lines: Annotated[tuple[BomLine, ...], msgspec.Meta(max_length=LINES_MOST)]
    makes: Annotated[int, msgspec.Meta(ge=0, le=LIMIT)] = THOUSANDTHS
    yield_permille: Annotated[int, msgspec.Meta(ge=0, le=10 * WHOLE_PERMILLE)] = WHOLE_PERMILLE
    extra_cost_minor: Annotated[int, msgspec.Meta(ge=0, le=10**9)] = 0
    from_date: Day = ""
    active: bool = True
    version: Number = 0
