"""Numbers and units as written in names. Pure."""

from __future__ import annotations

from decimal import Decimal

from edge.goods.search.query.sizes import is_unit

CENTILITRES = (20, 99)
"""Sizes used as names of bottles: "a 33"."""
UNITS = {"kg": "kg", "g": "g", "litre": "l"}


def figure_of(thousandths: int) -> str:
    """A number as written in names.

    >>> figure_of(500), figure_of(2000)
    ('0.5', '2')
    """
    return f"{(Decimal(thousandths) / 1000).normalize():f}"


def bottle_sizes(thousandths: int) -> list[tuple[str, ...]]:
    """Bottle sizes that a bare number may mean, as written in names (centilitres).

    >>> bottle_sizes(33_000), bottle_sizes(5_000)
    ([('330', 'ml'), ('33', 'cl')], [])
    """
    centilitres = thousandths // 1000
    if thousandths % 1000 or not CENTILITRES[0] <= centilitres <= CENTILITRES[1]:
        return []
    return [(str(centilitres * 10), "ml"), (str(centilitres), "cl")]


def named_unit(word: str, counted: str) -> str:
    """The unit of a size as written, from the counting word or the word itself; "" if none."""
    return UNITS.get(counted, "") or (word if word and is_unit(word) and not counted else "")
