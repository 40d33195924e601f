"""What a store says for knowing somebody by their voice: where it is, and who answers for privacy."""

from __future__ import annotations

from pathlib import Path

import msgspec

from edge.core.config_section import ConfigFile
from edge.lib.regions.place import Jurisdiction
from edge.shop.privacy.settings import PrivacySection


class RecognitionSettings(msgspec.Struct, frozen=True):
    """`place`: by whose law; `officer`, `contact`: as `[privacy]` has them; `folder`: where the trials lie."""

    place: Jurisdiction = Jurisdiction()
    officer: str = ""
    contact: str = ""
    folder: Path = Path()


def settings_of(file: ConfigFile) -> RecognitionSettings:
    """As config.toml has them."""
    store, privacy = file.store, file.of(PrivacySection)
    return RecognitionSettings(
        Jurisdiction(store.country, store.province), privacy.officer, privacy.contact, file.folder
    )
