"""Process that reads a file of counts: `python -m edge.goods.stock.counting.count_reader`.

It reads a `ReadCounts` as JSON from standard input and answers with one `ReadFile`, which has the lines and their
issues.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from edge.core.process import child
from edge.core.registry import JobIssue
from edge.goods.stock.counting.bulk_counts import LINES_LIMIT, CountedStock
from edge.goods.stock.location import MAIN
from edge.lib.errors import EdgeError, NeedsHuman
from edge.lib.i18n import ENGLISH
from edge.lib.printed_invoice.accounts import MONTH_FIRST
from edge.lib.tables import open_table, refusal
from edge.lib.tables.table import TableRow
from edge.lib.units.amounts import Mark, mark_of, plain_of
from edge.lib.units.quantity import THOUSANDTHS

MEMORY_BYTES = 1024**3
CPU_S = 30
WAIT_S = 60
FAULTS_LIMIT = 500
"""Maximum issues listed; all are counted."""
_DAY_FIRST = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d/%m/%y", "%Y%m%d")
_MONTH_FIRST = ("%Y-%m-%d", "%m/%d/%Y", "%d.%m.%Y", "%m/%d/%y", "%Y%m%d")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/\d{2,4}\b")
NAMES: dict[str, tuple[str, ...]] = {
    "sku": ("sku", "product", "product_id", "item", "article", "produit", "référence", "מוצר", 'מק"ט', "מק״ט", "פריט"),
    "code": ("code", "barcode", "ean", "gtin", "code-barres", "ברקוד"),
    "boxes": ("boxes", "box", "cases", "cartons", "caisses", "ארגזים"),
    "units": (
        "units",
        "quantity",
        "qty",
        "count",
        "counted",
        "found",
        "unités",
        "quantité",
        "compté",
        "כמות",
        "יחידות",
    ),
    "location": ("location", "place", "store room", "emplacement", "lieu", "מיקום", "מקום"),
    "lot": ("lot", "batch", "אצווה"),
    "expiry": ("expiry", "expiry_date", "best before", "expires", "péremption", "dlc", "תוקף", "תאריך תפוגה"),
    "counted_at": ("counted_at", "counted at", "time", "date", "compté le", "נספר ב"),
}
"""Column names by field, in lower case."""


class ReadCounts(msgspec.Struct, frozen=True):
    """A file and the defaults of its lines: location and time of the count.

    `country`: decides between 3 April and 4 March if the file's other dates don't.
    """

    path: str
    location: str = MAIN
    counted_us: int = 0
    zone: str = "UTC"
    country: str = ""


class ReadFile(msgspec.Struct, frozen=True):
    """The contents of a file: columns by field, lines and issues. `why`: the reason the file can't be read."""

    columns: dict[str, str] = {}
    lines: tuple[CountedStock, ...] = ()
    faults: tuple[JobIssue, ...] = ()
    faulty: int = 0
    why: str = ""
    key: str = ""
    values: dict[str, str | int] = {}


class _Wrong(Exception):
    """An invalid cell: the field and the reason."""


def main() -> int:
    """Answer one request."""
    return child.answer(_answer, MEMORY_BYTES, CPU_S, _reads)


def _reads(asked: bytes) -> tuple[str]:
    return (msgspec.json.decode(asked, type=ReadCounts).path,)


def _answer(asked: bytes) -> bytes:
    try:
        found = read(msgspec.json.decode(asked, type=ReadCounts))
    except EdgeError as error:
        found = ReadFile(why=error.what, key=error.key, values=dict(error.values))
    except (MemoryError, OSError) as error:
        found = ReadFile(why=str(error))
    return msgspec.json.encode(found)


def read(ask: ReadCounts) -> ReadFile:
    """The contents of a file. Raises `NeedsHuman` if it isn't a table of counts."""
    with open_table(Path(ask.path), ENGLISH) as table:
        places = _columns(table.header)
        if not places.keys() & {"sku", "code"} or not places.keys() & {"units", "boxes"}:
            raise NeedsHuman(
                "The file has no product or quantity column.",
                "Add one column with the product number or barcode, and one with the quantity.",
                "stock.file_columns",
            )
        lines: list[CountedStock] = []
        faults: list[JobIssue] = []
        rows = list(islice(table.rows, LINES_LIMIT + 1))
        marks: dict[str, Mark] = {
            field: _mark_of(rows, places[field]) for field in ("boxes", "units") if field in places
        }
        forms = _day_forms(rows, places["expiry"], ask.country) if "expiry" in places else _DAY_FIRST
        for row in rows:
            found = _line(row, places, ask, marks, forms)
            if isinstance(found, JobIssue):
                faults.append(found)
            elif found is not None:
                lines.append(found)
            if len(lines) + len(faults) > LINES_LIMIT:
                what, limit = f"The file has more than {LINES_LIMIT} lines.", {"limit": LINES_LIMIT}
                raise NeedsHuman(what, "Split it into smaller files.", "stock.file_long", dict[str, str | int](limit))
        columns = {field: table.header[place] for field, place in places.items()}
    return ReadFile(columns, tuple(lines), tuple(faults[:FAULTS_LIMIT]), len(faults))


