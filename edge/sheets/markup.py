"""XML: the element that repeats is a row, what is in it are its columns. Streaming, on expat itself.

Such as the files of prices that Israeli chains must publish (Price and PriceFull: Root/Items/Item with
ItemCode, ItemName, ItemPrice, ...), in which the case of tags, the depth and the encoding vary by chain.
A document type is refused: without one there are no entities, and so no bombs of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import IO
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from edge.sheets.content import Content
from edge.sheets.table import COLUMNS, CONTROLS, DEPTH, RECORD_CHARS, Row, checked_header, refusal
from edge.sheets.text import opened_text

BLOCK_CHARS = 64 * 1024
"""What is parsed at a time."""

Path = tuple[str, ...]
Found = Callable[[Path, int, dict[str, str]], None]


class MarkupTable:
    """The rows of an XML file. A tag's columns are the same whatever its case."""

    def __init__(self, content: Content, encoding: str) -> None:
        self._content = content
        self._encoding = encoding
        self._row, columns = self._survey()
        self._keys = {name.casefold(): place for place, name in enumerate(columns)}
        self.header = checked_header(tuple(columns), content.name)

    def __iter__(self) -> Iterator[Row]:
        rows: list[Row] = []

        def found(path: Path, line: int, cells: dict[str, str]) -> None:
            if path == self._row:
                row = [""] * len(self.header)
                for name, text in cells.items():
                    row[self._keys[name.casefold()]] = text
                if any(row):
                    rows.append(Row(line, row))

        for _ in self._parsed(found):
            yield from rows
            rows.clear()

    def _survey(self) -> tuple[Path, list[str]]:
        """Where the element is that stands there most often and has something in it, and all that it has."""
        times: Counter[Path] = Counter()
        columns: dict[Path, dict[str, str]] = {}

        def found(path: Path, line: int, cells: dict[str, str]) -> None:
            times[path] += 1
            known = columns.setdefault(path, {})
            for name in cells:
                known.setdefault(name.casefold(), name)
            if len(known) > COLUMNS or len(columns) > COLUMNS:
                raise refusal("wide", file=self._content.name, limit=COLUMNS)

        for _ in self._parsed(found):
            pass
        if not times:
            raise refusal("no_rows", file=self._content.name)
        row = max(times, key=lambda path: (times[path], len(columns[path])))
        return row, list(columns[row].values())

    def _parsed(self, found: Found) -> Iterator[None]:
        """Parse a block at a time."""
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        _Walk(parser, self._content.name, found)
        try:
            # Decoded here: expat knows few encodings, and what a file says of its own is often wrong.
            with opened_text(self._content, self._encoding) as text:
                while block := text.read(BLOCK_CHARS):
                    parser.Parse(block.translate(CONTROLS).encode(), False)
                    yield
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise refusal("xml_damaged", file=self._content.name, why=str(error)) from error
        yield


class _Walk:
    """Follows a parser through a file: tells of each element that has texts in it once it ends."""

    def __init__(self, parser: expat.XMLParserType, name: str, found: Found) -> None:
        self._parser = parser
        self._name = name
        self._found = found
        self._path: list[str] = []
        self._lines: list[int] = []
        self._inner = [False]
        self._cells: list[dict[str, str]] = [{}]
        self._text: list[str] = []
        self._chars = 0
        self._column = ""
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.StartDoctypeDeclHandler = self._doctype

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self._path) == DEPTH:
            raise refusal("deep", file=self._name, limit=DEPTH)
        self._path.append(tag.rpartition(":")[2])
        self._inner[-1] = True
        self._inner.append(False)
        self._lines.append(self._parser.CurrentLineNumber)
        # <field name="price">: the column is the name
        self._column = attributes.pop("name", "")
        self._cells.append(attributes)
        self._text.clear()
        self._chars = 0

    def _data(self, text: str) -> None:
        self._chars += len(text)
        if self._chars <= RECORD_CHARS:
            self._text.append(text)

    def _end(self, tag: str) -> None:
        path = tuple(self._path)
        self._path.pop()
        line, cells, inner = self._lines.pop(), self._cells.pop(), self._inner.pop()
        if inner or (cells and not self._text):
            self._found(path, line, cells)
        else:
            name = self._column or path[-1]
            self._cells[-1][name] = "".join(self._text).strip()
        self._text.clear()
        self._chars = 0
        self._column = ""

    def _doctype(self, *_: object) -> None:
        raise refusal("xml_bomb", file=self._name)


def write_markup(text: IO[str], header: tuple[str, ...], rows: Iterable[list[str]]) -> None:
    """A table as XML: `<products><product><field name="...">...`; empty cells are left out."""
    text.write('<?xml version="1.0" encoding="UTF-8"?>\n<products>\n')
    names = [quoteattr(name) for name in header]
    for cells in rows:
        fields = (
            f"<field name={name}>{escape(cell.translate(CONTROLS))}</field>"
            for name, cell in zip(names, cells, strict=True)
            if cell
        )
        text.write(f"<product>{''.join(fields)}</product>\n")
    text.write("</products>\n")
