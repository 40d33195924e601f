"""A store's invoice settings."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.config_section import ConfigFile, Section


class InvoiceSettings(msgspec.Struct, frozen=True):
    """Settings of invoices. `prefix`: of all numbers; `keep_years`: how long buyer names are kept after the tax year's
    end (`year_ends`, MM-DD)."""

    prefix: str = "INV-"
    keep_years: int = 6
    year_ends: str = "12-31"


class InvoicesSection(Section, frozen=True, kw_only=True):
    """`[invoices]`: the `prefix` of numbers; how many years a name is kept after the end of its tax year; and that
    year's last day as MM-DD."""

    prefix: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^([A-Z0-9][A-Z0-9-]{0,9})?$(?!\n)", description="at most 10 uppercase letters, digits and hyphens"
        ),
    ] = "INV-"
    keep_years: Annotated[int, msgspec.Meta(ge=1, le=30)] = 6
    year_ends: Annotated[
        str,
        msgspec.Meta(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$(?!\n)", description="a day, such as '12-31'"),
    ] = "12-31"


SECTION = ("invoices", InvoicesSection)
"""The section of config.toml."""


def settings_of(file: ConfigFile) -> InvoiceSettings:
    """Invoice settings from config.toml."""
    said = file.of(InvoicesSection)
    return InvoiceSettings(said.prefix, said.keep_years, said.year_ends)
