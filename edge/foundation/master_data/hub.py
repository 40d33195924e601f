"""Head office's master data of the stores: one row per record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.core.entity import Entity
from edge.foundation.master_data.entities import found_entities
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.store import Connection
from sync.hub.table import Column, Fact, Table, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

_BY_EVENT: Mapping[type, Entity[Any]] = {event: one for one in found_entities() if one.is_at_hub for event in one.on}
EVENTS = tuple(_BY_EVENT)
"""Events of master data that head office keeps in `master_data`, without a separate table."""


def _entity(fact: Fact) -> Entity[Any]:
    return _BY_EVENT[type(fact.event)]


def _is_over(fact: Fact) -> bool:
    return _entity(fact).ends(fact.event)


def _body(fact: Fact) -> dict[str, Any]:
    return {} if type(fact.event) is _entity(fact).was_ended else _entity(fact).body_of(fact.event)


MASTER_DATA = Table(
    "master_data",
    "Records that managers set as a whole: tenders, delivery zones, roles, texts and so on.",
    *place(),
    Column("kind", "text", "Type: the name of the store's table.", lambda fact: _entity(fact).table, key=True),
    Column("id", "text", "Key in the store.", lambda fact: _entity(fact).id_of(fact.event), key=True),
    Column("body", "jsonb", "The whole record, without personal data.", _body),
    Column("ended", "boolean", "Whether it was removed.", _is_over),
    Column("changed_at", "timestamptz", "Time it was last set or removed.", "row.at_us"),
)
_SET = MASTER_DATA.upsert()
_END = MASTER_DATA.upsert("ended", "changed_at")


class MasterDataTables(TableProjector):
    """Projects master data events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "master_data"
    version = 1
    tables = (MASTER_DATA,)
    reads = (MASTER_DATA.read("master-data", Filter("store", "store"), Filter("kind", "kind"), Filter("id", "id")),)

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, *_BY_EVENT)

    async def _project(self, connection: Connection, key: Key, rows: Sequence[Row]) -> None:
        for fact in await self.facts_in_turns(key, rows):
            await connection.execute(_END if _is_over(fact) else _SET, *MASTER_DATA.record(fact))
