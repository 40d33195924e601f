"""A catalogue file into the shop, as a job: reading -> rows of text -> a layout -> products or notes.

Where a file says something about the same product twice, the last good row counts and
only that one is written: a first pass over the file remembers which rows are superseded.
So the same file again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from edge.catalog.commands import SetProducts
from edge.catalog.product import Product, Source
from edge.core.errors import NeedsHuman
from edge.core.shapes import Chunk, Note
from edge.ingest import mapping
from edge.ingest.reading import Row, Table, find_format, open_table
from edge.ingest.rows import VALUE_CHARS, Converter

ROWS_LIMIT = 1_000_000
"""Rows of one file (the first pass remembers each product: about 150 bytes). A longer one is refused as a whole."""

CHUNK_PRODUCTS = 50
"""Products of one command: what the writer sets within its 5 ms."""

CHUNK_BYTES = 96 * 1024
"""Of products in one command, as JSON, before it is closed."""

CHUNK_ROWS = 2_000
CHUNK_NOTES = 100
"""Rows and notes of one step, so that the progress moves where little is taken."""

_encode = msgspec.json.Encoder().encode


class ImportSettings(msgspec.Struct, frozen=True):
    """What a file that does not say it means: the currency of prices, the language of names, the tax class."""

    currency: str
    language: str
    tax_class: str


def import_total(settings: ImportSettings) -> Callable[[Any], int]:
    """Counts the rows of the file in a job's parameters (`path`, `mapping`)."""

    def total(params: Any) -> int:
        with _opened(settings, params) as (table, _):
            count = sum(1 for _ in islice(table, ROWS_LIMIT + 1))
        if count > ROWS_LIMIT:
            raise NeedsHuman(f"{params['path']} has more than {ROWS_LIMIT} rows.", "Split it.")
        return count

    return total


def import_chunks(settings: ImportSettings) -> Callable[[Any, int], Iterator[Chunk]]:
    """Cuts the rows behind a cursor (in rows) into commands."""

    def chunks(params: Any, cursor: int) -> Iterator[Chunk]:
        superseded = _superseded(settings, params)
        source = Path(params["path"]).name
        with _opened(settings, params) as (table, converter):
            chunk = _Chunk(source, converter.code_column, cursor)
            for row in islice(table, cursor, None):
                taken = None if chunk.cursor in superseded else converter.convert(row)
                if chunk.add(row, taken):
                    yield chunk.done()
                    chunk = _Chunk(source, converter.code_column, chunk.cursor)
            if chunk.rows:
                yield chunk.done()

    return chunks


class _Chunk:
    """One step of the job, being filled."""

    def __init__(self, source: str, code_column: str, cursor: int) -> None:
        self._source = source
        self._code_column = code_column
        self._products: list[Product] = []
        self._lines: dict[str, int] = {}
        self._notes: list[Note] = []
        self._bytes = 0
        self.cursor = cursor
        self.rows = 0

    def add(self, row: Row, taken: Product | Note | None) -> bool:
        """Put in what became of the next row; True if the chunk is full."""
        self.cursor += 1
        self.rows += 1
        if isinstance(taken, Product):
            self._products.append(taken)
            self._lines[taken.sku] = row.line
            self._bytes += len(_encode(taken))
        elif taken is not None:
            self._notes.append(taken)
        return (
            len(self._products) >= CHUNK_PRODUCTS
            or self._bytes >= CHUNK_BYTES
            or self.rows >= CHUNK_ROWS
            or len(self._notes) >= CHUNK_NOTES
        )

    def done(self) -> Chunk:
        lines = tuple(self._lines[product.sku] for product in self._products)
        commands = (SetProducts(tuple(self._products), Source(self._source), lines),) if self._products else ()
        return Chunk(commands, self.cursor, tuple(self._notes), self._taken_codes)

    def _taken_codes(self, results: tuple[Any, ...]) -> tuple[Note, ...]:
        """Notes on the codes that another product kept."""
        taken = [found for result in results for found in result or ()]
        return tuple(
            (self._lines[sku], self._code_column, code[:VALUE_CHARS], f"belongs to product {owner}")
            for sku, code, owner in taken
        )


def _superseded(settings: ImportSettings, params: Any) -> set[int]:
    """The places (from 0) of good rows behind which another good row of the same product stands."""
    last: dict[str, int] = {}
    superseded = set()
    with _opened(settings, params) as (table, converter):
        for place, row in enumerate(islice(table, ROWS_LIMIT)):
            product = converter.convert(row)
            if isinstance(product, Product):
                if (earlier := last.get(product.sku)) is not None:
                    superseded.add(earlier)
                last[product.sku] = place
    return superseded


@contextmanager
def _opened(settings: ImportSettings, params: Any) -> Iterator[tuple[Table, Converter]]:
    path = Path(params["path"])
    with open_table(path, find_format(path, settings.language)) as table:
        layout = (
            mapping.load(Path(params["mapping"]), table.header, settings.language)
            if params["mapping"]
            else mapping.guess(table.header, settings.language, path.name)
        )
        yield table, Converter(layout, settings.currency, settings.tax_class)
