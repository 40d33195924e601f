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
    "Versions of what was sold at tills that are not ours, as each store took them.",
    *place(),
    EPOCH,
    SEQ,
    Column("taken_at", "timestamptz", "When the store took it.", "row.at_us"),
    Column("pos", "text", "The other till.", "event.sale.pos"),
    Column("transaction", "text", "The transaction, as that till calls it.", "event.sale.transaction_id"),
    Column("version", "bigint", "The version of it.", "event.sale.version"),
    Column("kind", "text", "Sale, void or refund.", "event.sale.kind"),
    Column("sold_at", "timestamptz", "When it was sold.", "event.sale.at_us"),
    Column("currency", "text", "The currency of its sum.", "event.sale.currency"),
    Column("total_minor", "bigint", "Its sum, in minor units of that currency.", "event.sale.total_minor"),
    Column("state", "text", "Taken, held, or waiting for its sale.", "event.state"),
)
DAY = Table(
    "pos_day",
    "Days of tills that are not ours, put beside what the store knows of them.",
    *place(),
    EPOCH,
    SEQ,
    Column("compared_at", "timestamptz", "When they were compared.", "row.at_us"),
    Column("pos", "text", "The other till.", "event.pos"),
    Column("location", "text", "The place, as that till calls it.", "event.location"),
    Column("day", "text", "The day of business.", "event.day"),
    Column("sales", "bigint", "What that till sold: transactions.", "event.sales"),
    Column("differences", "bigint", "How many differences were left.", lambda fact: len(fact.event.differences)),
)
NEWS = Table(
    "pos_news",
    "Tills that are not ours, and accounts systems, which told head office that something is new, by the store to ask.",
    Column("tenant", "text", "Whose till it is.", key=True, hidden=True),
    Column("store", "text", "The store that asks it.", key=True),
    Column("pos", "text", "The other till.", key=True),
    Column("came_at", "timestamptz", "When it told something last.", default="now()"),
    Column("told_at", "timestamptz", "When the store was told of it last; null: never.", null=True),
    Column("times", "bigint", "How often it told something.", default="1"),
    Column("system", "text", "The accounts system that it is instead; empty: it is a till.", default="''"),
)
HOOK = Table(
    "pos_hook",
    "What tills that are not ours told head office, as it came, encrypted: for thirty days, and for no export.",
    Column("tenant", "text", "Whose till it is.", key=True, hidden=True),
    Column("store", "text", "The store that asks it.", key=True),
    Column("pos", "text", "The other till.", key=True),
    Column("digest", "text", "The SHA-256 of what came, so that the same again is one row.", key=True),
    Column("came_at", "timestamptz", "When it came.", default="now()"),
    Column("sealed", "bytea", "Headers and body, under a key that the till's secret makes.", hidden=True),
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
        return {PosSaleTaken.__name__: self._sold, PosDayReconciled.__name__: self._compared}

    async def _sold(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        await connection.executemany(_SALE, [SALE.record(fact) for fact in self.facts(key, rows)])

    async def _compared(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        await connection.executemany(_DAY, [DAY.record(fact) for fact in self.facts(key, rows)])
