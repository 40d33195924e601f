"""Commands of quick keys."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command
from edge.counter.quick_keys.layout import PLACES, RegisterKeys
from edge.goods.catalog.product import Sku


class SetQuickKeys(Command, RegisterKeys, frozen=True):
    """Replace the keys of a register, or for "" the shared keys.

    Without pages, the register's own layout is deleted.
    """


class AddQuickKeys(Command, frozen=True):
    """Add keys for products to the page of this name; products that already have a key keep it.

    A register without its own keys gets a copy of the shared ones plus these. A new page gets this name in `language`.
    """

    skus: Annotated[tuple[Sku, ...], msgspec.Meta(min_length=1, max_length=PLACES)]
    page: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    language: str
    of_register: Annotated[str, msgspec.Meta(max_length=64)] = ""
