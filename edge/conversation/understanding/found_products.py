"""What the catalogue has for the words of a name, as it goes into the command of a turn."""

from __future__ import annotations

from typing import Annotated

import msgspec

FOUND_LIMIT = 24


class FoundProducts(msgspec.Struct, frozen=True):
    """What the catalogue has for the words of a name: see `goods.NameMatch`."""

    text: str
    kind: Annotated[str, msgspec.Meta(max_length=8)]
    skus: Annotated[tuple[str, ...], msgspec.Meta(max_length=FOUND_LIMIT)] = ()
    more: bool = False
