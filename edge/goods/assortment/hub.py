"""Head office's tables of each store's assortment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from edge.goods.assortment.events import ListingSet
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.store import Connection
from sync.hub.table import Column, Table, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

ASSORTMENT = Table(
    "assortment",
    "Latest listing decision per product and store; products without one are listed.",
    *place(),
    Column("sku", "text", "The product.", "event.sku", key=True),
    Column(
        "listed",
        "boolean",
        "Whether it is listed from then on; unlisted stock still sells.",
        "event.listed",
    ),
    Column("from_at", "timestamptz", "Time from which it applies.", "event.from_us"),
    Column("said_by", "text", "Source of the value.", "event.by"),
    Column("said_for", "text", "Store group; empty: this store only.", "event.group", default="''"),
)
_SET = ASSORTMENT.upsert()


class AssortmentTables(TableProjector):
    """Projects assortment events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "assortment"
    version = 1
    tables = (ASSORTMENT,)
    reads = (ASSORTMENT.read("assortment", Filter("store", "store"), Filter("sku", "sku"), Filter("listed", "listed")),)

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, ListingSet)

    async def _project(self, connection: Connection, key: Key, rows: Sequence[Row]) -> None:
        for fact in self.facts(key, rows):
            await connection.execute(_SET, *ASSORTMENT.record(fact))
