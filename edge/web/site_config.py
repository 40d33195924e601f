"""The parts of config.toml used by the web framework and most pages (`edge.runtime.config.Config`)."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Protocol

from edge.core.config_section import ConfigFile


class PanelSection(Protocol):
    """`[panel]`: address and access."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def aside(self) -> str: ...
    @property
    def pairing(self) -> Literal["network", "always"]: ...
    @property
    def trusted_proxy(self) -> str: ...
    @property
    def public_origin(self) -> str: ...
    @property
    def origins(self) -> tuple[str, ...]: ...
    @property
    def beyond(self) -> bool:
        """Whether other machines can reach the panel."""
        ...

    @property
    def tls(self) -> bool:
        """Whether TLS is used."""
        ...


class SiteConfig(ConfigFile, Protocol):
    """Configuration of the site's shop."""

    @property
    def panel(self) -> PanelSection: ...
    @property
    def registers(self) -> tuple[str, ...]: ...
    @property
    def pictures(self) -> Path:
        """Folder of the product pictures."""
        ...

    @property
    def ledger(self) -> Path: ...
    @property
    def day_turns_at_min(self) -> int:
        """The minute of the day at which business days turn."""
        ...

    def business_date(self, at_us: int) -> str:
        """Business date (ISO 8601) of a moment."""
        ...
