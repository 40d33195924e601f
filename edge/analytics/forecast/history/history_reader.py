"""Process that reads a sales history file: `python -m edge.analytics.forecast.history.history_reader`.

It reads a `HistoryQuestion` as JSON from standard input and answers with lines of JSON: rows and errors, or with `look`
a `HistoryLook`. Lines of the same product and day are summed. Lines without a day, product or number are reported and
omitted.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from edge.analytics.forecast.commands import ROWS_LIMIT
from edge.analytics.forecast.history.day_forms import DayForm, day_of, form_of
from edge.analytics.forecast.history.history_protocol import NAMES, PRODUCTS_LIMIT, HistoryLook, HistoryQuestion
from edge.core.process import child
from edge.lib.errors import EdgeError
from edge.lib.i18n import ENGLISH
from edge.lib.tables import open_table
from edge.lib.units.amounts import Mark, mark_of, plain_of
from edge.lib.units.quantity import THOUSANDTHS
from sandbox.landlock import confine

MEMORY_BYTES = 2 * 1024**3
CPU_S = 300
NOTES_LIMIT = 500
LARGEST = 10**7
"""Highest plausible daily sales of a product. A larger number probably has another unit, so the user is asked."""
MANY = 1000
"""Number of units from which a line is counted and shown before the import."""
Columns = dict[str, int]
NUMBERS = ("sold", "returned", "wasted", "minor")
SAMPLES, CELL_CHARS, NOTES_SHOWN = 5, 80, 20


def main() -> int:
    """Answer one request."""
    child.be_bounded(MEMORY_BYTES, CPU_S)
    ask = msgspec.json.decode(sys.stdin.buffer.read(), type=HistoryQuestion)
    confine([ask.path])
    try:
        if ask.look:
            _tell(looked_at(Path(ask.path), ask.columns, ask.form, ask.zone))
            return 0
        for answer in read(Path(ask.path), ask.columns, ask.form, ask.zone, ask.digits):
            _tell(answer)
    except EdgeError as error:
        _tell({"why": error.what, "key": error.key, "values": error.values})
    except (MemoryError, OSError) as error:
        _tell({"why": str(error), "key": "", "values": {}})
    return 0


class HistoryDays:
    """Accumulates a file's product days, repeated lines and errors.

    `sums`: sold, returned, wasted and revenue by product and day; `lines`: number of lines read, including `many` with
    unusually many units and `nothing` with none. `form`, `zone`: of the date column; `marks`: decimal marks of the
    number columns; `digits`: decimals of the currency.
    """

    def __init__(self, form: DayForm, zone: str, marks: Mapping[str, Mark], digits: int = 2) -> None:
        self._form, self._marks, self._minor = form, marks, 10**digits
        self._zone = ZoneInfo(zone)
        self.many = self.nothing = 0
        self.sums: dict[tuple[str, str], list[int]] = {}
        self.notes: list[tuple[int, str, str, str]] = []
        self.lines = self.wrong = self.summed = 0

    def take(self, line: int, cells: Sequence[str], places: Columns) -> None:
        """Add a line."""
        self.lines += 1
        taken = self._row(cells, places)
        if isinstance(taken, str):
            self.wrong += 1
            if len(self.notes) < NOTES_LIMIT:
                self.notes.append((line, taken, _cell(cells, places, taken), f"history_{taken}"))
            return
        key, quantities = taken
        self.summed += key in self.sums
        self.many += quantities[0] > MANY * 1000
        self.nothing += not any(quantities)
        had = self.sums.setdefault(key, [0, 0, 0, 0])
        for place, value in enumerate(quantities):
            had[place] += value

    def _row(self, cells: Sequence[str], places: Columns) -> tuple[tuple[str, str], tuple[int, int, int, int]] | str:
        """A row's product, day and numbers; or the name of its invalid field."""
        day = day_of(_cell(cells, places, "day"), self._form, self._zone)
        sku = _cell(cells, places, "sku") or _cell(cells, places, "code")
        if day is None:
            return "day"
        if not sku or sku.upper() in ("NONE", "NULL", "N/A"):
            return "sku"
        numbers = []
        for field in NUMBERS:
            mark = self._marks.get(field, "")
            number = _number(_cell(cells, places, field), mark) if field in places else Decimal(0)
            if number is None or abs(number) > LARGEST:
                return field
            numbers.append(int(number * (self._minor if field == "minor" else THOUSANDTHS)))
        sold, returned, wasted, minor = numbers
        if sold < 0:  # a return
            sold, returned = 0, returned - sold
        return (sku[:80], day), (sold, abs(returned), abs(wasted), minor)

    @property
    def rows(self) -> list[tuple[str, str, int, int, int, int]]:
        """The rows by day and product."""
        ordered = sorted(self.sums.items(), key=lambda one: (one[0][1], one[0][0]))
        return [(sku, day, *values) for (sku, day), values in ordered]  # type: ignore[misc]


