"""A table on the floor. Pure."""

from __future__ import annotations

from typing import Annotated

import msgspec

TABLES_MOST = 200
COLUMNS, ROWS = 6, 8
"""The grid of the floor plan."""
GUESTS_MOST = 100
TableId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$(?!\n)")]
TableName = Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
Guests = Annotated[int, msgspec.Meta(ge=0, le=GUESTS_MOST)]


class FloorTable(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A place where guests sit.

    Its name, and its column and row on the floor plan of its `area`, a grid of 6 by 8. A bar seat counts as a table.
    """

    id: TableId
    name: TableName
    area: Annotated[str, msgspec.Meta(max_length=40)] = ""
    seats: Guests = 2
    column: Annotated[int, msgspec.Meta(ge=1, le=COLUMNS)] = 1
    row: Annotated[int, msgspec.Meta(ge=1, le=ROWS)] = 1


PART = " · "
"""Separates a table's name from the suffix of its partial bills."""


def is_of(basket: str, table: str) -> bool:
    """Whether the basket with this name is the table's bill or a part of it.

    >>> is_of("4", "4"), is_of("4 · 2", "4"), is_of("40", "4")
    (True, True, False)
    """
    return basket == table or basket.startswith(table + PART)
