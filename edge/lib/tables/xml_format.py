"""XML tables: the repeating element is a row, its content the columns. Streaming, based on expat.

Reads, for example, the price files that Israeli chains must publish (Price and PriceFull: Root/Items/Item with
ItemCode, ItemName, ItemPrice, ...), whose tag case, depth and encoding vary by chain. A document type is refused, which
rules out entities and entity bombs.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from typing import IO
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

import msgspec

from edge.lib.tables.decompress import Content
from edge.lib.tables.table import COLUMNS, CONTROLS, DEPTH, RECORD_CHARS, TableRow, checked_header, refusal
from edge.lib.tables.text import opened_text

BLOCK_CHARS = 64 * 1024
"""Characters to parse at a time."""

Path = tuple[str, ...]
Found = Callable[[Path, int, dict[str, str]], None]

_length = struct.Struct(">I")
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[tuple[int, int, dict[str, str]]]).decode


class MarkupTable:
    """Rows of an XML file. Tags are case-insensitive.

    The row element is known only at the end of the file, so candidates are stored in `spool`, an empty file that grows
    no larger than this one.
    """

    def __init__(self, content: Content, encoding: str, spool: IO[bytes]) -> None:
        self._content = content
        self._spool = spool
        survey = self._survey_file(encoding)
        self._row, columns = survey.row()
        self._keys = {name.casefold(): place for place, name in enumerate(columns)}
        self.header = checked_header(tuple(columns), content.name)

    def __iter__(self) -> Iterator[TableRow]:
        places: dict[str, int] = {}
        self._spool.seek(0)
        while head := self._spool.read(_length.size):
            for path, line, cells in _decode(self._spool.read(_length.unpack(head)[0])):
                if path == self._row:
                    row = [""] * len(self.header)
                    for name, text in cells.items():
                        if (place := places.get(name)) is None:
                            place = places[name] = self._keys[name.casefold()]
                        row[place] = text
                    if any(row):
                        yield TableRow(line, row)

    def _survey_file(self, encoding: str) -> _Survey:
        """Parse the file in blocks."""
        survey = _Survey(self._content.name)
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        _Walk(parser, self._content.name, survey.add_element)
        try:
            # Decoded here: expat knows few encodings, and the declared one is often wrong.
            with opened_text(self._content, encoding) as text:
                while block := text.read(BLOCK_CHARS):
                    parser.Parse(block.translate(CONTROLS).encode(), False)
                    self._put_down(survey)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise refusal("xml_damaged", file=self._content.name, why=str(error)) from error
        self._put_down(survey)
        return survey

    def _put_down(self, survey: _Survey) -> None:
        data = _encode(survey.elements)
        self._spool.write(_length.pack(len(data)) + data)
        survey.elements.clear()


class _Survey:
    """Non-empty elements: the newest, and for each kind its count and columns."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._paths: dict[Path, int] = {}
        self._times: list[int] = []
        self._columns: list[dict[str, str]] = []
        self._tags: list[set[str]] = []
        self.elements: list[tuple[int, int, dict[str, str]]] = []

    def add_element(self, path: Path, line: int, cells: dict[str, str]) -> None:
        number = self._paths.setdefault(path, len(self._paths))
        if number == len(self._times):
            self._times.append(0)
            self._columns.append({})
            self._tags.append(set())
        self._times[number] += 1
        if not self._tags[number].issuperset(cells):
            self._tags[number].update(cells)
            for name in cells:
                self._columns[number].setdefault(name.casefold(), name)
        if len(self._columns[number]) > COLUMNS or len(self._paths) > COLUMNS:
            raise refusal("wide", file=self._name, limit=COLUMNS)
        self.elements.append((number, line, cells))

    def row(self) -> tuple[int, list[str]]:
        """Most frequent element by number, and its columns."""
        if not self._times:
            raise refusal("no_rows", file=self._name)
        row = max(range(len(self._times)), key=lambda number: (self._times[number], len(self._columns[number])))
        return row, list(self._columns[row].values())


class _Walk:
    """Follows a parser and reports each element with texts when it ends."""

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
        self._path.append(tag.rpartition(":")[2] if ":" in tag else tag)
        self._inner[-1] = True
        self._inner.append(False)
        self._lines.append(self._parser.CurrentLineNumber)
        # <field name="price">: the name is the column
        self._column = attributes.pop("name", "") if attributes else ""
        self._cells.append(attributes)
        self._text.clear()
        self._chars = 0

    def _data(self, text: str) -> None:
        self._chars += len(text)
        if self._chars <= RECORD_CHARS:
            self._text.append(text)

    def _end(self, tag: str) -> None:
        line, cells, inner = self._lines.pop(), self._cells.pop(), self._inner.pop()
        if inner or (cells and not self._text):
            self._found(tuple(self._path), line, cells)
            self._path.pop()
        else:
            name = self._path.pop()
            self._cells[-1][self._column or name] = "".join(self._text).strip()
        self._text.clear()
        self._chars = 0
        self._column = ""

    def _doctype(self, *_: object) -> None:
        raise refusal("xml_bomb", file=self._name)


def write_markup(text: IO[str], header: tuple[str, ...], rows: Iterable[list[str]]) -> None:
    """Write a table as XML: `<products><product><field name="...">...`, without empty cells."""
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
