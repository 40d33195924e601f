"""Import settings of a store."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.config_section import Section


class IngestSection(Section, frozen=True, kw_only=True):
    """`[ingest]`: folders whose files may be imported, in addition to uploads."""

    folders: tuple[Annotated[str, msgspec.Meta(min_length=1)], ...] = ()


SECTION = ("ingest", IngestSection)
"""The section of config.toml."""
