"""How the hub turns facts about payments into the entries of each store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.shop.payments.events import PaymentsEntrySet
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import Column, Table, place
from sync.hub.table_projector import TableProjector
from sync.wire import Row

ENTRY = Table(
    "payments_entry",
    "The entries of each store.",
    *place(),
    Column("id", "text", "The entry's id.", "event.id", key=True),
    Column("value", "bigint", "Its value.", "event.value"),
)
_SET = ENTRY.upsert()


class PaymentsTables(TableProjector):
    """A projector of the hub (see `sync.hub.projection_runner.Projector`)."""

    name = "payments"
    version = 1
    tables = (ENTRY,)
    reads = (ENTRY.read("payments_entries", Filter("store", "store"), Filter("id", "id")),)

    @property
    def handlers(self) -> Mapping[str, Project]:
        return {PaymentsEntrySet.__name__: self._set}

    async def _set(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """In their order, for the last fact about an entry is what counts."""
        await connection.executemany(_SET, [ENTRY.record(fact) for fact in self.facts(key, rows)])
