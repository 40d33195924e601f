"""Access to row cells, and their errors. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from edge.goods.ingest.mapping import cell_parsers

T = TypeVar("T")


class WrongCell(Exception):
    """A cell, by position, is invalid."""

    def __init__(self, place: int, why: cell_parsers.CellError) -> None:
        super().__init__(str(why))
        self.place = place
        self.why = why


def pick(texts: list[str], place: int | None, parse: Callable[[str], T]) -> T | None:
    """Parse a cell; return None if it's empty or the field has no column."""
    if place is None or not (text := texts[place]) or text.isspace():
        return None
    try:
        return parse(text)
    except cell_parsers.CellError as wrong:
        raise WrongCell(place, wrong) from None
