"""Catalogue matches of a name, as carried in a turn's command."""

from __future__ import annotations

from typing import Annotated

import msgspec

MATCHES_LIMIT = 24


class FoundProducts(msgspec.Struct, frozen=True):
    """Products that match a name, best seller first.

    `kind`: they have all its words (`all`), all with one letter wrong (`near`), or are only the likeliest (`none`).
    `more`: further products match.
    """

    text: str
    kind: Annotated[str, msgspec.Meta(max_length=8)]
    skus: Annotated[tuple[str, ...], msgspec.Meta(max_length=MATCHES_LIMIT)] = ()
    more: bool = False
