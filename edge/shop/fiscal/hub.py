"""How the hub turns facts before the law into what head office knows of it: laws, closings and files of each store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.shop.fiscal.events import FiscalFileMade, PeriodClosed
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import Column, Table, place
from sync.hub.table_projector import TableProjector
from sync.wire import Row

CLOSING = Table(
    "fiscal_closing",
    "Days, months and years of each store's registers that are closed by a tax law's rule.",
    *place(),
    Column("regime", "text", "The law: fr.", "event.regime", key=True),
    Column("register", "text", "The register.", "event.of_register", key=True),
    Column("kind", "text", "day, month or year.", "event.kind", key=True),
    Column("period", "text", "2026-11-03, 2026-11 or 2026.", "event.period", key=True),
    Column("papers", "bigint", "How many receipts it had.", "event.papers"),
    Column("total_minor", "bigint", "What they come to with tax, in minor units.", "event.total_minor"),
    Column("perpetual_minor", "bigint", "The same of all since the law holds.", "event.perpetual_minor"),
    Column("absolute_minor", "bigint", "The sum of their absolute values.", "event.absolute_minor"),
    Column("signature", "text", "Its signature, chained to the closing before.", "event.signature"),
)
FILE = Table(
    "fiscal_file",
    "Files for tax authorities that stores made.",
    *place(),
    Column("identifier", "bigint", "The random number of the file.", "event.identifier", key=True),
    Column("regime", "text", "The law that wants it.", "event.regime"),
    Column("kind", "text", "archive, uniform or dep.", "event.kind"),
    Column("since", "text", "The first day in it.", "event.since"),
    Column("until_day", "text", "The last day in it.", "event.until"),
    Column("sha256", "text", "Of its bytes, hexadecimal.", "event.sha256"),
    Column("records", "bigint", "How many records it has.", "event.records"),
)
_CLOSED, _MADE = CLOSING.upsert(), FILE.upsert()


class FiscalTables(TableProjector):
    """A projector of the hub (see `sync.hub.projection_runner.Projector`)."""

    name = "fiscal"
    version = 1
    tables = (CLOSING, FILE)
    reads = (
        CLOSING.read("fiscal_closings", Filter("store", "store"), Filter("kind", "kind"), Filter("period", "period")),
        FILE.read("fiscal_files", Filter("store", "store"), Filter("regime", "regime")),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        return {PeriodClosed.__name__: self._closed, FiscalFileMade.__name__: self._made}

    async def _closed(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        await connection.executemany(_CLOSED, [CLOSING.record(fact) for fact in self.facts(key, rows)])

    async def _made(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        await connection.executemany(_MADE, [FILE.record(fact) for fact in self.facts(key, rows)])
