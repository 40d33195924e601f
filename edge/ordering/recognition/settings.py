"""What a store says for knowing somebody by voice or face: where it is, and who answers for privacy."""

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
    """`place`: by whose law; `officer`, `contact`: as `[privacy]` has them; `folder`: where the trials lie;
    `accounts`: of customers, who are known by their face only where a code opens the same."""

    place: Jurisdiction = Jurisdiction()
    officer: str = ""
    contact: str = ""
    folder: Path = Path()
    accounts: CustomerAccountSettings = CustomerAccountSettings()

    @property
    def has_code(self) -> bool:
        """Whether customers have accounts, and codes go out to them: the other way on the same screen."""
        return self.accounts.on and bool(self.accounts.ways)


def settings_of(file: ConfigFile, channels: Collection[str] = ()) -> RecognitionSettings:
    """As config.toml has them; `channels`: by which codes go out (email, sms)."""
    store, privacy = file.store, file.of(PrivacySection)
    place, accounts = Jurisdiction(store.country, store.province), accounts_of(file, "", frozenset(channels), 0)
    return RecognitionSettings(place, privacy.officer, privacy.contact, file.folder, accounts)
