"""Project events of other tills in the hub: sales, and days with differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.backoffice.other_tills.events import PosDayReconciled, PosSaleTaken
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import EPOCH, SEQ, Column, Index, Table, place
from sync.hub.table_projector import TableProjector
from sync.wire import Row

SALE = Table(
    "pos_sale",
    "Transactions of other till systems, as received by each store.",
    *place(),
    EPOCH,
    SEQ,
    Column("taken_at", "timestamptz", "Time the store received it.", "row.at_us"),
    Column("pos", "text", "The other till.", "event.sale.pos"),
    Column("transaction", "text", "The other till's transaction id.", "event.sale.transaction_id"),
    Column("version", "bigint", "Version of the transaction.", "event.sale.version"),
    Column("kind", "text", "Sale, void or refund.", "event.sale.kind"),
    Column("sold_at", "timestamptz", "Time of the sale.", "event.sale.at_us"),
    Column("currency", "text", "Currency of the total.", "event.sale.currency"),
    Column("total_minor", "bigint", "Total in minor units of that currency.", "event.sale.total_minor"),
    Column("state", "text", "Taken, held, or waiting for its sale.", "event.state"),
)
DAY = Table(
    "pos_day",
    "Days of other till systems, compared with the store's records.",
    *place(),
    EPOCH,
    SEQ,
    Column("compared_at", "timestamptz", "Time of the comparison.", "row.at_us"),
    Column("pos", "text", "The other till.", "event.pos"),
    Column("location", "text", "The other till's location id.", "event.location"),
    Column("day", "text", "Business day.", "event.day"),
    Column("sales", "bigint", "Number of transactions at that till.", "event.sales"),
    Column("differences", "bigint", "Number of remaining differences.", lambda fact: len(fact.event.differences)),
)
NEWS = Table(
    "pos_news",
    "Notifications from other till and accounting systems, by the store that queries them.",
    Column("tenant", "text", "Tenant that owns the till.", key=True, hidden=True),
    Column("store", "text", "Store that queries it.", key=True),
    Column("pos", "text", "The other till.", key=True),
    Column("came_at", "timestamptz", "Time of its last notification.", default="now()"),
    Column("told_at", "timestamptz", "Time the store was last notified; null: never.", null=True),
    Column("times", "bigint", "Number of notifications.", default="1"),
    Column("system", "text", "Accounting system; empty: it is a till.", default="''"),
)
HOOK = Table(
    "pos_hook",
    "Webhooks from other till systems, encrypted; kept for thirty days and never exported.",
    Column("tenant", "text", "Tenant that owns the till.", key=True, hidden=True),
    Column("store", "text", "Store that queries it.", key=True),
    Column("pos", "text", "The other till.", key=True),
    Column("digest", "text", "SHA-256 of the message, so that repeats share one row.", key=True),
    Column("came_at", "timestamptz", "Time of receipt.", default="now()"),
    Column("sealed", "bytea", "Headers and body, encrypted with a key derived from the till's secret.", hidden=True),
    indexes=(Index("pos_hook_by_age", "tenant, came_at"),),
)
_SALE, _DAY = SALE.insert_once(), DAY.insert_once()


class OtherTillsTables(TableProjector):
    """Hub projector (see `sync.hub.projection_runner.Projector`)."""

    name = "other_tills"
    version = 1
    tables = (SALE, DAY)
    reads = (
        SALE.read("pos_sales", Filter("store", "store"), Filter("pos", "pos"), Filter("state", "state")),
        DAY.read("pos_days", Filter("store", "store"), Filter("pos", "pos")),
        NEWS.read("pos_news", Filter("store", "store"), Filter("pos", "pos")),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        return {PosSaleTaken.__name__: self._insert_sales, PosDayReconciled.__name__: self._insert_days}

    async def _insert_sales(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        await connection.executemany(_SALE, [SALE.record(fact) for fact in self.facts(key, rows)])

    async def _insert_days(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        await connection.executemany(_DAY, [DAY.record(fact) for fact in self.facts(key, rows)])
