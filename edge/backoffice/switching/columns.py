"""Access to a file's rows by field, and sums of its money columns. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from edge.analytics.forecast.history.day_forms import DayForm, form_of
from edge.backoffice.switching.protocol import FileQuestion, LeftOutRows, MoneySum
from edge.goods.ingest.mapping.cell_parsers import other_currency
from edge.goods.ingest.mapping.heading_currency import check_heading
from edge.lib.tables import Opened, TableRow, is_total_row
from edge.lib.units.amounts import Mark, amount_of, mark_of
from edge.lib.units.money import exponent

CELL_CHARS = 300
FIRST_ROWS = 50
_MONEY_HEADING = re.compile(
    r"price|cost|amount|total|balance|sales|paid|prix|montant|solde|co[uû]t|מחיר|סכום|סה|יתרה|עלות|tax|tip|fee|value",
    re.IGNORECASE,
)
_MONEY_CELL = re.compile(r"[-(]?\s?[$£¥\u20a0-\u20cf]?\s?-?\d[\d,. ']*[.,]\d{2}\)?\s?[$£¥\u20a0-\u20cf]?-?")
_SIGNED = re.compile(r"[^\d\s.,()'+-]")
_DOUBTFUL = re.compile(r"(?<![\d.,])[1-9]\d{0,2}\.\d{3}(?![\d.,])")
_DIGITS = frozenset("123456789")
"""If a text has none of these digits, its amount is zero."""
Reopen = Callable[[], AbstractContextManager[Opened]]
"""Opens the file again from the beginning."""


class Columns(NamedTuple):
    """The columns of a file's fields, with the formats of its dates and numbers."""

    header: tuple[str, ...]
    places: Mapping[str, int]
    marks: Mapping[str, Mark]
    forms: Mapping[str, DayForm | None]

    def text(self, cells: Sequence[str], field: str) -> str:
        """A cell; "" if the file has no such column."""
        place = self.places.get(field)
        return cells[place].strip()[:CELL_CHARS] if place is not None and place < len(cells) else ""

    def amount(self, cells: Sequence[str], field: str) -> Decimal | None:
        """The number in a cell; None if it isn't one."""
        return amount_of(self.text(cells, field), self.marks.get(field, ""))

    def money(self, cells: Sequence[str], field: str, digits: int) -> Decimal | None:
        """A balance in a currency with this number of decimals; None if unreadable. "1.250" stays ambiguous (1.25 or
        1,250) until another cell of the column settles the meaning of its point."""
        doubtful = digits < 3 and not self.marks.get(field) and _DOUBTFUL.search(self.text(cells, field))
        return None if doubtful else self.amount(cells, field)

    def is_foreign(self, cells: Sequence[str], fields: Sequence[str], currency: str) -> bool:
        """Whether one of these amounts is marked with another currency than the store's."""
        return any(_is_foreign(self.text(cells, field), currency) for field in fields)

    @property
    def headings(self) -> dict[str, str]:
        return {field: self.header[place] for field, place in self.places.items()}

    @property
    def free_headings(self) -> tuple[str, ...]:
        taken = set(self.places.values())
        return tuple(heading for place, heading in enumerate(self.header) if heading and place not in taken)


@lru_cache(maxsize=4096)
def _is_foreign(text: str, currency: str) -> bool:
    return _SIGNED.search(text) is not None and bool(other_currency(text, currency))


def columns_of(
    reopen: Reopen,
    places: Mapping[str, int],
    numbers: Sequence[str],
    days: Sequence[str],
    form: DayForm,
    most: int | None = None,
) -> Columns:
    """The columns of a file, with number and date formats detected by reading all rows once, or `most` rows."""
    seen: dict[str, dict[str, None]] = {field: {} for field in (*numbers, *days) if field in places}
    with reopen() as table:
        header = tuple(table.header)
        for row in islice(table.rows, most):
            for field, cells in seen.items():
                place = places[field]
                if place < len(row.cells):
                    cells[row.cells[place].strip()] = None
    marks = {field: mark_of(seen[field]) for field in numbers if field in seen}
    forms = {field: form or form_of(seen[field]) for field in days if field in seen}
    return Columns(header, places, marks, forms)


def first_cells(table: Opened) -> list[list[str]]:
    """The cells of a file's first rows, used to detect the columns' meanings."""
    return [row.cells for row in islice(table.rows, FIRST_ROWS) if not row.fault and not is_total_row(row.cells)]


def check_currency(columns: Columns, fields: Sequence[str], ask: FileQuestion) -> None:
    """Raise `ConfigError` if a money column is in another currency than the store's."""
    for field in fields:
        if heading := columns.headings.get(field):
            check_heading(heading, ask.currency, Path(ask.path).name)


class LeftOuts:
    """Counts a file's left-out rows by reason, with their sums."""

    def __init__(self, currency: str) -> None:
        self._digits = exponent(currency)
        self._counts: Counter[str] = Counter()
        self._money: defaultdict[str, Decimal] = defaultdict(Decimal)

    def add(self, why: str, amount: Decimal | None = None) -> None:
        self._counts[why] += 1
        self._money[why] += amount or 0

    def add_unread(self, row: TableRow) -> bool:
        """Leave out a row that couldn't be read or that has the totals of other rows. Returns whether it was
        left out."""
        if row.fault:
            self.add("cut" if row.fault == "cut_short" else "row")
        elif is_total_row(row.cells):
            self.add("not_goods")
        else:
            return False
        return True

    @property
    def amount(self) -> Decimal:
        return sum(self._money.values(), Decimal(0))

    @property
    def rows(self) -> tuple[LeftOutRows, ...]:
        return tuple(
            LeftOutRows(why, rows, minor_of(self._money[why], self._digits)) for why, rows in self._counts.items()
        )


def minor_of(amount: Decimal, digits: int) -> int:
    """An amount in minor units, rounded half up."""
    return int((amount * Decimal(10) ** digits).to_integral_value(rounding="ROUND_HALF_UP"))


def money_sum(heading: str, file: Decimal, taken: Decimal, currency: str) -> MoneySum:
    """The sums of a column: in the file, imported, and left out."""
    digits = exponent(currency)
    whole, part = minor_of(file, digits), minor_of(taken, digits)
    return MoneySum(heading, whole, part, whole - part if file != taken else 0)


class MoneyColumns:
    """Collects the headings and sums of unused columns that look like money."""

    def __init__(self, header: Sequence[str], taken: Sequence[int]) -> None:
        free = (place for place in range(len(header)) if place not in taken)
        self._columns = {place: header[place] for place in free if header[place]}
        self._filled = dict.fromkeys(self._columns, False)
        self._cells: dict[int, int] = dict.fromkeys(self._columns, 0)
        self._money: dict[int, int] = dict.fromkeys(self._columns, 0)

    def see(self, cells: Sequence[str]) -> None:
        for place in self._columns:
            text = cells[place].strip() if place < len(cells) else ""
            if text:
                self._cells[place] += 1
                self._money[place] += _MONEY_CELL.fullmatch(text) is not None
                self._filled[place] = self._filled[place] or not _DIGITS.isdisjoint(text)

    def headings(self) -> Iterator[str]:
        """Headings of money columns: named as money with more than half of the cells being money, or with only money in
        all cells."""
        for place, heading in self._columns.items():
            money, cells = self._money[place], self._cells[place]
            if self._filled[place] and (2 * money > cells if _MONEY_HEADING.search(heading) else money == cells):
                yield heading
