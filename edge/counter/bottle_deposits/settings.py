"""A store's settings of bottle returns."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.config_section import ConfigFile, Section


class BottleSettings(msgspec.Struct, frozen=True):
    """Settings of bottle returns. Paying more than `most_minor` at once needs the right `override`."""

    most_minor: int = 5_000


class BottlesSection(Section, frozen=True, kw_only=True):
    """Section `[bottle_deposits]` of config.toml.

    `most_minor`: the largest deposit that a cashier may pay at once without approval.
    """

    most_minor: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 5_000


SECTION = ("bottle_deposits", BottlesSection)
"""The section of config.toml."""


def settings_of(file: ConfigFile) -> BottleSettings:
    """Settings from config.toml."""
    return BottleSettings(file.of(BottlesSection).most_minor)
