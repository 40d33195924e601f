"""The supplier invoices section of config.toml, and settings that can change at run time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

from edge.core.config_section import ConfigFault, ConfigFile, Section
from edge.foundation.settings.definitions import Setting, SettingGroup
from edge.foundation.settings.queries import LiveSettings
from edge.goods.supplier_invoices.match import USUAL, MatchBounds

OverPercent = Annotated[int, msgspec.Meta(ge=0, le=100)]
OverMinor = Annotated[int, msgspec.Meta(ge=0, le=10**9)]
RoundingMinor = Annotated[int, msgspec.Meta(ge=0, le=1_000)]
SETTINGS = SettingGroup(
    55,
    (
        Setting("supplier_invoices.price_over_percent", OverPercent),
        Setting("supplier_invoices.price_over_line_minor", OverMinor),
        Setting("supplier_invoices.rounding_minor", RoundingMinor),
    ),
)
"""Settings that can change while the shop runs."""
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
MAIL_SECRET = "supplier-invoices-mail"  # nosec B105: the name of one
"""The name of the secret with the mailbox's password."""


class SupplierInvoicesSection(Section, frozen=True, kw_only=True):
    """`[supplier_invoices]`: a mailbox (IMAP) to which suppliers send invoices, checked every `mail_every_min` minutes;
    its password is the secret `supplier-invoices-mail`. New mails in `mail_folder` are read and marked as seen.
    `mail_security` `none` is only for this machine or network. For tolerances of prices and totals, see `MatchBounds`.
    """

    mail_host: Annotated[str, msgspec.Meta(pattern=r"^[^\s/@]*$(?!\n)", max_length=253)] = ""
    mail_port: Port = 993
    mail_security: Literal["tls", "starttls", "none"] = "tls"
    mail_user: Annotated[str, msgspec.Meta(max_length=200)] = ""
    mail_folder: Annotated[str, msgspec.Meta(pattern=r'^[^"\\\x00-\x1f\x7f-\U0010ffff]+$(?!\n)', max_length=120)] = (
        "INBOX"
    )
    mail_every_min: Annotated[int, msgspec.Meta(ge=1, le=1440)] = 10
    mail_ca_file: str = ""
    price_over_percent: OverPercent = USUAL.price_over_percent
    price_over_line_minor: OverMinor = USUAL.price_over_line_minor
    rounding_minor: RoundingMinor = USUAL.rounding_minor

    def faults(self) -> Iterator[ConfigFault]:
        """Yield faults that types can't express."""
        if self.mail_host and not self.mail_user:
            at = ("supplier_invoices", "mail_user")
            yield ConfigFault(at, "The mailbox for supplier invoices has no user name.", "Set its user.")


SECTION = ("supplier_invoices", SupplierInvoicesSection)
"""The section of config.toml."""


def live_bounds(file: ConfigFile) -> LiveSettings[MatchBounds]:
    """The shop's tolerances, read at each use, so that changes take effect at once."""
    said = file.of(SupplierInvoicesSection)
    base = MatchBounds(said.price_over_percent, said.price_over_line_minor, said.rounding_minor)
    return LiveSettings(base, *(one.name for one in SETTINGS.settings))
