"""Whether a shop allows support answers without approval. It's only in config.toml, as head office can change settings
and could grant itself permission."""

from __future__ import annotations

from edge.core.config_section import ConfigFile, Section


class SupportSection(Section, frozen=True, kw_only=True):
    """`[support]`: whether answers are sent without approval."""

    allow: bool = False


SECTION = ("support", SupportSection)
"""The section of config.toml."""


def settings_of(file: ConfigFile) -> SupportSection:
    """The section in config.toml."""
    return file.of(SupportSection)
