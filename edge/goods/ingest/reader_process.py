"""File reader process: `python -m edge.goods.ingest.reader_process`. It isolates the till from problem files.

The process reads a `ReadRequest` as JSON from standard input and writes messages. The last valid row per product
applies: a first pass spools all rows and records each product's last one.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import IO, Literal

import msgspec

from edge.core.process import child
from edge.core.registry import JobIssue
from edge.goods.ingest.import_folders import CHECKSUM_CHARS, digest_of, readable
from edge.goods.ingest.ipc import (
    Began,
    Categories,
    CountFrame,
    Entries,
    EntryFrame,
    FailedFrame,
    Frame,
    ReadingFrame,
    ReadRequest,
    cpu_limit_s,
    write_frame,
)
from edge.goods.ingest.mapping import mapping
from edge.goods.ingest.mapping.category_words import CategoryWords
from edge.goods.ingest.mapping.families import Families
from edge.goods.ingest.mapping.headers import says_how_kept, unread_money
from edge.goods.ingest.mapping.measures import is_share
from edge.goods.ingest.mapping.name_sharing import NameSharing, find_name_sharing
from edge.goods.ingest.mapping.row_converter import Converter, without_strangers
from edge.goods.ingest.published import find_published
from edge.lib.errors import EdgeError
from edge.lib.tables import TableRow, is_total_row, open_table, refusal
from edge.lib.units.amounts import amount_of, mark_of
from sandbox.landlock import confine

MEMORY_BYTES = 2 * 1024**3
"""Address space limit. Files that need more are rejected."""

SUMMED = ("price", "cost")
"""Fields whose columns are totalled, along with the columns of additional price lists."""
REPORT_ROWS = 5_000
"""Number of rows between two progress reports."""

BATCH_ROWS = 250
THC, SHARED = "attribute.thc", ("attribute.thc", "attribute.cbd")
SHARES_LEAST, SHARE_ROWS = 20, 200
"""Minimum number of values needed, and number of rows after the sample in which to look for them."""
SAMPLE_ROWS = 5
"""Number of rows per message, and of rows shown next to a mapping."""

RECIPE_LEVELS = 4
"""Maximum nesting of recipes to sort; the catalogue rejects deeper ones."""

SPOOL_BYTES = 256 * 1024
"""Bytes copied from the spool at a time."""

CELLS_SEEN = 20_000
"""Maximum number of different cells examined per column to find its decimal sign."""
_OPEN = re.compile(r"(?<!\d)\d{1,3}[.,]\d{3}(?!\d)")
"""Matches a number whose separator may mark thousands or three decimals."""
_DATED = re.compile(r"[-_. ]*(\d{4}-?\d{2}-?\d{2}|\d{10,14})([-_T ]?\d{2,6})?$")
_ENDINGS = re.compile(r"(\.(csv|tsv|txt|json|jsonl|ndjson|xlsx|xml|gz|zip))+$", re.I)


def main() -> int:
    """Handle one `ReadRequest`; 0 if the file was read."""
    out = sys.stdout.buffer
    ask = msgspec.json.decode(sys.stdin.buffer.read(), type=ReadRequest)
    child.be_bounded(MEMORY_BYTES, cpu_limit_s(ask))
    try:
        with tempfile.TemporaryFile() as spool:
            confine([ask.path])
            for message in read(ask, spool):
                if isinstance(message, bytes):
                    out.write(message)
                else:
                    write_frame(out, message)
                out.flush()
        return 0
    except EdgeError as error:
        frame = FailedFrame(error.what, error.advice, error.key, error.values)
    except MemoryError:
        failed = refusal("memory", file=Path(ask.path).name)
        frame = FailedFrame(failed.what, failed.advice, failed.key, failed.values)
    except BrokenPipeError:
        return 1  # the client no longer reads
    write_frame(out, frame)
    out.flush()
    return 1


def read(ask: ReadRequest, file: IO[bytes]) -> Iterator[Frame | bytes]:
    """Yield the contents of a file as messages, or as bytes of many messages, using the unnamed empty `file`.

    Raises `EdgeError`.
    """
    settings = ask.settings
    path = readable(ask.path, settings)
    with open_table(path, settings.language) as table:
        published = find_published(table.header) if ask.mapping is None else None
        rows = table.rows
        if published:
            rows = published.rows(table.header, table.rows, _has(ask.words), settings.clean_names)
        sample = list(islice(rows, ask.sample or SAMPLE_ROWS))
        layout = published.mapping if published else _layout(ask, table.header, sample, path.name)
        sharing = NameSharing()
        if not (published or layout.implied) and (ask.asks or ask.mapping is None):
            sharing = _name_sharing(path, layout, settings.language)
            layout = layout if ask.mapping else _with_axes(layout, sharing.axes)
        mapping.check_currency(layout, settings.currency, path.name)
        if not (ask.sample or published or layout.implied or layout.decimal):
            layout = msgspec.structs.replace(layout, hint=_decimal_sign(path, layout, settings.language))
        converter = Converter(layout, settings, frozenset(ask.categories), ask.words)
        families = Families(layout, converter)
        began = _began(path, table.what, layout, converter, sample)
        asked = sharing.asked if sharing.asked is not None else next(iter(sharing.axes), None) if ask.mapping else None
        if asked is not None:
            began = msgspec.structs.replace(began, apart=table.header[asked], apart_rows=sharing.rows)
        if ask.sample:
            began = msgspec.structs.replace(began, shares=_shares(layout, [*sample, *islice(rows, SHARE_ROWS)]))
        yield began
        if ask.sample:
            yield from _sample_frames(sample, families, converter)
            return
        spool, sums = _Spool(file), _ColumnSums(layout) if ask.asks else None
        for entry in _entries(chain(sample, rows), families, sums):
            spool.add(entry)
            if spool.rows % REPORT_ROWS == 0:
                yield ReadingFrame(spool.rows)
        yield Categories(converter.tree.new())
        counted = spool.finish_count()
        added_up = {"sums": sums.add_up(), "left_sums": sums.add_up(is_left=True)} if sums else {}
        yield msgspec.structs.replace(counted, **added_up)
        yield from spool.frames()


def _layout(ask: ReadRequest, header: tuple[str, ...], sample: list[TableRow], file: str) -> mapping.ColumnMapping:
    """Layout from the mapping or the header. Raises `EdgeError` if insufficient."""
    language = ask.settings.language
    if ask.mapping is not None:
        return mapping.load(ask.mapping, "mapping.toml", header, language)
    cells = [row.cells for row in sample if not row.fault]
    spoken = mapping.names_language(header, cells, language)
    found = mapping.suggest(header, spoken) if ask.sample else mapping.guess(header, spoken, file)
    found = _without_kinds(found, cells)
    return found if ask.asks else without_strangers(found, cells, ask.settings)


def _name_sharing(path: Path, layout: mapping.ColumnMapping, language: str) -> NameSharing:
    """Find the columns that distinguish products with the same name in a file."""
    with open_table(path, language) as table:
        return find_name_sharing(layout, (row.cells for row in table.rows if not row.fault))


def _with_axes(layout: mapping.ColumnMapping, axes: Sequence[int]) -> mapping.ColumnMapping:
    """A layout in which these columns are options of variants."""
    if not axes:
        return layout
    kept = {field: places for field, places in layout.places.items() if not set(places) & set(axes)}
    options = {f"option.{number}.value": (place,) for number, place in enumerate(axes, 1)}
    return msgspec.structs.replace(layout, places=kept | options)


def _decimal_sign(path: Path, layout: mapping.ColumnMapping, language: str) -> Literal["point", "comma"] | None:
    """The decimal sign shared by a file's money columns; None if it can't be determined or isn't needed."""
    money = [layout.places[field][0] for field in layout.places if field in SUMMED or field.startswith("price.")]
    cells: list[dict[str, None]] = [{} for _ in money]
    with open_table(path, language) as table:
        for row in table.rows:
            for place, seen in zip(money, cells, strict=True):
                if place < len(row.cells) and len(seen) < CELLS_SEEN:
                    seen[row.cells[place]] = None
    if not any(map(_OPEN.search, chain.from_iterable(cells))):
        return None
    marks = {mark_of(seen) for seen in cells} - {""}
    return next((one for one in ("point", "comma") if marks == {one}), None)


