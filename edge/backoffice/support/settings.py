"""What a shop lets support ask without a yes each. Of config.toml alone: head office changes settings, and could give
itself leave."""

from __future__ import annotations

from edge.core.config_section import ConfigFile, Section


class SupportSection(Section, frozen=True, kw_only=True):
    """`[support]`: whether what head office asks goes without a yes each."""

    allow: bool = False


SECTION = ("support", SupportSection)
"""Of config.toml."""


def settings_of(file: ConfigFile) -> SupportSection:
    """As config.toml has them."""
    return file.of(SupportSection)
