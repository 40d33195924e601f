"""JSON and JSON lines: each object is a row, each key a column; nested values are "key.key" or "key.1". An order
becomes one row per line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

import msgspec

from edge.lib.tables.decompress import Content
from edge.lib.tables.table import COLUMNS, DEPTH, RECORD_CHARS, TableRow, checked_header, refusal
from edge.lib.tables.text import blocks, lines_of, opened_text

LIST_BYTES = 64 * 1024 * 1024
"""Maximum size of a JSON document, as it's read as a whole. JSON lines have no such limit."""

_LINES = frozenset(
    (
        *("lineitems", "orderlines", "salelines", "saleslines", "receiptlines", "invoicelines", "transactionlines"),
        *("orderitems", "saleitems", "receiptitems", "orderlineitems"),
    )
)
"""Keys of an order's list of lines."""
_PERHAPS_LINES = frozenset(("items", "lines", "products", "entries"))
"""Keys that are an order's list of lines only if the order has a date, isn't a product, and its first line has a
quantity."""
_DATED = re.compile(r"date|created|closed|completed|time|_at$|At$")
_COUNTED = frozenset(("quantity", "qty"))
_OF_A_PRODUCT = frozenset(("sku", "price", "barcode"))
_MONEY = re.compile(r"total|amount|price|tax|discount|tip|paid|due|balance|tender|change|refund", re.IGNORECASE)
_decode = msgspec.json.Decoder(float_hook=str).decode


class RecordTable:
    """Objects of a JSON document or JSON lines. Columns are all keys, in order of appearance."""

    def __init__(self, content: Content, encoding: str) -> None:
        self._content = content
        self._encoding = encoding
        self._lines = is_lines(content, encoding)
        self.what = "JSON lines" if self._lines else "JSON"
        keys: dict[str, None] = {}
        for _, cells, _ in self._records():
            keys.update(dict.fromkeys(cells))
            if len(keys) > COLUMNS:
                break
        self.header = checked_header(tuple(keys), content.name)

    def __iter__(self) -> Iterator[TableRow]:
        keys = tuple(self.header)
        for number, cells, fault in self._records():
            if fault:
                yield TableRow(number, [], fault)
            elif any(cells.values()):
                yield TableRow(number, [cells.get(key, "") for key in keys])

    def _records(self) -> Iterator[tuple[int, dict[str, str], str]]:
        """Yield number, cells by key, and fault of each record."""
        source = self._of_lines() if self._lines else self._of_list()
        for number, raw in source:
            try:
                value = _decode(raw)
            except (msgspec.DecodeError, RecursionError, UnicodeError):
                yield number, {}, "json_wrong"
                continue
            if not isinstance(value, dict):
                yield number, {}, "json_no_object"
                continue
            for row in _rows_of(value):
                cells: dict[str, str] = {}
                fault = "" if _flatten("", row, cells, 1) else "json_deep"
                yield number, cells, fault

    def _of_lines(self) -> Iterator[tuple[int, str]]:
        with opened_text(self._content, self._encoding) as text:
            for number, line in enumerate(lines_of(text), 1):
                if line.strip():
                    yield number, line if len(line) <= RECORD_CHARS else "{"

    def _of_list(self) -> Iterator[tuple[int, msgspec.Raw]]:
        yield from enumerate(_list(self._content, self._encoding), 1)


def is_lines(content: Content, encoding: str) -> bool:
    """Whether JSON has one object per line: its first line is an object, and more lines follow or it contains no
    list."""
    with opened_text(content, encoding) as text:
        lines = (line for line in lines_of(text) if line.strip())
        first, second = next(lines, ""), next(lines, "")
    try:
        return isinstance(_decode(first), dict) and (bool(second) or _longest(first.encode()) is None)
    except (msgspec.DecodeError, RecursionError):
        return False


def write_lines(text: IO[str], header: tuple[str, ...], rows: Iterable[list[str]]) -> None:
    """Write a table as JSON lines, without empty cells."""
    for cells in rows:
        text.write(_object(header, cells) + "\n")


def write_list(text: IO[str], header: tuple[str, ...], rows: Iterable[list[str]]) -> None:
    """Write a table as a JSON list of objects, one per line."""
    text.write("[")
    for number, cells in enumerate(rows):
        text.write((",\n" if number else "\n") + _object(header, cells))
    text.write("\n]\n")


def _object(header: tuple[str, ...], cells: list[str]) -> str:
    return msgspec.json.encode({key: cell for key, cell in zip(header, cells, strict=True) if cell}).decode()


def _list(content: Content, encoding: str) -> list[msgspec.Raw]:
    """Return the objects of a document: its top-level list, or the longest list in it."""
    data = bytearray()
    for block in blocks(content):
        data += block
        if len(data) > LIST_BYTES:
            raise refusal("large_list", file=content.name, limit=LIST_BYTES >> 20)
    text = bytes(data).decode(encoding, "replace").encode()
    try:
        found = _longest(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise refusal("json_damaged", file=content.name, why=str(error)[:200]) from error
    if found is None:
        raise refusal("no_rows", file=content.name)
    return found


def _longest(text: bytes) -> list[msgspec.Raw] | None:
    """List of objects at the top or one level below."""
    try:
        return msgspec.json.decode(text, type=list[msgspec.Raw])
    except msgspec.ValidationError:
        fields = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    lists = [msgspec.json.decode(raw, type=list[msgspec.Raw]) for raw in fields.values() if _begins(raw, b"[")]
    return max((items for items in lists if items and _begins(items[0], b"{")), key=len, default=None)


def _begins(raw: msgspec.Raw, mark: bytes) -> bool:
    return bytes(memoryview(raw)[:1]) == mark


def _rows_of(record: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a record unchanged, or an order's lines. Keys of the order begin with "order" if a line has the same key,
    or if they are amounts."""
    key = next((key for key, value in record.items() if _is_lines(key, value, record)), None)
    if key is None:
        return [record]
    order = {one: value for one, value in record.items() if one != key}
    return [
        {**{f"order {one}" if one in line or _MONEY.search(one) else one: order[one] for one in order}, **line}
        for line in record[key]
    ]


def _is_lines(key: str, value: Any, record: Mapping[str, Any]) -> bool:
    if not isinstance(value, list) or not value or not all(isinstance(line, dict) for line in value):
        return False
    plain = re.sub(r"[\W_]", "", key.casefold())
    is_counted = not _COUNTED.isdisjoint(map(str.casefold, value[0])) and any(map(_DATED.search, record))
    return plain in _LINES or (plain in _PERHAPS_LINES and is_counted and _OF_A_PRODUCT.isdisjoint(record))


def _flatten(key: str, value: Any, cells: dict[str, str], depth: int) -> bool:
    """Flatten a value into cells. Returns False if it is nested too deeply."""
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else ((str(n), item) for n, item in enumerate(value, 1))
        if depth > DEPTH:
            return False
        return all(_flatten(f"{key}.{name}" if key else name, item, cells, depth + 1) for name, item in items)
    if value is not None:
        cells[key] = ("true" if value else "false") if isinstance(value, bool) else str(value)
    return True
