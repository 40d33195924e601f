"""Catalogue matches of a name, as carried in a turn's command."""

from __future__ import annotations

from typing import Annotated

import msgspec

MATCHES_LIMIT = 24


class FoundProducts(msgspec.Struct, frozen=True):
    """Catalogue matches of a name; see `product_matching.NameMatch`."""

    text: str
    kind: Annotated[str, msgspec.Meta(max_length=8)]
    skus: Annotated[tuple[str, ...], msgspec.Meta(max_length=MATCHES_LIMIT)] = ()
    more: bool = False
