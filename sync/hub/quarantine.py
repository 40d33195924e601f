"""Events that the hub stored but couldn't project: list them, and retry.

They're in the journal like other events, and `quarantine` has the reason. After an upgrade they're retried
automatically (see `hub.projection_runner`); `retry` is for other causes.
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
"""Rows to read at a time: few, as bodies may be long."""


class Where(msgspec.Struct, frozen=True):
    """A tenant, store or device; None: all."""

    tenant: str | None = None
    store: str | None = None
    device: str | None = None


class Bad(msgspec.Struct, frozen=True):
    """An event, and the reason why `projector` failed. `body`: its JSON as written by the shop."""

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
    """A device to be projected again from its first row.

    `archived`: it has to wait until its archived rows are restored.
    """

    key: Key
    projector: str
    archived: bool


async def read_quarantine(pool: Pool, where: Where) -> AsyncIterator[Bad]:
    """All quarantined events, in order."""
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
    """The number of quarantined events."""
    found: int = await pool.fetchval(sql.load("quarantine.sql")["count"], *astuple(where))
    return found


async def retry(pool: Pool, where: Where) -> list[Again]:
    """Project all devices with quarantined events again; a worker begins within `limits.SWEEP_S`."""
    found = await pool.fetch(sql.load("quarantine.sql")["retry"], *astuple(where))
    return [Again(Key(*record[:3]), *record[3:]) for record in found]
