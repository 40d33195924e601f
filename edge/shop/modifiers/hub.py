"""How the hub turns facts about modifiers into the groups of each store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.shop.modifiers.events import ModifierGroupEnded, ModifierGroupSet
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import Column, Table, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

GROUP = Table(
    "modifier_group",
    "What each store asks of products: their sizes, what goes on them, what is left off.",
    *place(),
    Column("id", "text", "The group's id.", "event.group.id", key=True),
    Column("names", "jsonb", "Its name by language.", "event.group.names"),
    Column("body", "jsonb", "All of it, as it was set.", "event.group"),
)
_SET = GROUP.upsert()
_ENDED = "DELETE FROM modifier_group WHERE tenant = $1 AND store = $2 AND device = $3 AND id = $4"


class ModifierTables(TableProjector):
    """A projector of the hub (see `sync.hub.projection_runner.Projector`)."""

    name = "modifiers"
    version = 1
    tables = (GROUP,)
    reads = (GROUP.read("modifier_groups", Filter("store", "store"), Filter("id", "id")),)

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, ModifierGroupSet, ModifierGroupEnded)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """In their order, for the last fact about a group is what counts."""
        for fact in self.facts(key, rows):
            match fact.event:
                case ModifierGroupSet():
                    await connection.execute(_SET, *GROUP.record(fact))
                case ModifierGroupEnded(id):
                    await connection.execute(_ENDED, key.tenant, key.store, key.device, id)
