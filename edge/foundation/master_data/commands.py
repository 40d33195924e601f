"""Commands of master data tables."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec

from edge.core.messages import Command, Number

ROWS_LIMIT = 500
"""Rows per table. All are written in one commit, and a till waits for it."""


class SetRows(Command, frozen=True):
    """Set a table's records from rows, all or none; each has its file line and the complete record."""

    personal: ClassVar[tuple[str, ...]] = ("rows",)

    table: Annotated[str, msgspec.Meta(max_length=60)]
    rows: Annotated[tuple[tuple[Number, dict[str, Any]], ...], msgspec.Meta(min_length=1, max_length=ROWS_LIMIT)]
