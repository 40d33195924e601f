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
    "Lines of transfers sent to other stores.",
    *place(),
    Column("id", "text", "Transfer id, the same in both stores.", "event.id", key=True),
    Column("n", "bigint", "Line number.", "n", key=True),
    Column("to_store", "text", "Receiving store.", "event.to_store"),
    AT,
    Column("note", "text", "Note.", "event.note"),
    Column("sku", "text", "Product number (SKU).", "item.sku"),
    Column("quantity", "bigint", "Quantity sent, in thousandths of the product's unit.", "item.quantity"),
    Column("boxes", "bigint", "Unopened cases sent.", "item.boxes"),
    Column("lot", "text", "Lot; empty: unknown.", "item.lot"),
    Column("expiry", "text", "Expiry date; empty: unknown.", "item.expiry"),
    Column(
        *("value_milli", "bigint", "Value when sent, in thousandths of a minor unit."),
        "item.value_milli",
        null=True,
    ),
    Column("state", "text", "State of the line: sent, received, received_short or refused.", default="'sent'"),
    Column("ended_at", "timestamptz", "Time it was received or refused; empty: in transit.", null=True),
    Column("got", "bigint", "Quantity received; empty: not known yet.", null=True),
    Column("announced", "boolean", "Whether the receiving store was notified.", default="false", hidden=True),
    Column("settled", "boolean", "Whether both stores were notified of its end.", default="false", hidden=True),
    indexes=(
        Index("transfer_sent_unannounced", "at", where="n = 0 AND NOT announced"),
        Index("transfer_sent_unsettled", "ended_at", where="n = 0 AND ended_at IS NOT NULL AND NOT settled"),
        Index("transfer_sent_id", "tenant, id"),
        Index("transfer_sent_by_state", "tenant, state, id, n"),
        Index("transfer_sent_to", "tenant, to_store, state, id, n"),
    ),
)
CAME = Table(
    "transfer_came",
    "Lines of transfers received by the other store.",
    *place(),
    Column("id", "text", "Transfer id, the same in both stores.", "event.id", key=True),
    Column("n", "bigint", "Line number.", "n", key=True),
    AT,
    Column("refused", "boolean", "Whether the whole transfer was refused.", "event.refused"),
    Column("note", "text", "Note.", "event.note"),
    Column("got", "bigint", "Quantity received, in thousandths of the product's unit.", "item"),
    indexes=(Index("transfer_came_id", "tenant, id"),),
)
TOLD = Table(
    "transfer_told",
    "Notifications about transfers sent to stores.",
    *box(store="Sending store.")[:2],
    Column("id", "text", "Transfer id.", key=True),
    Column("what", "text", "announced (to the receiving store) or settled (to both stores).", key=True),
)

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_SETTLE = """
    UPDATE transfer_sent AS s SET ended_at = c.at, got = c.got,
        state = CASE WHEN c.refused THEN 'refused' WHEN c.got < s.quantity THEN 'received_short' ELSE 'received' END
    FROM (
        SELECT DISTINCT ON (tenant, id, n) tenant, id, n, at, refused, got FROM transfer_came
        WHERE tenant = $1 AND id = ANY ($2::text[]) ORDER BY tenant, id, n, at
    ) AS c
    WHERE s.tenant = $1 AND s.tenant = c.tenant AND s.id = c.id AND s.n = c.n
"""
"""Sets the state of these transfers' lines. If two boxes of a store received a transfer, the first one counts."""
_SAID = (
    "EXISTS (SELECT FROM transfer_told AS t WHERE (t.tenant, t.store, t.id, t.what) = (s.tenant, s.store, s.id, '{}'))"
)
_NOTE_TOLD = f"""
    UPDATE transfer_sent AS s SET announced = {_SAID.format("announced")}, settled = {_SAID.format("settled")}
    WHERE s.tenant = $1 AND s.id = ANY ($2::text[]) AND s.n = 0
"""
"""Marks transfers as announced and settled, so that projecting the history again sends no further notifications."""


class TransferTables(TableProjector):
    """Projects transfer events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "transfers"
    version = 2
    keeps_orphans = True
    tables = (SENT, CAME)
    reads = (
        Read(
            name="transfers",
            source="transfer_between_stores",
            summary="Transfers between stores; in transit until the other store has received them.",
            fields=(
                Field("id", "text", "Transfer id, the same in both stores."),
                Field("n", "integer", "Line number."),
                Field("store", "text", "Sending store."),
                Field("to_store", "text", "Receiving store."),
                Field("sent_at", "time", "Time it was sent."),
                Field("ended_at", "time", "Time it was received; empty: in transit."),
                Field("state", "text", "State of the line: sent, received, received_short or refused."),
                Field("got", "integer", "Quantity received; empty: not known yet."),
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
        ids = sorted({fact.event.id for fact in (*sent, *came)})
        for id in ids:  # both stores' rows may arrive at once, and neither would see the other's before its commit
            await connection.execute(_LOCK, f"transfer/{key.tenant}/{id}")
        await SENT.copy(connection, sent)
        await CAME.copy(connection, came)
        await connection.execute(_SETTLE, key.tenant, ids)
        await connection.execute(_NOTE_TOLD, key.tenant, ids)
