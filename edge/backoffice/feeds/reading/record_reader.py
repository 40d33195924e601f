"""Process that reads a file of records: `python -m edge.backoffice.feeds.reading.record_reader`.

Reads a `ReadRecords` as JSON from standard input, and answers with one `RecordsRead` (reader_client.py). A malicious
file can't affect the till.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from edge.backoffice.feeds.commands import VALUE_CHARS
from edge.backoffice.feeds.reading.layout import (
    JOINED_BY,
    KEYS,
    LINE_FIELDS,
    Layout,
    currency_of_headings,
    layout_of,
    places_of,
)
from edge.backoffice.feeds.reading.line_records import join_rows, kept_rows
from edge.backoffice.feeds.reading.page_offers import SUFFIX, PageRead, offers_of
from edge.backoffice.feeds.reading.reader_client import CPU_S, ReadRecord, ReadRecords, RecordsRead
from edge.core.messages import Refusal
from edge.core.process import child
from edge.goods.ingest.import_folders import digest_of
from edge.lib.errors import EdgeError
from edge.lib.tables import open_table, refusal

MEMORY_BYTES = 2 * 1024**3


def main() -> int:
    """Answer one request."""
    return child.answer(_answer, MEMORY_BYTES, CPU_S, _reads)


def _reads(asked: bytes) -> tuple[str]:
    return (msgspec.json.decode(asked, type=ReadRecords).path,)


def _answer(asked: bytes) -> bytes:
    wanted = msgspec.json.decode(asked, type=ReadRecords)
    try:
        found = read(wanted)
    except EdgeError as error:
        found = RecordsRead(why=error.what, key=error.key, values=dict(error.values))
    except Refusal as error:
        found = RecordsRead(why=error.code, key=f"refused.{error.code}", values=dict(error.refused.values))
    except MemoryError:
        failed = refusal("memory", file=Path(wanted.path).name)
        found = RecordsRead(why=failed.what, key=failed.key, values=failed.values)
    return msgspec.json.encode(found)


def read(ask: ReadRecords) -> RecordsRead:
    """Read the contents of a file. Raises `NeedsHuman` or `Refusal` if it can't be imported."""
    path = Path(ask.path)
    layout = layout_of(ask.mapping, ask.entity_type)
    if path.suffix == SUFFIX:
        return RecordsRead(tuple(_offers(path, layout)), digest_of(path))
    with open_table(path, ask.language) as table:
        places = places_of(layout, ask.entity_type, table.header, ask.currency)
        currency = currency_of_headings(places, ask.entity_type, table.header, ask.currency, path.name)
        stated = {"currency": currency} if currency else {}
        records: list[ReadRecord] = []
        columns = _columns_of(table.header)
        for row in table.rows:
            if len(records) == ask.most:
                raise Refusal("feed_too_large", {"limit": ask.most})
            said = {field: row.cells[at].strip() for field, at in places.items() if at < len(row.cells)}
            cells = {field: text[:VALUE_CHARS] for field, text in said.items() if text}
            raw = kept_rows([{column: text for column, text in zip(columns, row.cells, strict=False) if text}])
            records.append(ReadRecord(row.line, {**stated, **layout.values, **cells}, row.fault, raw))
    if ask.entity_type in LINE_FIELDS:
        keys = JOINED_BY.get(ask.entity_type, KEYS[ask.entity_type][:1])
        records = join_rows(records, keys, LINE_FIELDS[ask.entity_type])
    return RecordsRead(tuple(records), digest_of(path))


def _columns_of(header: Sequence[str]) -> list[str]:
    """The name of each column. Unnamed and duplicate columns are named by number."""
    times = Counter(header)
    return [text if text and times[text] == 1 else f"{text} ({at})".lstrip() for at, text in enumerate(header, 1)]


def _offers(path: Path, layout: Layout) -> Iterator[ReadRecord]:
    """The offers in a competitor's pages. A record's line is the number of its page."""
    for line, text in enumerate(path.read_bytes().splitlines(), 1):
        for cells in offers_of(msgspec.json.decode(text, type=PageRead)):
            short = {field: said[:VALUE_CHARS] for field, said in cells.items()}
            yield ReadRecord(line, {**short, **layout.values}, raw_data=kept_rows([cells]))


if __name__ == "__main__":
    sys.exit(main())
