"""Store boxes' diagnostics at head office as they arrive in pieces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import astuple

from edge.backoffice.support.events import (
    SupportAgreed,
    SupportAllowed,
    SupportAsked,
    SupportDeclined,
    SupportLapsed,
    SupportSent,
)
from edge.backoffice.support.head_office_messages import ANSWER_BYTES, PIECE_BYTES, SupportTaken, encode, piece_of
from sync.hub.api.keys import BOXES
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import Column, Fact, Table, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

_STATES: Mapping[type, str] = {
    SupportAsked: "asked",
    SupportAgreed: "agreed",
    SupportDeclined: "declined",
    SupportSent: "sent",
    SupportLapsed: "lapsed",
}


def _state(fact: Fact) -> str:
    return _STATES[type(fact.event)]


def _by_leave(fact: Fact) -> bool:
    return isinstance(fact.event, SupportAgreed) and fact.event.by_leave


CASE = Table(
    "support_case",
    "Support requests to boxes and their answers.",
    *place(device="The box."),
    Column("id", "text", "Support case.", "event.case", key=True),
    Column("state", "text", "asked, agreed, declined, sent or lapsed.", _state),
    Column("by_leave", "boolean", "Whether a temporary permission approved it.", _by_leave),
    Column("changed_at", "timestamptz", "Time of the last change.", "row.at_us"),
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
_SET, _ALLOW = CASE.upsert(), LEAVE.upsert()
_ASKED = """
    SELECT EXISTS (SELECT FROM support_ask WHERE tenant = $1 AND store = $2 AND id = $3
                   AND asked_at > now() - interval '14 days')
"""
_PUT = """
    INSERT INTO support_piece (tenant, store, device, id, n, of_pieces, body) VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (tenant, store, device, id, n) DO UPDATE SET of_pieces = excluded.of_pieces, body = excluded.body
"""
_OVER = "DELETE FROM support_piece WHERE tenant = $1 AND at < now() - interval '14 days'"


class SupportTables(TableProjector):
    """Hub projector (see `sync.hub.projection_runner.Projector`)."""

    name = "support"
    version = 1
    tables = (CASE, LEAVE)
    reads = (
        CASE.read("support/cases", Filter("store", "store"), Filter("id", "id"), area=BOXES),
        LEAVE.read("support/leaves", Filter("store", "store"), area=BOXES),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._follow, *_STATES, SupportAllowed)

    async def _follow(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """Apply in order, as a case's last event counts."""
        for fact in self.facts(key, rows):
            if isinstance(fact.event, SupportAllowed):
                await connection.execute(_ALLOW, *LEAVE.record(fact))
            else:
                await connection.execute(_SET, *CASE.record(fact))


async def answer(connection: Any, key: Key, body: bytes) -> bytes:
    """Store a piece of a requested answer for 14 days; see `head_office_messages`."""
    piece = piece_of(body)
    if piece.n > piece.of or piece.of * PIECE_BYTES > ANSWER_BYTES:
        return encode(SupportTaken("unknown"))
    await connection.execute(_OVER, key.tenant)
    if not await connection.fetchval(_ASKED, key.tenant, key.store, piece.case):
        return encode(SupportTaken("unknown"))
    await connection.execute(_PUT, *astuple(key), piece.case, piece.n, piece.of, piece.data)
    return encode(SupportTaken("held"))
