"""Process that reads other systems' files: `python -m edge.backoffice.switching.file_reader`. A malicious file can't
affect the till.

Reads a `FileQuestion` as JSON from standard input, and answers with lines of JSON, each a `ReaderAnswer`.
"""

from __future__ import annotations

import base64
import csv
import io
import sys
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TypeVar

import msgspec

from edge.backoffice.switching.card_file import CardFile
from edge.backoffice.switching.category_file import CategoryFile
from edge.backoffice.switching.columns import first_cells
from edge.backoffice.switching.customer_file import CustomerFile
from edge.backoffice.switching.kinds import kind_of
from edge.backoffice.switching.modifier_file import ModifierFile
from edge.backoffice.switching.moved import TOTALS, FileKind
from edge.backoffice.switching.protocol import (
    ArchivePart,
    BuyerRows,
    CardRows,
    CategoryRows,
    CustomerRows,
    FileLook,
    FileQuestion,
    LookAnswer,
    ModifierRows,
    ReaderAnswer,
    ReceiptRows,
    SoldRows,
    StaffRows,
    StockRows,
    TotalRows,
    UnreadFile,
)
from edge.backoffice.switching.sales_file import SalesFile, other_look
from edge.backoffice.switching.staff_file import StaffFile
from edge.backoffice.switching.stock_file import StockFile
from edge.backoffice.switching.totals_file import TotalsFile
from edge.core.process import child
from edge.lib.errors import EdgeError
from edge.lib.tables import Opened, open_table, refusal, tables_of
from sandbox.landlock import confine

MEMORY_BYTES = 2 * 1024**3
CPU_S = 900
ROWS, BUYERS, RECEIPTS = 500, 10, 50
"""Maximum rows per answer, and maximum customers with all their purchases, and receipts with all their items."""
MEMBERS = 15
"""Maximum files in an archive."""
UNPACKED_BYTES = 256 * 1024**2
"""Maximum unpacked size of all files of an archive together."""
RATIO = 200
"""Maximum compression ratio of an archive. Tables compress well, but zip bombs far better."""
BLOCK_BYTES = 1024**2
_DOCUMENT = frozenset(("[Content_Types].xml", "mimetype", "xl/workbook.xml"))
"""Parts that identify office documents, which are archives too."""
T = TypeVar("T")


def main() -> int:
    """Answer one question."""
    child.be_bounded(MEMORY_BYTES, CPU_S)
    ask = msgspec.json.decode(sys.stdin.buffer.read(), type=FileQuestion)
    if ask.mode == "rows":
        child.give_way()  # lower priority, as the tills and their pages come first
    confine([ask.path])
    name = Path(ask.path).name
    try:
        for answer in answers(ask):
            _tell(answer)
    except EdgeError as error:
        _tell(UnreadFile(error.what, error.key, error.values))
    except MemoryError:
        failed = refusal("memory", file=name)
        _tell(UnreadFile(failed.what, failed.key, failed.values))
    except (OSError, zipfile.BadZipFile) as error:
        failed = refusal("damaged", file=name, why=str(error)[:200])
        _tell(UnreadFile(failed.what, failed.key, failed.values))
    return 0


def answers(ask: FileQuestion) -> Iterator[ReaderAnswer]:
    """The contents of a file. Raises `EdgeError` if it's unreadable."""
    path = Path(ask.path)
    if ask.mode == "look_inside" and is_archive(path):
        yield from archive_parts(path)
    elif ask.mode in ("look_inside", "look_at_sheets") and has_several_tables(path):
        yield from sheet_parts(path)
    elif ask.mode != "rows":
        yield LookAnswer(look_at(ask))
    else:
        yield from _rows(ask)


def look_at(ask: FileQuestion) -> FileLook:
    """A summary of the file."""
    kind = ask.kind or _kind(ask)
    if kind == "customers":
        return CustomerFile(ask, lambda: _open(ask)).look()
    if kind == "gift_cards":
        return CardFile(ask, lambda: _open(ask)).look()
    if kind == "sales_lines":
        return SalesFile(ask, lambda: _open(ask)).look()
    if kind == "stock":
        return StockFile(ask, lambda: _open(ask)).look()
    if kind == "staff":
        return StaffFile(ask, lambda: _open(ask)).look()
    if kind == "modifiers":
        return ModifierFile(ask, lambda: _open(ask)).look()
    if kind == "categories":
        return CategoryFile(ask, lambda: _open(ask)).look()
    if kind in TOTALS:
        return TotalsFile(ask, lambda: _open(ask), kind).look()
    return other_look(ask, lambda: _open(ask), kind)


