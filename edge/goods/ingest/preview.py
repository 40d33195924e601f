"""What a file would become, before anything of it is taken: how its columns are understood, and its first rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import msgspec

from edge.core.jobs.store import JobNote
from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.catalog.product import Product
from edge.goods.ingest.ipc import Began, Entries, EntryFrame, ReadRequest
from edge.goods.ingest.mapping.category_words import words_of
from edge.goods.ingest.mapping.row_converter import ImportSettings
from edge.goods.ingest.reader_client import FileReader

ROWS = Annotated[int, msgspec.Meta(ge=1, le=100)]


class PreviewRow(msgspec.Struct, frozen=True):
    """A row, by its line, as the product that it would become, and what is wrong with it."""

    line: int
    product: Product | None
    notes: tuple[JobNote, ...] = ()


class Preview(msgspec.Struct, frozen=True):
    """How a file is understood: `mapping` as TOML, `fields` by column; `samples` are cells of its first rows.

    `importable`: there is enough in it for an import. `complete`: name, number and price have a column, at least 99 %
    of the rows that were looked at are taken, and no column of money is left (`unread_money`). `source`: whose word it
    is taken for. `shares`: columns of percentages whose values are all 1 or less, so that they may be shares of one:
    the field `share.NAME` takes them so.
    """

    what: str
    source: str
    mapping: str
    header: tuple[str, ...]
    fields: dict[str, str]
    samples: tuple[tuple[str, ...], ...]
    complete: bool
    rows: tuple[PreviewRow, ...]
    shares: tuple[str, ...] = ()
    importable: bool = True
    unread_money: tuple[str, ...] = ()


def preview_query(settings: ImportSettings) -> Callable[..., Preview]:
    """The query of a store with these settings."""

    def preview_import(db: Connection, path: str, mapping: str = "", rows: ROWS = 10) -> Preview:
        """What the first `rows` of a catalogue file would become, with a mapping (TOML) or with what is guessed."""
        known = read_categories(db) if db else []
        ids = tuple(category.id for category in known)
        reader = FileReader(ReadRequest(path, mapping or None, settings, ids, words_of(known), rows))
        try:
            frames = reader.frames()
            began = reader.began(frames)
            found = [entry for frame in frames if isinstance(frame, Entries) for entry in frame.entries]
        finally:
            reader.close()
        return _preview(began, tuple(_row(entry) for entry in found))

    return preview_import


def _preview(began: Began, rows: tuple[PreviewRow, ...]) -> Preview:
    refused = sum(row.product is None and bool(row.notes) for row in rows)
    return Preview(
        began.what,
        began.source,
        began.mapping,
        began.header,
        began.fields,
        began.samples,
        began.complete and refused * 100 <= len(rows),
        rows,
        began.shares,
        began.importable,
        began.unread_money,
    )


def _row(entry: EntryFrame) -> PreviewRow:
    notes = entry.said.notes if entry.said else (entry.note,) if entry.note else ()
    told = tuple(JobNote(n.line, n.field, n.value, n.reason, n.values) for n in notes)
    return PreviewRow(entry.line, entry.said.product if entry.said else None, told)
