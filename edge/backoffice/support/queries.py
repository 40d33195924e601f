"""Queries on support."""

from __future__ import annotations

import msgspec

from edge.core.storage.database import Connection

SHOWN = 50
_FIELDS = "id, question, reason, asked_by, asked_us, until_us, seal_to, state, digest, size_bytes, help, subject, why"
_HELP = "SELECT id, begun_us, until_us, ended_us FROM support_help"


class SupportCase(msgspec.Struct, frozen=True):
    """A request of head office, with its deadline (microseconds) and state: asked, agreed, declined, sent, lapsed,
    refused. `help`, `subject`: see `SupportHelpAsked`; `why`: the reason it was refused."""

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
    help: str = ""
    subject: str = ""
    why: str = ""


class SupportHelp(msgspec.Struct, frozen=True):
    """A period of remote help (microseconds). `ended_us` is 0 unless it was ended."""

    id: str
    begun_us: int
    until_us: int
    ended_us: int


class SupportLeave(msgspec.Struct, frozen=True):
    """Permission to send answers without approval until this time (UTC microseconds). If it's 0 or past, each needs
    approval."""

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


def newest_help(db: Connection) -> SupportHelp | None:
    """The newest period of remote help, whether ended or not."""
    found = db.execute(f"{_HELP} ORDER BY seq DESC LIMIT 1").fetchone()
    return SupportHelp(*found) if found else None


def current_help(db: Connection, now_us: int) -> SupportHelp | None:
    """The period of remote help at a time, or None."""
    found = newest_help(db)
    return found if found and not found.ended_us and found.begun_us <= now_us < found.until_us else None


def help_cases(db: Connection, help: str) -> list[SupportCase]:
    """The requests in a period of remote help, newest first."""
    rows = db.execute(f"SELECT {_FIELDS} FROM support_case WHERE help = ? ORDER BY asked_us DESC, id", (help,))
    return [SupportCase(*row) for row in rows]


def count_help_requests(db: Connection, help: str) -> int:
    """The number of requests in a period of remote help, including refused ones."""
    return int(db.execute("SELECT count(*) FROM support_case WHERE help = ?", (help,)).fetchone()[0])


def support_leave(db: Connection) -> SupportLeave:
    """The most recent permission."""
    found = db.execute("SELECT until_us FROM support_leave").fetchone()
    return SupportLeave(found[0] if found else 0)
