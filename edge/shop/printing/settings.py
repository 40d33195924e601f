"""What a store decides about its labels."""

from __future__ import annotations

from edge.core.config_section import Section


class LabelsSection(Section, frozen=True, kw_only=True):
    """`[labels]`: the name of the printer of labels; nothing is that of the till that asks."""

    printer: str = ""


SECTION = ("labels", LabelsSection)
"""Of config.toml."""
