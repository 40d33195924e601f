"""Stores boxes' diagnostics at head office as their pieces arrive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import astuple

from edge.backoffice.support.events import (
    SupportAgreed,
    SupportAllowed,
    SupportAsked,
    SupportDeclined,
    SupportHelpAsked,
    SupportHelpBegun,
    SupportHelpEnded,
    SupportLapsed,
    SupportRefused,
    SupportSent,
)
from edge.backoffice.support.head_office_messages import (
    ANSWER_BYTES,
    HELP_BYTES,
    PIECE_BYTES,
    SupportTaken,
    encode,
    piece_of,
)
from sync.hub.api.keys import BOXES
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import Column, Fact, Table, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

_STATES: Mapping[type, str] = {
    SupportAsked: "asked",
    SupportHelpAsked: "asked",
    SupportAgreed: "agreed",
    SupportDeclined: "declined",
    SupportSent: "sent",
    SupportLapsed: "lapsed",
    SupportRefused: "refused",
}


def _state(fact: Fact) -> str:
    return _STATES[type(fact.event)]


def _by_leave(fact: Fact) -> bool:
    return isinstance(fact.event, SupportAgreed) and fact.event.by_leave


def _why(fact: Fact) -> str:
    return fact.event.why if isinstance(fact.event, SupportRefused) else ""


def _until(fact: Fact) -> int | None:
    return fact.event.until_us if isinstance(fact.event, SupportHelpBegun) else None


def _end(fact: Fact) -> int | None:
    return fact.row.at_us if isinstance(fact.event, SupportHelpEnded) else None


CASE = Table(
    "support_case",
    "Support requests to boxes and their answers.",
    *place(device="The box."),
    Column("id", "text", "Support case.", "event.case", key=True),
    Column("state", "text", "asked, agreed, declined, sent, lapsed or refused.", _state),
    Column("by_leave", "boolean", "Whether a temporary permission approved it.", _by_leave),
    Column("changed_at", "timestamptz", "Time of the last change.", "row.at_us"),
    Column("why", "text", "Why the box refused a request of remote help.", _why, default="''"),
)
HELP = Table(
    "support_help",
    "Periods in which a store's manager allows remote help.",
    *place(device="The box."),
    Column("id", "text", "Period.", "event.help", key=True),
    Column("until_at", "timestamptz", "When it ends automatically.", _until, null=True),
    Column("ended_at", "timestamptz", "When it ended; null: not yet.", _end, null=True),
)
LEAVE = Table(
    "support_leave",
    "Temporary permissions to answer support requests without approval.",
    *place(device="The box."),
    Column(
        "until_us",
        "bigint",
        "End of the permission (UTC microseconds); 0: every request needs approval.",
        "event.until_us",
    ),
)
_SET, _ALLOW, _BEGIN, _END = CASE.upsert(), LEAVE.upsert(), HELP.upsert("until_at"), HELP.upsert("ended_at")
_ASKED = """
    SELECT help <> '' FROM support_ask WHERE tenant = $1 AND store = $2 AND id = $3
        AND asked_at > now() - interval '14 days'
"""
_PUT = """
    INSERT INTO support_piece (tenant, store, device, id, n, of_pieces, body) VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (tenant, store, device, id, n) DO UPDATE SET of_pieces = excluded.of_pieces, body = excluded.body
"""
_OVER = "DELETE FROM support_piece WHERE tenant = $1 AND at < now() - interval '14 days'"


class SupportTables(TableProjector):
    """Hub projector (see `sync.hub.projection_runner.Projector`)."""

    name = "support"
    version = 2
    tables = (CASE, LEAVE, HELP)
    reads = (
        CASE.read("support/cases", Filter("store", "store"), Filter("id", "id"), area=BOXES),
        LEAVE.read("support/leaves", Filter("store", "store"), area=BOXES),
        HELP.read("support/help", Filter("store", "store"), area=BOXES),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._follow, *_STATES, SupportAllowed, SupportHelpBegun, SupportHelpEnded)

    async def _follow(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """Apply events in order, as a case's last event determines its state."""
        for fact in self.facts(key, rows):
            if isinstance(fact.event, SupportAllowed):
                await connection.execute(_ALLOW, *LEAVE.record(fact))
            elif isinstance(fact.event, SupportHelpBegun | SupportHelpEnded):
                begins = isinstance(fact.event, SupportHelpBegun)
                await connection.execute(_BEGIN if begins else _END, *HELP.record(fact))
            else:
                await connection.execute(_SET, *CASE.record(fact))


async def answer(connection: Any, key: Key, body: bytes) -> bytes:
    """Store a piece of a requested answer for 14 days; see `head_office_messages`."""
    piece = piece_of(body)
    await connection.execute(_OVER, key.tenant)
    is_help = await connection.fetchval(_ASKED, key.tenant, key.store, piece.case)
    most = HELP_BYTES if is_help else ANSWER_BYTES
    if is_help is None or piece.n > piece.of or piece.of * PIECE_BYTES > most:
        return encode(SupportTaken("unknown"))
    await connection.execute(_PUT, *astuple(key), piece.case, piece.n, piece.of, piece.data)
    return encode(SupportTaken("held"))
