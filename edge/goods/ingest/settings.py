"""What a store decides about its imports."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.config_section import Section


class IngestSection(Section, frozen=True, kw_only=True):
    """`[ingest]`: folders of which every file may be imported, beside what is brought with a browser."""

    folders: tuple[Annotated[str, msgspec.Meta(min_length=1)], ...] = ()


SECTION = ("ingest", IngestSection)
"""Of config.toml."""
