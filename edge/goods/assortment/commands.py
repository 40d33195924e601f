"""Commands of the assortment."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command
from edge.goods.catalog.product import Sku

MANY = 100
"""Maximum products per command."""
Moment = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
By = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Group = Annotated[str, msgspec.Meta(max_length=60, pattern=r"^[A-Za-z0-9._, -]*$(?!\n)")]
"""A group of stores, by head office's id."""


class RangeListing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether a product is listed from `from_us` (UTC microseconds; None: now)."""

    sku: Sku
    listed: bool
    from_us: Moment | None = None


class SetAssortment(Command, frozen=True):
    """List or unlist up to 100 products, now or later.

    `by`: the source. `group`: a group of stores ("": this store). Unknown products are skipped and returned.
    """

    listings: Annotated[tuple[RangeListing, ...], msgspec.Meta(min_length=1, max_length=MANY)]
    by: By = "manager"
    group: Group = ""
