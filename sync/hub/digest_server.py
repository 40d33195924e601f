"""Digests of a device's rows at the hub, for comparison; see `sync.digests`."""

from __future__ import annotations

from functools import cache

from msgspec.structs import astuple

from sync import limits, lineage
from sync.hub import sql
from sync.hub.model import Key
from sync.hub.store import Store, load_epochs
from sync.wire import Digest, Digests


async def answer(store: Store, key: Key, asked: Digest) -> Digests:
    """The digests of the requested ranges, up to the last row, within the limits.

    It needs no lock of the device, as rows never change.
    """
    step, first = asked.step, asked.from_seq
    async with store.pool.acquire() as connection:
        record = await connection.fetchrow(_sql()["get_history"], *astuple(key))
        if record is None:
            return Digests(first, step, 0, 1, ())
        through, epochs, held_from = record
        rows = min(step * asked.count, limits.DIGEST_RANGES * limits.DIGEST_ROWS)
        last = min(through, first + rows - 1)
        if last < first or first < held_from:
            return Digests(first, step, through, held_from, ())
        spans = lineage.spans(load_epochs(epochs), first, last)
        columns = [list(column) for column in zip(*(astuple(span) for span in spans), strict=True)]
        found = await connection.fetch(_sql()["get_digests"], *astuple(key), *columns, first, step)
    made = dict(map(tuple, found))
    ranges = range((last - first) // step + 1)
    return Digests(first, step, through, held_from, tuple(made.get(place, b"") for place in ranges))


@cache
def _sql() -> dict[str, str]:
    return sql.load("digest_server.sql")
