"""What a store decides about its invoices."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.config_section import ConfigFile, Section


class InvoiceSettings(msgspec.Struct, frozen=True):
    """`prefix` of all numbers; `keep_years` behind the end (`year_ends`, MM-DD) of the tax year a name is readable."""

    prefix: str = "INV-"
    keep_years: int = 6
    year_ends: str = "12-31"


class InvoicesSection(Section, frozen=True, kw_only=True):
    """`[invoices]`: `prefix` of their numbers; how many years behind the end of its tax year a name is kept, and the
    last day of that year, as MM-DD."""

    prefix: Annotated[
        str,
        msgspec.Meta(
            pattern=r"^([A-Z0-9][A-Z0-9-]{0,9})?$(?!\n)", description="at most 10 capitals, digits and dashes"
        ),
    ] = "INV-"
    keep_years: Annotated[int, msgspec.Meta(ge=1, le=30)] = 6
    year_ends: Annotated[
        str,
        msgspec.Meta(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$(?!\n)", description="a day, such as '12-31'"),
    ] = "12-31"


SECTION = ("invoices", InvoicesSection)
"""Of config.toml."""


def settings_of(file: ConfigFile) -> InvoiceSettings:
    """As config.toml has them."""
    said = file.of(InvoicesSection)
    return InvoiceSettings(said.prefix, said.keep_years, said.year_ends)
