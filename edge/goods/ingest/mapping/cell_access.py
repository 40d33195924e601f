"""A cell picked from a row, and what can be wrong with it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from edge.goods.ingest.mapping import cell_parsers

T = TypeVar("T")


class WrongCell(Exception):
    """A cell, by its place in the row, cannot be taken."""

    def __init__(self, place: int, why: cell_parsers.CellError) -> None:
        super().__init__(str(why))
        self.place = place
        self.why = why


def pick(texts: list[str], place: int | None, parse: Callable[[str], T]) -> T | None:
    """A cell's value; None where it is empty or there is no such column."""
    if place is None or not (text := texts[place]) or text.isspace():
        return None
    try:
        return parse(text)
    except cell_parsers.CellError as wrong:
        raise WrongCell(place, wrong) from None
