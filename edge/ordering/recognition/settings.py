"""A store's recognition settings: its place and privacy officer."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import msgspec

from edge.core.config_section import ConfigFile
from edge.lib.regions.place import Jurisdiction
from edge.ordering.customer_accounts.settings import CustomerAccountSettings
from edge.ordering.customer_accounts.settings import settings_of as accounts_of
from edge.ordering.privacy.settings import PrivacySection


class RecognitionSettings(msgspec.Struct, frozen=True):
    """Settings of recognition.

    `place`: the place whose law applies. `officer`, `contact`: from `[privacy]`. `folder`: the folder of trials.
    `accounts`: customer accounts, because faces are used only if a code is an alternative.
    """

    place: Jurisdiction = Jurisdiction()
    officer: str = ""
    contact: str = ""
    folder: Path = Path()
    accounts: CustomerAccountSettings = CustomerAccountSettings()

    @property
    def has_code(self) -> bool:
        """Whether customers have accounts and can get codes: the alternative on the same screen."""
        return self.accounts.on and bool(self.accounts.ways)


def settings_of(file: ConfigFile, channels: Collection[str] = ()) -> RecognitionSettings:
    """Recognition settings from config.toml; `channels`: those for codes (email, sms)."""
    store, privacy = file.store, file.of(PrivacySection)
    place, accounts = Jurisdiction(store.country, store.province), accounts_of(file, "", frozenset(channels), 0)
    return RecognitionSettings(place, privacy.officer, privacy.contact, file.folder, accounts)
