"""What a store decides about its catalogue."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.foundation.settings.definitions import Setting, SettingGroup

SETTINGS = SettingGroup(
    20,
    (
        Setting("catalog.retired", Literal["refuse", "sell"]),
        Setting("catalog.price_jump_percent", Annotated[int, msgspec.Meta(ge=0, le=10_000)]),
    ),
)
"""What may be changed while the shop runs."""


class CatalogSettings(msgspec.Struct, frozen=True):
    """`sources` by how much their word counts, the highest first; `tax_classes` are those that the store has."""

    sources: tuple[str, ...] = ()
    tax_classes: tuple[str, ...] = ()
