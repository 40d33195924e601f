"""Events that the hub holds and could not project: which, why, and once more.

They stand in the journal like all others; `quarantine` has the reason. After an upgrade they are
tried again by themselves (see `hub.projecting`); `retry` is for when the cause was something else.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import msgspec
from msgspec.structs import astuple

from sync.hub import sql
from sync.hub.model import Key
from sync.hub.store import Pool

PAGE_ROWS = 200
"""Read at a time; bodies may be long."""


class Where(msgspec.Struct, frozen=True):
    """All of a tenant, a store or a device; None: of all."""

    tenant: str | None = None
    store: str | None = None
    device: str | None = None


class Bad(msgspec.Struct, frozen=True):
    """One event and why `projector` could not take it. `body` is its JSON as the shop wrote it."""

    key: Key
    projector: str
    epoch: int
    seq: int
    type: str
    version: int
    reason: str
    at: datetime
    body: bytes


class Again(msgspec.Struct, frozen=True):
    """A device that a projector will take from its first row on. `archived`: once its old rows are back."""

    key: Key
    projector: str
    archived: bool


async def read_quarantine(pool: Pool, where: Where) -> AsyncIterator[Bad]:
    """All there are, in order."""
    statement = sql.load("quarantine.sql")["get_page"]
    after: tuple[object, ...] = ("", "", "", "", 0, 0)
    while True:
        page = await pool.fetch(statement, *astuple(where), *after, PAGE_ROWS)
        for record in page:
            yield Bad(Key(*record[:3]), *record[3:])
        if len(page) < PAGE_ROWS:
            return
        after = tuple(page[-1])[:6]


async def count(pool: Pool, where: Where) -> int:
    """How many there are."""
    found: int = await pool.fetchval(sql.load("quarantine.sql")["count"], *astuple(where))
    return found


async def retry(pool: Pool, where: Where) -> list[Again]:
    """Have the devices that have events in quarantine projected again; a worker begins within `limits.SWEEP_S`."""
    found = await pool.fetch(sql.load("quarantine.sql")["retry"], *astuple(where))
    return [Again(Key(*record[:3]), *record[3:]) for record in found]