def _without_kinds(layout: mapping.ColumnMapping, rows: list[list[str]]) -> mapping.ColumnMapping:
    """A copy of the layout without the category column if that column contains inventory types."""
    (place,) = layout.places.get("category", (None,))
    if layout.implied or place is None:
        return layout
    cells = [row[place] for row in rows if place < len(row)]
    if not says_how_kept(layout.header[place], cells):
        return layout
    kept = {field: places for field, places in layout.places.items() if field != "category"}
    return msgspec.structs.replace(layout, places=kept)


def _has(words: CategoryWords) -> Callable[[str], bool]:
    """Return a function that says whether a word means one of the shop's categories."""
    return lambda word: words.id_of(word) is not None


def source_of(name: str) -> str:
    """Source of a file from its name, without extensions and timestamp.

    >>> source_of("PriceFull7290027600007-413-202608140300.xml.gz"), source_of("prices 2026-08-14.csv")
    ('PriceFull7290027600007-413', 'prices')
    """
    bare = _ENDINGS.sub("", name)
    return (_DATED.sub("", bare) or bare)[:80]


def _began(path: Path, what: str, layout: mapping.ColumnMapping, converter: Converter, sample: list[TableRow]) -> Began:
    checksum = digest_of(path)[:CHECKSUM_CHARS]
    shown = tuple(tuple(cell[:80] for cell in row.cells) for row in sample[:SAMPLE_ROWS] if not row.fault)
    taken = {place for places in layout.places.values() for place in places}
    cells = [row.cells for row in sample if not row.fault]
    unread = () if layout.implied else unread_money(layout.header, taken, cells)
    fields = {layout.header[place]: field for field, places in layout.places.items() for place in places}
    return Began(
        what,
        layout.header,
        mapping.write(layout, shown),
        fields,
        layout.source or source_of(path.name),
        checksum,
        converter.code_column,
        layout.implied,
        not mapping.lacking(layout),
        mapping.is_whole(layout) and not unread,
        shown,
        unread_money=unread,
    )


