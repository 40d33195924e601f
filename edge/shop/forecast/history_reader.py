"""The process that reads a file of what was sold before: `python -m edge.shop.forecast.history_reader`.

Takes an `ImportHistory` as JSON from standard input and answers with lines of JSON: rows, and what could not be taken.
Lines of one product and day are summed; a line without a day, a product or a number is noted and left out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import msgspec

from edge.core.process import child
from edge.lib.errors import EdgeError
from edge.lib.tables import open_table
from edge.shop.forecast.commands import ROWS_LIMIT, ImportHistory
from sandbox.landlock import confine

MEMORY_BYTES = 2 * 1024**3
CPU_S = 300
NOTES_LIMIT = 500
LARGEST = 10**7
"""No day of a product sells more units; what does is in another unit, and is asked about."""
NAMES: dict[str, tuple[str, ...]] = {
    "day": ("day", "date", "business_date", "weekstarting", "transaction_timestamp", "jour", "תאריך", "יום"),
    "sku": ("sku", "product", "product_id", "item", "article", "produit", "מוצר", 'מק"ט', "פריט"),
    "code": ("code", "barcode", "ean", "gtin", "ברקוד", "code-barres"),
    "sold": ("sold", "quantity", "qty", "units", "sales", "quantité", "vendu", "כמות", "נמכר"),
    "returned": ("returned", "returns", "retours", "החזרות"),
    "wasted": ("wasted", "waste", "pertes", "פחת"),
    "minor": ("amount", "sales_value", "revenue", "total", "montant", "סכום"),
}
Columns = dict[str, int]


def main() -> int:
    """Answer one request."""
    child.be_bounded(MEMORY_BYTES, CPU_S)
    ask = msgspec.json.decode(sys.stdin.buffer.read(), type=ImportHistory)
    confine([ask.path])
    try:
        for answer in read(Path(ask.path), ask.columns):
            _tell(answer)
    except EdgeError as error:
        _tell({"why": error.what, "key": error.key, "values": error.values})
    except (MemoryError, OSError) as error:
        _tell({"why": str(error), "key": "", "values": {}})
    return 0


def read(path: Path, columns: dict[str, str]) -> Iterator[dict[str, Any]]:
    """A file's days, by the thousand, with what could not be taken."""
    sums: dict[tuple[str, str], list[int]] = {}
    notes: list[dict[str, Any]] = []
    with open_table(path, "en") as table:
        places = columns_of(table.header, columns)
        if missing := [name for name in ("day", "sold") if name not in places] or (
            [] if {"sku", "code"} & places.keys() else ["sku"]
        ):
            yield {"why": f"no column {missing[0]}", "key": "forecast.no_column", "values": {"column": missing[0]}}
            return
        for row in table.rows:
            taken = _row(row.cells, places)
            if isinstance(taken, str):
                if len(notes) < NOTES_LIMIT:
                    notes.append(
                        {
                            "line": row.line,
                            "field": taken,
                            "value": _cell(row.cells, places, taken),
                            "reason": f"history_{taken}",
                        }
                    )
                continue
            key, quantities = taken
            had = sums.setdefault(key, [0, 0, 0, 0])
            for place, value in enumerate(quantities):
                had[place] += value
    rows = [(sku, day, *values) for (sku, day), values in sorted(sums.items(), key=lambda one: (one[0][1], one[0][0]))]
    for at in range(0, max(1, len(rows)), ROWS_LIMIT):
        shown = [tuple(note.values()) for note in notes] if at == 0 else []
        yield {"rows": rows[at : at + ROWS_LIMIT], "notes": shown}


def columns_of(header: Sequence[str], said: dict[str, str]) -> Columns:
    """Which column is what, as somebody said or as their headings tell.

    >>> columns_of(("Date", "Barcode", "Qty"), {})
    {'day': 0, 'code': 1, 'sold': 2}
    """
    plain = [heading.strip().lower() for heading in header]
    places = {
        field: list(header).index(heading) for field, heading in said.items() if heading in header and field in NAMES
    }
    for field, names in NAMES.items():
        if field not in places:
            at = next((plain.index(name) for name in names if name in plain), None)
            places |= {} if at is None else {field: at}
    return {field: places[field] for field in NAMES if field in places}


def _row(cells: Sequence[str], places: Columns) -> tuple[tuple[str, str], tuple[int, int, int, int]] | str:
    """A row as its product, its day and its numbers; or the field that is wrong."""
    day = day_of(_cell(cells, places, "day"))
    sku = _cell(cells, places, "sku") or _cell(cells, places, "code")
    if day is None:
        return "day"
    if not sku or sku.upper() in ("NONE", "NULL", "N/A"):
        return "sku"
    numbers = []
    for field in ("sold", "returned", "wasted", "minor"):
        number = _number(_cell(cells, places, field)) if field in places else Decimal(0)
        if number is None or abs(number) > LARGEST:
            return field
        numbers.append(int(number * (100 if field == "minor" else 1000)))
    sold, returned, wasted, minor = numbers
    if sold < 0:  # a line that takes back
        sold, returned = 0, returned - sold
    return (sku[:80], day), (sold, abs(returned), abs(wasted), minor)


def day_of(text: str) -> str | None:
    """A day as files write them: 2024-03-01, 01/03/2024 (the day first), with a time or without.

    >>> day_of("2024-03-01 10:00"), day_of("01/03/2024"), day_of("soon")
    ('2024-03-01', '2024-03-01', None)
    """
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d"):
        try:
            found = datetime.strptime(text.strip().split(" ")[0].split("T")[0], form).date()
        except ValueError:
            continue
        return found.isoformat() if date(1990, 1, 1) <= found <= date(2100, 1, 1) else None
    return None


def _number(text: str) -> Decimal | None:
    bare = text.strip().replace("\u00a0", "").replace(" ", "").replace("\u200e", "")
    if "," in bare and "." not in bare:
        bare = bare.replace(",", ".")
    try:
        value = Decimal(bare.replace(",", "") or "0")
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _cell(cells: Sequence[str], places: Columns, field: str) -> str:
    place = places.get(field)
    return cells[place].strip()[:200] if place is not None and place < len(cells) else ""


def _tell(answer: dict[str, Any]) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")


if __name__ == "__main__":
    sys.exit(main())
