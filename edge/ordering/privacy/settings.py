"""What a store says of privacy."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.config_section import ConfigFile, Section
from edge.lib.regions.place import Jurisdiction

_Line = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]


class PrivacySection(Section, frozen=True, kw_only=True):
    """`[privacy]`. `officer` answers for what is kept of people, and is reached by `contact`: both stand on `/privacy`.
    `untouched_days`: customers who neither came nor wrote for so long are told, and forgotten 30 days later (0: never).
    """

    officer: _Line = ""
    contact: _Line = ""
    untouched_days: Annotated[int, msgspec.Meta(ge=0, le=3_650)] = 0


SECTION = ("privacy", PrivacySection)
"""Of config.toml."""


class PrivacySettings(msgspec.Struct, frozen=True):
    """`place`: where the store is; `zone` (IANA): by whose clock the night is."""

    place: Jurisdiction = Jurisdiction()
    zone: str = "UTC"
    untouched_days: int = 0


def settings_of(file: ConfigFile) -> PrivacySettings:
    """As config.toml has them."""
    store = file.store
    place = Jurisdiction(store.country, store.province)
    return PrivacySettings(place, store.zone, file.of(PrivacySection).untouched_days)
