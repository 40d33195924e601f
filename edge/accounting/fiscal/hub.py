"""Hub projection: laws, closings and files of each store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from edge.accounting.fiscal.events import FiscalFileMade, PeriodClosed, RegimeEnded, RegimeStarted, SigningKeyChanged
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import Column, Fact, Table, place
from sync.hub.table_projector import TableProjector
from sync.wire import Row

LAW = Table(
    "fiscal_law",
    "Tax regimes that apply or applied to each store.",
    *place(),
    Column("regime", "text", "Tax regime: il, fr, ca-qc, ca-on, at or de.", "event.regime", key=True),
    Column("since", "date", "First business day.", "event.since"),
    Column("until_day", "date", "Last business day; null: still in effect.", null=True),
    Column("why", "text", "closed, moved, other_system or mistaken; empty: still in effect.", default="''"),
    Column("software", "text", "Software version at the start.", "event.software"),
    Column("fiscal_version", "text", "Version of the signing code at the start.", "event.fiscal_version"),
    Column("keys_changed", "int", "Number of times the signing key was replaced.", default="0"),
    Column("closed_day", "date", "Latest day closed under the regime; null: none.", null=True),
    Column("file_day", "date", "Last day exported to the tax authority; null: none.", null=True),
)
CLOSING = Table(
    "fiscal_closing",
    "Days, months and years closed under a tax regime, by register.",
    *place(),
    Column("regime", "text", "Tax regime: fr.", "event.regime", key=True),
    Column("register", "text", "The register.", "event.of_register", key=True),
    Column("kind", "text", "day, month or year.", "event.kind", key=True),
    Column("period", "text", "2026-11-03, 2026-11 or 2026.", "event.period", key=True),
    Column("papers", "bigint", "Number of receipts.", "event.papers"),
    Column("total_minor", "bigint", "Total including tax, in minor units.", "event.total_minor"),
    Column(
        "perpetual_minor",
        "bigint",
        "Running total since the regime took effect, in minor units.",
        "event.perpetual_minor",
    ),
    Column("absolute_minor", "bigint", "Sum of the absolute values, in minor units.", "event.absolute_minor"),
    Column("signature", "text", "Signature, chained to the previous closing.", "event.signature"),
)
FILE = Table(
    "fiscal_file",
    "Files that stores created for tax authorities.",
    *place(),
    Column("identifier", "bigint", "Random file id.", "event.identifier", key=True),
    Column("regime", "text", "Tax regime that requires the file.", "event.regime"),
    Column("kind", "text", "archive, uniform or dep.", "event.kind"),
    Column("since", "text", "First day covered.", "event.since"),
    Column("until_day", "text", "Last day covered.", "event.until"),
    Column("sha256", "text", "SHA-256 of the file, hexadecimal.", "event.sha256"),
    Column("records", "bigint", "Number of records.", "event.records"),
)
_CLOSED, _MADE, _STARTED = CLOSING.upsert(), FILE.upsert(), LAW.upsert("since", "software", "fiscal_version")
_OF = "WHERE tenant = $1 AND store = $2 AND device = $3 AND regime = $4"
_BEGUN = f"UPDATE fiscal_law SET until_day = NULL, why = '' {_OF}"
_ENDED = f"UPDATE fiscal_law SET until_day = $5, why = $6 {_OF}"
_KEY = f"UPDATE fiscal_law SET keys_changed = keys_changed + 1 {_OF}"
_CLOSED_DAY = f"UPDATE fiscal_law SET closed_day = greatest(closed_day, $5) {_OF}"
_FILE_DAY = f"UPDATE fiscal_law SET file_day = greatest(file_day, $5) {_OF}"


class FiscalTables(TableProjector):
    """Projects fiscal events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "fiscal"
    version = 1
    tables = (LAW, CLOSING, FILE)
    reads = (
        LAW.read("fiscal_laws", Filter("store", "store"), Filter("regime", "regime")),
        CLOSING.read("fiscal_closings", Filter("store", "store"), Filter("kind", "kind"), Filter("period", "period")),
        FILE.read("fiscal_files", Filter("store", "store"), Filter("regime", "regime")),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        return {
            RegimeStarted.__name__: self._insert_starts,
            RegimeEnded.__name__: self._insert_ends,
            SigningKeyChanged.__name__: self._key_changed,
            PeriodClosed.__name__: self._insert_closings,
            FiscalFileMade.__name__: self._insert_files,
        }

    async def _insert_starts(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        for fact in self.facts(key, rows):
            await connection.execute(_STARTED, *LAW.record(fact))
            await connection.execute(_BEGUN, *_law(fact))

    async def _insert_ends(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        values = [(*_law(fact), _day(fact.event.until), fact.event.why) for fact in self.facts(key, rows)]
        await connection.executemany(_ENDED, values)

    async def _key_changed(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        await connection.executemany(_KEY, [_law(fact) for fact in self.facts(key, rows)])

    async def _insert_closings(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        facts = list(self.facts(key, rows))
        await connection.executemany(_CLOSED, [CLOSING.record(fact) for fact in facts])
        days = [(*_law(fact), _day(fact.event.period)) for fact in facts if fact.event.kind == "day"]
        await connection.executemany(_CLOSED_DAY, days)

    async def _insert_files(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        facts = list(self.facts(key, rows))
        await connection.executemany(_MADE, [FILE.record(fact) for fact in facts])
        await connection.executemany(_FILE_DAY, [(*_law(fact), _day(fact.event.until)) for fact in facts])


def _law(fact: Fact) -> tuple[str, str, str, str]:
    """The key of an event's law."""
    return fact.key.tenant, fact.key.store, fact.key.device, fact.event.regime


def _day(text: str) -> date:
    return date.fromisoformat(text)
