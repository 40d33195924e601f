"""What a store says of privacy."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.config_section import ConfigFile, Section
from edge.foundation.settings.definitions import SettingGroup
from edge.foundation.settings.queries import LiveSettings
from edge.lib.regions.place import Jurisdiction
from edge.people.customers import kept_days
from edge.people.customers.kept_days import ChatDays, Days, KeptDays

_Line = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$(?!\n)")]


class PrivacySection(Section, frozen=True, kw_only=True):
    """`[privacy]`. `officer` answers for what is kept of people, and is reached by `contact`: both stand on `/privacy`.
    For how many days what is kept, behind which it goes by itself: see `KeptDays`. Customers who neither came nor wrote
    for `untouched_days` are told, and forgotten 30 days later.
    """

    officer: _Line = ""
    contact: _Line = ""
    view_days: Days = 30
    customer_chat_days: ChatDays = 30
    staff_chat_days: Days = 90
    guest_days: Days = 90
    untouched_days: Days = 0


SETTINGS = SettingGroup(59, kept_days.SETTINGS)
"""What may be changed while the shop runs."""
SECTION = ("privacy", PrivacySection)
"""Of config.toml."""


class PrivacySettings(msgspec.Struct, frozen=True):
    """`place`: where the store is; `zone` (IANA): by whose clock the night is."""

    place: Jurisdiction = Jurisdiction()
    zone: str = "UTC"
    kept: KeptDays = KeptDays()


def settings_of(file: ConfigFile) -> PrivacySettings:
    """As config.toml has them."""
    store = file.store
    place = Jurisdiction(store.country, store.province)
    section = file.of(PrivacySection)
    kept = KeptDays(**{name: getattr(section, name) for name in KeptDays.__struct_fields__})
    return PrivacySettings(place, store.zone, kept)


def live(base: KeptDays) -> LiveSettings[KeptDays]:
    """As they are at any moment: config.toml, and what was said of them since."""
    return LiveSettings(base, *(one.name for one in SETTINGS.settings))
