"""A file of texts in any format, recognised by its first bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from functools import partial
from typing import Literal

from edge.goods.translation.exchange import xliff
from edge.goods.translation.exchange.lines import TextFile, TextLine, check_file, unreadable
from edge.lib.tables.injection import guard_cell, unguard_cell

FileFormat = Literal["xliff", "xliff2", "po", "csv"]
FILE_BYTES = 16 * 1024 * 1024
_COLUMNS = ["id", "source", "text"]
_BOM = b"\xef\xbb\xbf"


def write(format: FileFormat, file: TextFile) -> bytes:
    """Write a file in a format; reading it gives the same lines."""
    return FORMATS[format][1](file)


def read(body: bytes, source_language: str, language: str) -> TextFile:
    """Read a file of any format, with its own languages or these. Raises `Refusal` if it's unknown or too large."""
    start = body.removeprefix(_BOM).lstrip()[:512]
    if start.startswith(b"<"):
        return check_file(xliff.read(body))
    try:
        text = body.removeprefix(_BOM).decode()
    except UnicodeDecodeError as error:
        raise unreadable("use UTF-8") from error
    of = _read_csv if start.lower().startswith((b"id,", b'"id",', b"id;")) else _read_po
    found = of(text)
    return check_file(TextFile(found.source_language or source_language, found.language or language, found.lines))


def _write_po(file: TextFile) -> bytes:
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    catalog = Catalog(charset="utf-8", fuzzy=False)
    for line in file.lines:
        flags = ("fuzzy",) if line.fuzzy and line.text else ()
        catalog.add(line.source, line.text, context=line.id, flags=flags)
    written = io.BytesIO()
    write_po(written, catalog, width=0, omit_header=True)
    head = f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: {file.language}\\n"\n'
    return f"{head}\n".encode() + written.getvalue()


def _read_po(text: str) -> TextFile:
    from babel.messages.pofile import PoFileError, read_po

    try:
        catalog = read_po(io.StringIO(text), abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise unreadable(str(error)) from error
    lines = [TextLine(str(one.context or ""), _one(one.id), _one(one.string), one.fuzzy) for one in catalog if one.id]
    if not lines:
        raise unreadable("use XLIFF, PO or CSV")
    language = next((row.partition(":")[2].strip() for row in text.split('"') if row.startswith("Language:")), "")
    return TextFile("", language.removesuffix("\\n").strip(), tuple(lines))


def _one(text: str | tuple[str, ...] | list[str] | None) -> str:
    return text if isinstance(text, str) else str(text[0]) if text else ""


def _write_csv(file: TextFile) -> bytes:
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\r\n")
    rows.writerow(_COLUMNS)
    rows.writerows(tuple(map(guard_cell, (line.id, line.source, line.text))) for line in file.lines)
    return _BOM + written.getvalue().encode()


def _read_csv(text: str) -> TextFile:
    mark = ";" if text[:4].lower().startswith(("id;", '"id"')) and ";" in text.split("\n", 1)[0] else ","
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=mark, strict=True))
    except csv.Error as error:
        raise unreadable(str(error)) from error
    if any(set(_COLUMNS) - {name for name in row if row[name] is not None} for row in rows):
        raise unreadable("its columns must be id, source, text")
    return TextFile("", "", tuple(map(_line, rows)))


def _line(row: dict[str, str]) -> TextLine:
    return TextLine(unguard_cell(row["id"]), unguard_cell(row["source"]), unguard_cell(row["text"]))


FORMATS: dict[FileFormat, tuple[str, Callable[[TextFile], bytes]]] = {
    "xliff": ("xlf", partial(xliff.write, version="1.2")),
    "xliff2": ("xlf", partial(xliff.write, version="2.1")),
    "po": ("po", _write_po),
    "csv": ("csv", _write_csv),
}
"""Each format's file suffix and writer."""
