"""Figures that pages show, declared with the journal rows they are computed from.

A figure's name is the key of the text that labels it on its page, such as `stock.on_hand`. It is about a key, such as a
product's number; keys of several parts are joined by `SEPARATOR`. `core/journal/figure_trace.py` breaks a figure down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

import msgspec

SEPARATOR = "\n"
"""Separates the parts of a key; no part contains it."""
Unit = Literal["minor", "quantity", "count", "percent", "minutes"]
"""Money in minor units, a quantity in thousandths, a count, a share in thousandths, or minutes."""
Amounts = Iterable[tuple[int, ...]]
"""Journal rows with the amount that each contributes (for a ratio, to numerator and denominator), in any order. A row
may occur several times.
"""
NUMBER_DIGITS = 18
"""Digits of a number in a key: any of these fits an SQLite integer."""


def key_number(part: str) -> int:
    """Return a key's part as a number; -1 if it isn't one, or is too large for SQLite."""
    return int(part) if part.isdecimal() and len(part) <= NUMBER_DIGITS else -1


class Figure(msgspec.Struct, frozen=True):
    """A figure on a page. `shown` reads its value, and `parts` the rows that it consists of.

    Both are SQL with the key's parts as ?1, ?2..., or a function of a connection, the registry and the key's parts. A
    value of None means that the figure doesn't exist.

    `over`: the unit of a ratio's divisor ("": not a ratio). A ratio has two values, and so does each of its parts.
    `page`: the page that shows it, without the register; `{0}`, `{1}`... are the key's parts. Users who may not open
    that page may not open the figure either. `keys`: the number of key parts. `rests_on`: following projections that
    must catch up first. `currency`: an amount's currency, as SQL with the key's first part, or as a function of a
    connection and all parts (None: the store's currency).

    `of` says what the key means, for the title. "": the key itself. "none": nothing. "sums", "shift", "x": totals of a
    Z report, a shift or an X report, with the key's last part naming one. "moment": a time in microseconds, as the last
    part. "receipt": a register and number. "person": a user, with the first and last day. "days": only these days.
    """

    name: str
    unit: Unit
    shown: str | Callable[..., int | tuple[int, int] | None]
    parts: str | Callable[..., Amounts]
    page: str
    of: Literal["product", "customer", "person", "days", "sums", "shift", "x", "moment", "receipt", "", "none"] = ""
    rests_on: tuple[str, ...] = ()
    keys: int = 1
    currency: str | Callable[..., str] = ""
    over: Unit | Literal[""] = ""

    def read_currency(self, db: Any, key: str) -> str:
        """The amount's currency ("": the store's)."""
        if not isinstance(self.currency, str):
            return self.currency(db, *key.split(SEPARATOR))
        found = db.execute(self.currency, key.split(SEPARATOR)[:1]).fetchone() if self.currency else None
        return (found[0] or "") if found else ""

    def read_shown(self, db: Any, registry: Any, key: str) -> tuple[int, int] | None:
        """Return the value shown on its page, and its divisor (0: none)."""
        values = key.split(SEPARATOR)
        if len(values) != self.keys:
            return None
        if isinstance(self.shown, str):
            found = db.execute(self.shown, values).fetchone() or (None,)
        else:
            shown = self.shown(db, registry, *values)
            found = shown if isinstance(shown, tuple) else (shown,)
        one, other = (*found, 0)[:2]
        return None if one is None else (one, other)

    def read_parts(self, db: Any, registry: Any, key: str) -> Amounts:
        """Return the journal rows that add up to the figure."""
        values = key.split(SEPARATOR)
        if not isinstance(self.parts, str):
            return self.parts(db, registry, *values)
        return db.execute(self.parts, values).fetchall()  # type: ignore[no-any-return]
