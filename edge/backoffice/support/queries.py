"""Queries on support."""

from __future__ import annotations

import msgspec

from edge.core.storage.database import Connection

SHOWN = 50
_FIELDS = "id, question, reason, asked_by, asked_us, until_us, seal_to, state, digest, size_bytes"


class SupportCase(msgspec.Struct, frozen=True):
    """A request of head office, its deadline (microseconds) and state: asked, agreed, declined, sent, lapsed."""

    id: str
    question: str
    reason: str
    asked_by: str
    asked_us: int
    until_us: int
    seal_to: str
    state: str
    digest: str
    size_bytes: int


class SupportLeave(msgspec.Struct, frozen=True):
    """Until when (microseconds) answers need no approval; 0 or past: each does."""

    until_us: int


def support_case(db: Connection, id: str) -> SupportCase | None:
    """A case by id, or None."""
    found = db.execute(f"SELECT {_FIELDS} FROM support_case WHERE id = ?", (id,)).fetchone()
    return SupportCase(*found) if found else None


def support_cases(db: Connection) -> list[SupportCase]:
    """Cases, newest first, 50 at most."""
    rows = db.execute(f"SELECT {_FIELDS} FROM support_case ORDER BY asked_us DESC, id LIMIT ?", (SHOWN,))
    return [SupportCase(*row) for row in rows]


def open_cases(db: Connection) -> list[SupportCase]:
    """Cases waiting for approval or sending, oldest first; 50 at most."""
    rows = db.execute(
        f"SELECT {_FIELDS} FROM support_case WHERE state IN ('asked', 'agreed') ORDER BY asked_us, id LIMIT ?", (SHOWN,)
    )
    return [SupportCase(*row) for row in rows]


def support_leave(db: Connection) -> SupportLeave:
    """The permission given last."""
    found = db.execute("SELECT until_us FROM support_leave").fetchone()
    return SupportLeave(found[0] if found else 0)