def read(
    path: Path, columns: dict[str, str], form: DayForm = "", zone: str = "UTC", digits: int = 2
) -> Iterator[dict[str, Any]]:
    """Yield a file's days in batches of ROWS_LIMIT, the first with the errors; or only the reason it can't be read."""
    _, places, missing, sure, marks = _read_layout(path, columns, form)
    if missing:
        yield {"why": f"no column {missing[0]}", "key": "forecast.no_column", "values": {"column": missing[0]}}
        return
    if sure is None:
        yield {"why": "the day or the month may stand first", "key": "forecast.which_form", "values": {}}
        return
    days = HistoryDays(sure, zone, marks, digits)
    with open_table(path, ENGLISH) as table:
        for row in table.rows:
            days.take(row.line, row.cells, places)
    rows = days.rows
    for at in range(0, max(1, len(rows)), ROWS_LIMIT):
        yield {"rows": rows[at : at + ROWS_LIMIT], "notes": days.notes if at == 0 else []}


def _read_layout(
    path: Path, columns: dict[str, str], form: DayForm
) -> tuple[tuple[str, ...], Columns, tuple[str, ...], DayForm | None, dict[str, Mark]]:
    """A file's headings, columns, missing fields, date format (None: the user must choose), and decimal marks."""
    with open_table(path, ENGLISH) as table:
        places = columns_of(table.header, columns)
        missing = tuple(lacking(places))
        seen: dict[str, dict[str, None]] = {field: {} for field in ("day", *NUMBERS) if field in places}
        for row in table.rows if not missing else ():
            for field, cells in seen.items():
                cells[_cell(row.cells, places, field)] = None
        sure = "" if missing else form or form_of(seen["day"])
        marks = {field: mark_of(cells) for field, cells in seen.items() if field in NUMBERS}
        return tuple(table.header), places, missing, sure, marks


def looked_at(path: Path, columns: dict[str, str], form: DayForm = "", zone: str = "UTC") -> HistoryLook:
    """A file's summary before its import."""
    samples = list[tuple[str, ...]]()
    headings, places, missing, found, marks = _read_layout(path, columns, form)
    header = tuple(heading[:CELL_CHARS] for heading in headings)
    days = HistoryDays(found or "day_first", zone, marks)
    with open_table(path, ENGLISH) as table:
        for row in table.rows:
            if len(samples) < SAMPLES:
                samples.append(tuple(cell[:CELL_CHARS] for cell in row.cells))
            elif missing:
                break
            if not missing:
                days.take(row.line, row.cells, places)
    products = sorted({sku for sku, _ in days.sums})
    return HistoryLook(
        header,
        {field: header[place] for field, place in places.items()},
        missing,
        tuple(samples),
        *(days.lines, days.wrong, days.summed, len(days.sums)),
        tuple(products[:PRODUCTS_LIMIT]),
        tuple(sorted({day for _, day in days.sums})),
        tuple(days.notes[:NOTES_SHOWN]),
        *(found or "", found is None, days.many, days.nothing),
    )


def lacking(places: Columns) -> list[str]:
    """The required columns that weren't found."""
    found = [name for name in ("day", "sold") if name not in places]
    return found if {"sku", "code"} & places.keys() else [*found, "sku"]


def columns_of(header: Sequence[str], said: dict[str, str]) -> Columns:
    """The column of each field, as chosen by the user or by heading; "" means the field has no column.

    >>> columns_of(("Date", "Barcode", "Qty"), {})
    {'day': 0, 'code': 1, 'sold': 2}
    """
    plain = [heading.strip().lower() for heading in header]
    places = {
        field: list(header).index(heading) for field, heading in said.items() if heading in header and field in NAMES
    }
    for field, names in NAMES.items():
        if field not in places and said.get(field) != "":
            at = next((plain.index(name) for name in names if name in plain), None)
            places |= {} if at is None else {field: at}
    return {field: places[field] for field in NAMES if field in places}


def _number(text: str, mark: Mark) -> Decimal | None:
    bare = text.strip().replace("\u00a0", "").replace(" ", "").replace("\u200e", "")
    plain = plain_of(bare, mark)
    try:
        value = Decimal("NaN" if plain is None else plain or "0")
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _cell(cells: Sequence[str], places: Columns, field: str) -> str:
    place = places.get(field)
    return cells[place].strip()[:200] if place is not None and place < len(cells) else ""


def _tell(answer: Any) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")


if __name__ == "__main__":
    sys.exit(main())
