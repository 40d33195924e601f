"""Tracks a box's sales during a manual failover at head office, receipt by receipt, and records each box's disk space
and clock error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import astuple

from edge.backoffice.office.events import AsideBroughtIn, AsideLeft, AsideReported
from edge.backoffice.office.head_office_messages import MachineTaken, encode, state_of
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import Column, Table, always, moment, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

ASIDE = Table(
    "put_aside",
    "Sales of a box made after the other one took over; not in any total until they are imported.",
    *place(device="The store's pair of boxes, treated as one device."),
    Column("command", "text", "Command that made it, on the box that sold it.", "event.command", key=True),
    Column("state", "text", "waits, brought_in or left.", always("waits")),
    Column("kind", "text", "sale, void or refund; empty: no receipt.", "event.kind"),
    Column("register", "text", "Register it was made at.", "event.register"),
    Column("number", "bigint", "Receipt number; 0: no receipt.", "event.number"),
    Column("total_minor", "bigint", "Total in minor units; negative: money paid out.", "event.total_minor"),
    Column("currency", "text", "Currency of the total; empty: no receipt.", "event.currency"),
    Column("business_date", "date", "The box's business day.", "event.day"),
    Column("done_at", "timestamptz", "Time it was made.", "event.done_us"),
    Column("facts", "bigint", "Number of events it recorded.", "event.facts"),
    Column("types", "jsonb", "Types of these events.", "event.types"),
    Column("reported_at", "timestamptz", "Time the active box received it.", "row.at_us"),
    Column("decided_by", "text", "User who decided.", null=True),
    Column("decided_at", "timestamptz", "Time of the decision.", null=True),
)
_REPORT = ASIDE.insert_once()
_DECIDE = """
    UPDATE put_aside SET state = $5, decided_by = $6, decided_at = $7
    WHERE tenant = $1 AND store = $2 AND device = $3 AND command = $4
"""

_CLOCK_MOST_MS = 2**53
_NOTE = """
    INSERT INTO box_machine (tenant, store, device, disk_mib, disk_free_mib, clock_ms, clock_doubted, told_at)
    VALUES ($1, $2, $3, $4, $5, least($6::bigint / 1000 - (extract(epoch FROM clock_timestamp()) * 1000)::bigint, $8),
            $7, now())
    ON CONFLICT (tenant, store, device) DO UPDATE SET disk_mib = excluded.disk_mib,
        disk_free_mib = excluded.disk_free_mib, clock_ms = excluded.clock_ms, clock_doubted = excluded.clock_doubted,
        told_at = excluded.told_at
"""


class AsideTables(TableProjector):
    """Hub projector (see `sync.hub.projection_runner.Projector`)."""

    name = "put_aside"
    version = 1
    keeps_orphans = True
    tables = (ASIDE,)
    reads = (ASIDE.read("put-aside", Filter("store", "store"), Filter("state", "state"), Filter("kind", "kind")),)

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._follow, AsideReported, AsideBroughtIn, AsideLeft)

    async def _follow(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        for fact in self.facts(key, rows):
            event, row = fact.event, fact.row
            if isinstance(event, AsideReported):
                await connection.execute(_REPORT, *ASIDE.record(fact))
                continue
            state = "brought_in" if isinstance(event, AsideBroughtIn) else "left"
            await connection.execute(_DECIDE, *astuple(key), event.command, state, row.actor, moment(row.at_us))


async def answer(connection: Any, key: Key, body: bytes) -> bytes:
    """Store a box's report about its machine; see `head_office_messages`."""
    said = state_of(body)
    values = said.disk_mib, said.disk_free_mib, said.at_us, said.clock_doubted
    await connection.execute(_NOTE, *astuple(key), *values, _CLOCK_MOST_MS)
    return encode(MachineTaken())
