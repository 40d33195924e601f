"""Catalogue settings of a store."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.foundation.settings.definitions import Setting, SettingGroup
from edge.goods.catalog.office_fields import OFFICE_FIELDS, SETTING, OfficeField

SETTINGS = SettingGroup(
    20,
    (
        Setting("catalog.retired", Literal["refuse", "sell"]),
        Setting("catalog.price_jump_percent", Annotated[int, msgspec.Meta(ge=0, le=10_000)]),
        Setting(
            SETTING,
            Annotated[tuple[OfficeField, ...], msgspec.Meta(max_length=len(OFFICE_FIELDS))],
            some_of=OFFICE_FIELDS,
            by_office=True,
        ),
    ),
)
"""Settings that can be changed while the shop is running."""


class CatalogSettings(msgspec.Struct, frozen=True):
    """`sources` by precedence, highest first; `tax_classes` of the store."""

    sources: tuple[str, ...] = ()
    tax_classes: tuple[str, ...] = ()
