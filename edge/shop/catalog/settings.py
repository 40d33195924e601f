"""What a store decides about its catalogue."""

from __future__ import annotations

import msgspec


class CatalogSettings(msgspec.Struct, frozen=True):
    """`sources` by how much their word counts, the highest first; `tax_classes` are those that the store has."""

    sources: tuple[str, ...] = ()
    tax_classes: tuple[str, ...] = ()
