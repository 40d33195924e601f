"""What can be asked of quick keys."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command
from edge.counter.quick_keys.layout import PLACES, RegisterKeys
from edge.goods.catalog.product import Sku


class SetQuickKeys(Command, RegisterKeys, frozen=True):
    """Let a register have these keys, or ("") all that have none of their own. Without pages it has none of its own."""


class AddQuickKeys(Command, frozen=True):
    """Give products keys on the page of this name beside those that there are; those that have one keep it.

    A register without keys of its own has from then on those of all, and these. A page that is made is called so in
    `language`.
    """

    skus: Annotated[tuple[Sku, ...], msgspec.Meta(min_length=1, max_length=PLACES)]
    page: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    language: str
    of_register: Annotated[str, msgspec.Meta(max_length=64)] = ""
