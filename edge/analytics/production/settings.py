"""What a shop decides about production, as config.toml has it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.config_section import ConfigFile, Section

Percent = Annotated[int, msgspec.Meta(ge=0, le=95)]


class ProductionSettings(msgspec.Struct, frozen=True):
    """`issue_at`: components leave the stock when an order is begun, or as it is reported (backflush). `short`: an
    order that lacks components is refused when it is begun, or takes what there is. `target_margin_percent`: what is to
    be left of a dish's price without taxes once its parts are paid; 0: the shop has no target."""

    issue_at: Literal["start", "completion"] = "start"
    short: Literal["refuse", "issue"] = "refuse"
    target_margin_percent: Percent = 0


class ProductionSection(Section, frozen=True, kw_only=True):
    """`[production]`: when components leave the stock, what happens where they lack, and what a dish is to leave."""

    issue_at: Literal["start", "completion"] = "start"
    short: Literal["refuse", "issue"] = "refuse"
    target_margin_percent: Percent = 0


SECTION = ("production", ProductionSection)
"""Of config.toml."""


def settings_of(file: ConfigFile) -> ProductionSettings:
    """As config.toml has them."""
    said = file.of(ProductionSection)
    return ProductionSettings(said.issue_at, said.short, said.target_margin_percent)
