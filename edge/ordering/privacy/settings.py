"""A store's privacy settings."""

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
    """Section `[privacy]` of config.toml.

    `officer`: the person responsible for personal data, reached by `contact`; both are on `/privacy`. Retention in days
    until automatic deletion: see `KeptDays`. Customers inactive for `untouched_days` are notified, and erased 30 days
    later.
    """

    officer: _Line = ""
    contact: _Line = ""
    view_days: Days = 30
    customer_chat_days: ChatDays = 30
    staff_chat_days: Days = 90
    guest_days: Days = 90
    untouched_days: Days = 0


SETTINGS = SettingGroup(59, kept_days.SETTINGS)
"""Settings that can change while the shop runs."""
SECTION = ("privacy", PrivacySection)
"""The section of config.toml."""


class PrivacySettings(msgspec.Struct, frozen=True):
    """`place`: the store's location; `zone` (IANA): its time zone."""

    place: Jurisdiction = Jurisdiction()
    zone: str = "UTC"
    kept: KeptDays = KeptDays()


def settings_of(file: ConfigFile) -> PrivacySettings:
    """Privacy settings from config.toml."""
    store = file.store
    place = Jurisdiction(store.country, store.province)
    section = file.of(PrivacySection)
    kept = KeptDays(**{name: getattr(section, name) for name in KeptDays.__struct_fields__})
    return PrivacySettings(place, store.zone, kept)


def live(base: KeptDays) -> LiveSettings[KeptDays]:
    """The current retention periods: config.toml and changes made since."""
    return LiveSettings(base, *(one.name for one in SETTINGS.settings))
