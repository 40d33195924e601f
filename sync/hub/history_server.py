"""Return a device's own history, for an empty box."""

from __future__ import annotations

from functools import cache

from msgspec.structs import astuple

from sync import limits, lineage, row_packing, wire
from sync.hub import sql
from sync.hub.model import Key
from sync.hub.store import Store, load_epochs
from sync.lineage import Span
from sync.wire import Fetch, Fetched, Row

ENVELOPE_BYTES = 128
"""Upper bound of the bytes by which a `Fetched` exceeds a `Rows` with the same block."""


async def give(store: Store, key: Key, asked: Fetch, room: int = limits.MESSAGE_BYTES) -> Fetched:
    """Return the extent of a device's stored history, or its rows up to the last acknowledged one. Read-only.

    The answer has at most `room` bytes. It needs no lock of the device, as rows never change and the receiver checks
    the chain.
    """
    statements = _sql()
    async with store.pool.acquire() as connection:
        record = await connection.fetchrow(statements["get_history"], *astuple(key))
        if record is None:
            return Fetched(asked.from_seq, 0, wire.origin(*astuple(key)))
        through, through_hash, saved = record
        epochs = load_epochs(saved)
        if asked.from_seq == 0:
            return Fetched(0, through, through_hash, epochs, orphans=await store.orphans(key))
        rows: list[Row] = []
        last = asked.from_seq + asked.count - 1
        spans = lineage.spans(epochs, asked.from_seq, min(through, last))
        if asked.epoch:
            held = await connection.fetchval(statements["last_of_epoch"], *astuple(key), asked.epoch)
            spans = [Span(asked.epoch, asked.from_seq, min(held or 0, last))]
        for span in spans:
            found = await connection.fetch(statements["get_rows"], *astuple(key), *astuple(span))
            rows += [Row(*row) for row in found]
    rows = [row for place, row in enumerate(rows) if row.seq == asked.from_seq + place]  # archives have the rest
    if not rows:
        return Fetched(asked.from_seq, through, through_hash)
    packed = row_packing.pack(rows[-1].epoch, rows, room - ENVELOPE_BYTES)
    return Fetched(asked.from_seq, through, through_hash, (), packed.count, packed.block)


@cache
def _sql() -> dict[str, str]:
    return sql.load("history_server.sql")
