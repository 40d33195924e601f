"""Hub projection: returned bottles and deposits paid, by store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.counter.bottle_deposits.events import BottlesTaken, BottlesUndone
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import AT, BUSINESS_DATE, EPOCH, SEQ, Column, Fact, Table, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row


def _signed_minor(fact: Fact) -> int:
    minor: int = fact.event.paid_minor
    return -minor if isinstance(fact.event, BottlesUndone) else minor


TAKEN = Table(
    "bottles_taken",
    "Bottle deposits paid out by stores.",
    *place(),
    EPOCH,
    SEQ,
    BUSINESS_DATE,
    AT,
    Column("number", "bigint", "Number in the store; the reversal has the same number.", "event.number"),
    Column("out", "text", "cash, or paper.", "event.out"),
    Column("currency", "text", "ISO 4217.", "event.currency"),
    Column("paid_minor", "bigint", "Amount paid out, in minor units; negative: reversed.", _signed_minor),
)


class BottleTables(TableProjector):
    """Projects bottle events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "bottle_deposits"
    version = 1
    tables = (TAKEN,)
    reads = (TAKEN.read("bottles-taken", Filter("store", "store"), Filter("out", "out")),)

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._insert_taken, BottlesTaken, BottlesUndone)

    async def _insert_taken(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        await TAKEN.copy(connection, self.facts(key, rows))
