"""Settings of production, from config.toml."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.config_section import ConfigFile, Section

Percent = Annotated[int, msgspec.Meta(ge=0, le=95)]


class ProductionSettings(msgspec.Struct, frozen=True):
    """`issue_at`: components leave stock when an order starts, or when output is reported (backflush).

    `short`: starting with shortages is refused, or uses the available stock. `target_margin_percent`: target margin of
    a dish on its net price; 0: none.
    """

    issue_at: Literal["start", "completion"] = "start"
    short: Literal["refuse", "issue"] = "refuse"
    target_margin_percent: Percent = 0


class ProductionSection(Section, frozen=True, kw_only=True):
    """`[production]`: when components leave stock, how shortages are handled, and the target margin of dishes."""

    issue_at: Literal["start", "completion"] = "start"
    short: Literal["refuse", "issue"] = "refuse"
    target_margin_percent: Percent = 0


SECTION = ("production", ProductionSection)
"""Section of config.toml."""


def settings_of(file: ConfigFile) -> ProductionSettings:
    """The settings in config.toml."""
    said = file.of(ProductionSection)
    return ProductionSettings(said.issue_at, said.short, said.target_margin_percent)
