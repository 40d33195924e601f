"""What a shop decides about production, as config.toml has it."""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.core.config_section import ConfigFile, Section


class ProductionSettings(msgspec.Struct, frozen=True):
    """`issue_at`: components leave the stock when an order is begun, or as it is reported (backflush). `short`: an
    order that lacks components is refused when it is begun, or takes what there is."""

    issue_at: Literal["start", "completion"] = "start"
    short: Literal["refuse", "issue"] = "refuse"


class ProductionSection(Section, frozen=True, kw_only=True):
    """`[production]`: when components leave the stock, and what happens where they lack."""

    issue_at: Literal["start", "completion"] = "start"
    short: Literal["refuse", "issue"] = "refuse"


SECTION = ("production", ProductionSection)
"""Of config.toml."""


def settings_of(file: ConfigFile) -> ProductionSettings:
    """As config.toml has them."""
    said = file.of(ProductionSection)
    return ProductionSettings(said.issue_at, said.short)