def _columns(header: Sequence[str]) -> dict[str, int]:
    small = [name.strip().casefold() for name in header]
    found: dict[str, int] = {}
    for field, names in NAMES.items():
        for name in names:
            if name in small and small.index(name) not in found.values():
                found[field] = small.index(name)
                break
    return found


def _mark_of(rows: Sequence[TableRow], place: int) -> Mark:
    """The decimal mark shared by a column's cells."""
    return mark_of(row.cells[place] for row in rows if place < len(row.cells))


def _day_forms(rows: Sequence[TableRow], place: int, country: str) -> tuple[str, ...]:
    """The date formats of a column, by the majority of dates whose first or second number exceeds 12.

    Without such a date, or with equally many of both, `country` decides.
    """
    cells = (_SLASHED.match(row.cells[place].strip()) for row in rows if place < len(row.cells))
    found = [(int(cell[1]), int(cell[2])) for cell in cells if cell]
    days, months = sum(first > 12 for first, _ in found), sum(second > 12 for _, second in found)
    month_first = months > days if days or months else country in MONTH_FIRST
    return _MONTH_FIRST if month_first else _DAY_FIRST


def _line(
    row: TableRow, places: dict[str, int], ask: ReadCounts, marks: Mapping[str, Mark], forms: Sequence[str]
) -> CountedStock | JobIssue | None:
    """A row's count, or the issue with it; None if the row is empty or has no quantity."""
    if row.fault:
        return JobIssue(row.line, "", "", row.fault, dict(row.values))
    cells = {field: row.cells[at].strip() if at < len(row.cells) else "" for field, at in places.items()}
    sku = cells.get("sku") or cells.get("code") or ""
    if not any(cells.values()):
        return None
    try:
        if not sku or len(sku) > 80:
            raise _Wrong("sku", sku, "stock_sku_unknown")
        if not cells.get("units") and not cells.get("boxes"):
            return None  # an empty line of a count sheet: not counted
        boxes = _number(cells, "boxes", marks)
        if boxes % THOUSANDTHS or boxes > 10**12:
            raise _Wrong("boxes", cells["boxes"], "stock_quantity_wrong")
        counted = (boxes // THOUSANDTHS, _number(cells, "units", marks))
        place = (cells.get("location") or ask.location, cells.get("lot", ""), _day(cells, forms))
        line = CountedStock(sku, *counted, *place, _moment(cells, ask), min(row.line, LINES_LIMIT))
        return msgspec.convert(msgspec.to_builtins(line), CountedStock)
    except _Wrong as wrong:
        field, value, reason = wrong.args
        return JobIssue(row.line, field, value[:80], reason)
    except msgspec.ValidationError as error:
        return JobIssue(row.line, "", sku[:80], "stock_line_wrong", {"why": str(error)[:200]})


def _number(cells: dict[str, str], field: str, marks: Mapping[str, Mark]) -> int:
    """Parse a typed number to thousandths. "1,250" is one and a quarter only if the column has decimal commas."""
    text = cells.get(field, "").replace("\u00a0", "").replace(" ", "")
    if not text:
        return 0
    plain = plain_of(text, marks.get(field, ""))
    if plain is None:
        raise _Wrong(field, text, "stock_quantity_wrong")
    try:
        number = Decimal(plain) * THOUSANDTHS
        if not number.is_finite() or number < 0 or number != number.to_integral_value():
            raise _Wrong(field, text, "stock_quantity_wrong")
    except InvalidOperation:
        raise _Wrong(field, text, "stock_quantity_wrong") from None
    return int(number) if number < 10**15 else 10**15


def _day(cells: dict[str, str], forms: Sequence[str]) -> str:
    text = cells.get("expiry", "").split(" ")[0].split("T")[0]
    if not text:
        return ""
    for form in forms:
        try:
            return datetime.strptime(text, form).date().isoformat()
        except ValueError:
            continue
    raise _Wrong("expiry", text, "stock_day_unread")


def _moment(cells: dict[str, str], ask: ReadCounts) -> int:
    text = cells.get("counted_at", "")
    if not text:
        return ask.counted_us
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _Wrong("counted_at", text, "stock_day_unread") from None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(ask.zone))
    return max(0, int(aware.timestamp() * 1_000_000))


def read_apart(ask: ReadCounts) -> ReadFile:
    """Read a file in a separate process. Raises `NeedsHuman` if it can't be read."""
    name = Path(ask.path).name
    try:
        answered = child.ask("edge.goods.stock.counting.count_reader", msgspec.json.encode(ask), WAIT_S)
    except child.ChildFailed as failed:
        raise (refusal("slow", file=name, limit=WAIT_S) if failed.slow else refusal("reader_died", file=name)) from None
    found = msgspec.json.decode(answered, type=ReadFile)
    if found.why:
        raise NeedsHuman(found.why, "", found.key, found.values)
    return found


if __name__ == "__main__":
    raise SystemExit(main())
