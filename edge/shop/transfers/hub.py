"""How the hub knows what is in transit between stores: what was sent, and what was said to have come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import astuple

from edge.shop.transfers.events import TransferReceived, TransferSent
from sync.hub.api.reads import Field, Filter, Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table_projector import TableProjector, moment, together
from sync.wire import Row

SENT: tuple[str, ...] = (
    *("tenant", "store", "device", "id", "n", "to_store", "at", "note"),
    *("sku", "quantity", "boxes", "lot", "expiry", "value_milli"),
)
CAME: tuple[str, ...] = ("tenant", "store", "device", "id", "n", "at", "refused", "note", "got")

READS = (
    Read(
        name="transfers",
        source="transfer_between_stores",
        summary="Goods between stores: in transit until the other store has said what came.",
        fields=(
            Field("id", "text", "The transfer, as both stores call it."),
            Field("store", "text", "The store that sent it."),
            Field("to_store", "text", "The store that it was sent to."),
            Field("sent_at", "time", "When it left."),
            Field("ended_at", "time", "When the other store said what came; empty: it is in transit."),
            Field("state", "text", "Of this line: sent, received, received_short or refused."),
            Field("n", "integer", "The line."),
            Field("sku", "text", "The product's number."),
            Field("quantity", "integer", "What was sent, in thousandths of the product's unit."),
            Field("got", "integer", "What came of it; empty: nobody said yet."),
            Field("lot", "text", "The lot; empty where none is known."),
            Field("expiry", "text", "The last day; empty where none is known."),
            Field("value_milli", "integer", "What it was worth when it left, in thousandths of a minor unit."),
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
"""What head office's programs may read (see `sync.hub.api`)."""


class TransferTables(TableProjector):
    """A projector of the hub (see `sync.hub.projection_runner.Projector`)."""

    name = "transfers"
    version = 1
    tables = ("transfer_sent", "transfer_came")
    keeps_orphans = True

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, TransferSent, TransferReceived)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        sent, came = list[tuple[Any, ...]](), list[tuple[Any, ...]]()
        for row, event in self.read(rows):
            of, at = (key.tenant, key.store, key.device, event.id), moment(row.at_us)
            if isinstance(event, TransferSent):
                about = (event.to_store, at, event.note)
                sent += [(*of, n, *about, *astuple(line)) for n, line in enumerate(event.lines)]
            else:
                came += [(*of, n, at, event.refused, event.note, got) for n, got in enumerate(event.got)]
        await connection.copy_records_to_table("transfer_sent", records=sent, columns=SENT)
        await connection.copy_records_to_table("transfer_came", records=came, columns=CAME)