def _rows(ask: FileQuestion) -> Iterator[ReaderAnswer]:
    match ask.kind:
        case "customers":
            for people in batches(CustomerFile(ask, lambda: _open(ask)).rows()):
                yield CustomerRows(people)
        case "gift_cards":
            for cards in batches(CardFile(ask, lambda: _open(ask)).cards):
                yield CardRows(cards)
        case "categories":
            for paths in batches(CategoryFile(ask, lambda: _open(ask)).paths):
                yield CategoryRows(paths)
        case "modifiers":
            for sets in batches(ModifierFile(ask, lambda: _open(ask)).rows()):
                yield ModifierRows(sets)
        case "staff":
            for users in batches(StaffFile(ask, lambda: _open(ask)).rows()):
                yield StaffRows(users)
        case "stock":
            for stock in batches(StockFile(ask, lambda: _open(ask)).rows()):
                yield StockRows(stock)
        case "sales_lines":
            sales = SalesFile(ask, lambda: _open(ask))
            for sold in batches(sales.rows()):
                yield SoldRows(sold)
            for receipts in batches(sales.receipts, RECEIPTS):
                yield ReceiptRows(receipts)
            for buyers in batches(sales.buyers(), BUYERS):
                yield BuyerRows(buyers)
        case "sales_days" | "receipts":
            for totals in batches(TotalsFile(ask, lambda: _open(ask), ask.kind).rows()):
                yield TotalRows(totals)


def batches(rows: Iterable[T], most: int = ROWS) -> Iterator[tuple[T, ...]]:
    """Rows in batches."""
    left = iter(rows)
    while batch := tuple(islice(left, most)):
        yield batch


def _kind(ask: FileQuestion) -> FileKind:
    with _open(ask) as table:
        return kind_of(table.header, first_cells(table))


def _open(ask: FileQuestion) -> AbstractContextManager[Opened]:
    return open_table(Path(ask.path), ask.language)


def archive_parts(path: Path) -> Iterator[ArchivePart]:
    """The files in an archive, in pieces. Raises `NeedsHuman` if there are too many, or they're too large or
    suspiciously compressed."""
    with zipfile.ZipFile(path) as archive:
        members = [one for one in archive.infolist() if not one.is_dir() and not _is_of_the_system(one.filename)]
        if len(members) > MEMBERS:
            raise refusal("crowded", file=path.name, limit=MEMBERS)
        left = min(UNPACKED_BYTES, max(path.stat().st_size, 4096) * RATIO)
        for member in members:
            if member.flag_bits & 1:
                raise refusal("locked", file=path.name)
            name = PurePosixPath(member.filename.replace("\\", "/")).name
            with archive.open(member) as data:
                while block := data.read(BLOCK_BYTES):
                    left -= len(block)
                    if left < 0:
                        raise refusal("large", file=path.name, limit=UNPACKED_BYTES >> 20)
                    yield ArchivePart(name, base64.b64encode(block).decode())
                    name = ""


def has_several_tables(path: Path) -> bool:
    """Whether a file is a workbook with tables on more than one sheet."""
    return is_workbook(path) and len(list(islice(tables_of(path), 2))) > 1


def sheet_parts(path: Path) -> Iterator[ArchivePart]:
    """The tables of a workbook, each as a CSV file in pieces. Raises `NeedsHuman` if there are too many."""
    for number, (sheet, rows) in enumerate(tables_of(path), 1):
        if number > MEMBERS:
            raise refusal("crowded", file=path.name, limit=MEMBERS)
        name = f"{path.stem} - {sheet.replace('/', '-')}.csv"
        while batch := list(islice(rows, ROWS)):
            text = io.StringIO()
            csv.writer(text).writerows(batch)
            yield ArchivePart(name, base64.b64encode(text.getvalue().encode("utf-8-sig" if name else "utf-8")).decode())
            name = ""


def is_archive(path: Path) -> bool:
    """Whether a file is an archive of other files. Office documents don't count."""
    return zipfile.is_zipfile(path) and _DOCUMENT.isdisjoint(_names_in(path))


def is_workbook(path: Path) -> bool:
    """Whether a file is an XLSX workbook."""
    return zipfile.is_zipfile(path) and "xl/workbook.xml" in _names_in(path)


def _names_in(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def _is_of_the_system(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith(".")


def _tell(answer: ReaderAnswer) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")


if __name__ == "__main__":
    sys.exit(main())
