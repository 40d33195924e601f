"""Hub projection: goods in transit between stores, from what was sent and received."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.goods.transfers.events import TransferReceived, TransferSent
from sync.hub.api.reads import Field, Filter, Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import AT, Column, Fact, Index, Table, box, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

SENT = Table(
    "transfer_sent",
    "What stores have sent to others, line by line.",
    *place(),
    Column("id", "text", "The transfer, as both stores call it.", "event.id", key=True),
    Column("n", "bigint", "The line.", "n", key=True),
    Column("to_store", "text", "The store that it was sent to.", "event.to_store"),
    AT,
    Column("note", "text", "What was noted.", "event.note"),
    Column("sku", "text", "The product's number.", "item.sku"),
    Column("quantity", "bigint", "What was sent, in thousandths of the product's unit.", "item.quantity"),
    Column("boxes", "bigint", "How much of it was in closed boxes.", "item.boxes"),
    Column("lot", "text", "The lot; empty where none is known.", "item.lot"),
    Column("expiry", "text", "The last day; empty where none is known.", "item.expiry"),
    Column(
        *("value_milli", "bigint", "What it was worth when it left, in thousandths of a minor unit."),
        "item.value_milli",
        null=True,
    ),
    indexes=(Index("transfer_sent_id", "tenant, id"),),
)
CAME = Table(
    "transfer_came",
    "What came of it at the other store.",
    *place(),
    Column("id", "text", "The transfer, as both stores call it.", "event.id", key=True),
    Column("n", "bigint", "The line.", "n", key=True),
    AT,
    Column("refused", "boolean", "Whether nothing was taken.", "event.refused"),
    Column("note", "text", "What was noted.", "event.note"),
    Column("got", "bigint", "What came of the line, in thousandths of the product's unit.", "item"),
    indexes=(Index("transfer_came_id", "tenant, id"),),
)
TOLD = Table(
    "transfer_told",
    "What stores were told of transfers.",
    *box(store="The store that sent it.")[:2],
    Column("id", "text", "The transfer.", key=True),
    Column("what", "text", "announced: to whom it was sent; settled: to both.", key=True),
)


class TransferTables(TableProjector):
    """Projects transfer events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "transfers"
    version = 1
    keeps_orphans = True
    tables = (SENT, CAME)
    reads = (
        Read(
            name="transfers",
            source="transfer_between_stores",
            summary="Goods between stores: in transit until the other store has said what came.",
            fields=(
                Field("id", "text", "The transfer, as both stores call it."),
                Field("n", "integer", "The line."),
                Field("store", "text", "The store that sent it."),
                Field("to_store", "text", "The store that it was sent to."),
                Field("sent_at", "time", "When it left."),
                Field("ended_at", "time", "When the other store said what came; empty: it is in transit."),
                Field("state", "text", "Of this line: sent, received, received_short or refused."),
                Field("got", "integer", "What came of it; empty: nobody said yet."),
                *(column.field for column in SENT.columns if column.name in {"sku", "quantity", "lot", "expiry"}),
                *(column.field for column in SENT.columns if column.name == "value_milli"),
            ),
            key=("id", "n"),
            filters=(
                Filter("store", "store"),
                Filter("to_store", "to_store"),
                Filter("state", "state"),
                Filter("sku", "sku"),
            ),
        ),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, TransferSent, TransferReceived)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        sent, came = list[Fact](), list[Fact]()
        for fact in self.facts(key, rows):
            if isinstance(fact.event, TransferSent):
                sent += fact.each(fact.event.lines)
            else:
                came += fact.each(fact.event.got)
        await SENT.copy(connection, sent)
        await CAME.copy(connection, came)