def _shares(layout: mapping.ColumnMapping, rows: list[TableRow]) -> tuple[str, ...]:
    """THC columns whose numbers are all at most 1: users are asked whether 0.21 means 21 %.

    CBD columns are only included along with THC, because most plants have less than 1 % CBD.
    """
    found: dict[str, str] = {}
    for field, places in layout.places.items():
        if field.casefold() not in SHARED:
            continue
        texts = (row.cells[places[0]] for row in rows if not row.fault and places[0] < len(row.cells))
        said = [one for text in texts if (one := is_share(text)) is not None]
        if len(said) >= SHARES_LEAST and all(said):
            found[field.casefold()] = layout.header[places[0]]
    return tuple(found.values()) if THC in found else ()


def _sample_frames(sample: list[TableRow], families: Families, converter: Converter) -> Iterator[Frame]:
    entries = tuple(_entries(sample, families))
    yield Categories(converter.tree.new())
    yield CountFrame(len(sample), bytes(len(sample) // 8 + 1))
    yield Entries(entries)


def _entries(rows: Iterable[TableRow], families: Families, sums: _ColumnSums | None = None) -> Iterator[EntryFrame]:
    for place, (row, found) in enumerate(families.entries(rows)):
        if sums and not is_total_row(row.cells):
            sums.see(row.cells, is_left=found is None or isinstance(found, JobIssue))
        if isinstance(found, JobIssue):
            yield EntryFrame(place, row.line, None, found)
        else:
            yield EntryFrame(place, row.line, found)


class _ColumnSums:
    """Totals of a file's price and cost columns, including rows that aren't imported."""

    def __init__(self, layout: mapping.ColumnMapping) -> None:
        summed = (*SUMMED, *(field for field in layout.places if field.startswith("price.")))
        self._places = {field: layout.places[field][0] for field in summed if field in layout.places}
        self._decimal = layout.decimal
        self._cells: dict[str, Counter[str]] = {field: Counter() for field in self._places}
        self._left: dict[str, Counter[str]] = {field: Counter() for field in self._places}

    def see(self, cells: Sequence[str], is_left: bool) -> None:
        for field, place in self._places.items():
            if place < len(cells):
                self._cells[field][cells[place]] += 1
                if is_left:
                    self._left[field][cells[place]] += 1

    def add_up(self, is_left: bool = False) -> dict[str, str]:
        sums = {}
        for field, cells in self._cells.items():
            mark = self._decimal or mark_of(cells)
            wanted = self._left[field] if is_left else cells
            sums[field] = str(sum((amount_of(cell, mark) or 0) * times for cell, times in wanted.items()))
        return sums


class _Spool:
    """All converted rows on disk, and the last position of each product."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._batch: list[EntryFrame] = []
        self._bundles: list[EntryFrame] = []
        self._last: dict[str, int] = {}
        self._superseded: list[int] = []
        self.rows = 0

    def add(self, entry: EntryFrame) -> None:
        self.rows += 1
        if entry.said is not None:
            product = entry.said.product
            if (earlier := self._last.get(product.sku)) is not None:
                self._superseded.append(earlier)
            self._last[product.sku] = entry.place
            if product.parts:
                self._bundles.append(entry)
                return
        self._batch.append(entry)
        if len(self._batch) == BATCH_ROWS:
            self._flush()

    def finish_count(self) -> CountFrame:
        """Finish the input; return the number of rows."""
        self._batch += _inner_first(self._bundles)
        self._flush()
        superseded = bytearray(self.rows // 8 + 1)
        for place in self._superseded:
            superseded[place // 8] |= 1 << place % 8
        return CountFrame(self.rows, bytes(superseded))

    def frames(self) -> Iterator[bytes]:
        """Spooled messages."""
        self._file.seek(0)
        while block := self._file.read(SPOOL_BYTES):
            yield block

    def _flush(self) -> None:
        for at in range(0, len(self._batch), BATCH_ROWS):
            write_frame(self._file, Entries(tuple(self._batch[at : at + BATCH_ROWS])))
        self._batch.clear()


def _inner_first(bundles: list[EntryFrame]) -> list[EntryFrame]:
    """Sort composite products after the recipes they use; recipes nested too deeply stay last."""
    found, rest = list[EntryFrame](), bundles
    for _ in range(RECIPE_LEVELS):
        inner = {entry.said.product.sku for entry in rest if entry.said}
        ready = [entry for entry in rest if not inner & _parts_used(entry)]
        found += ready
        rest = [entry for entry in rest if inner & _parts_used(entry)]
    return found + rest


def _parts_used(entry: EntryFrame) -> set[str]:
    """Parts used by a row's product."""
    return {part.sku for part in entry.said.product.parts or ()} if entry.said else set()


if __name__ == "__main__":
    sys.exit(main())
