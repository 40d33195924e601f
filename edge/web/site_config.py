"""What the framework of pages, and most of these, are told of config.toml (`edge.runtime.config.Config`)."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Protocol

from edge.core.config_section import ConfigFile


class PanelSection(Protocol):
    """`[panel]`: where the pages are, and whom they let in."""

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
        """Whether others than this machine reach it."""
        ...

    @property
    def tls(self) -> bool:
        """Whether TLS is spoken."""
        ...


class SiteConfig(ConfigFile, Protocol):
    """The shop whose site it is."""

    @property
    def panel(self) -> PanelSection: ...
    @property
    def registers(self) -> tuple[str, ...]: ...
    @property
    def pictures(self) -> Path:
        """The folder with the pictures of products."""
        ...

    @property
    def ledger(self) -> Path: ...
    def business_date(self, at_us: int) -> str:
        """The day of business (ISO 8601) at a moment."""
        ...
