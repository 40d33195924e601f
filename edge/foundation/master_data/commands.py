"""What can be asked of master data as a table."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec

from edge.core.messages import Command, Number

ROWS_LIMIT = 500
"""Rows of one table: all of them are one commit, for which a till waits."""


class SetRows(Command, frozen=True):
    """Let the things of a table be as its rows say, all of them or none: each row is all of a thing, behind the line
    of the file that it stands in."""

    personal: ClassVar[tuple[str, ...]] = ("rows",)

    table: Annotated[str, msgspec.Meta(max_length=60)]
    rows: Annotated[tuple[tuple[Number, dict[str, Any]], ...], msgspec.Meta(min_length=1, max_length=ROWS_LIMIT)]
