"""Preview of a file: column mapping and first rows, before an import."""

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
    """A row by line, with the resulting product and faults."""

    line: int
    product: Product | None
    notes: tuple[JobNote, ...] = ()


class Preview(msgspec.Struct, frozen=True):
    """How a file would be read: `mapping` as TOML, `fields` by column; `samples`: cells of its first rows.

    `importable`: sufficient for an import. `complete`: name, number and price are mapped, at least 99 % of sampled rows
    are valid, and no money column is unused (`unread_money`). `source`: the assumed source. `shares`: percentage
    columns with values up to 1, possibly fractions: the field `share.NAME` converts them.
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
    """Preview query of a store with these settings."""

    def preview_import(db: Connection, path: str, mapping: str = "", rows: ROWS = 10) -> Preview:
        """Preview the first `rows` of a catalogue file, with a mapping (TOML) or a guessed one."""
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
