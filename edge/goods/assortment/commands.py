"""What can be asked of the range."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command
from edge.goods.catalog.product import Sku

MANY = 100
"""Products of one command."""
Moment = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
By = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Group = Annotated[str, msgspec.Meta(max_length=60, pattern=r"^[A-Za-z0-9._, -]*$(?!\n)")]
"""Groups of stores, as head office calls them."""


class RangeListing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether a product is in the range from `from_us` on (UTC microseconds; None: at once)."""

    sku: Sku
    listed: bool
    from_us: Moment | None = None


class SetAssortment(Command, frozen=True):
    """Let products be in the store's range, or not, at once or from a moment on; 100 at most. `by`: whose word it is,
    said for a `group` of stores ("": for this one). A product that the shop does not have is left out, and named in the
    result."""

    listings: Annotated[tuple[RangeListing, ...], msgspec.Meta(min_length=1, max_length=MANY)]
    by: By = "manager"
    group: Group = ""
