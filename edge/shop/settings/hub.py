"""How head office holds what was said of each store's settings beside its config.toml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from edge.shop.settings.events import SettingChanged
from sync.hub.api.keys import BOXES
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.store import Connection
from sync.hub.table import Column, Table, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

OVERRIDE = Table(
    "setting_override",
    "Settings of each store that a manager or head office has changed while it sells, as they are now.",
    *place(),
    Column("name", "text", "The setting, as config.toml calls it.", "event.name", key=True),
    Column("value", "jsonb", "What it is; null: what the store's config.toml says holds again.", "event.value"),
    Column("said_by", "text", "Whose word it is.", "event.by"),
    Column("since", "timestamptz", "Since when.", "row.at_us"),
)
_SET = OVERRIDE.upsert()


class SettingTables(TableProjector):
    """A projector of the hub (see `sync.hub.projection_runner.Projector`)."""

    name = "settings"
    version = 1
    tables = (OVERRIDE,)
    reads = (OVERRIDE.read("settings", Filter("store", "store"), Filter("name", "name"), area=BOXES),)

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, SettingChanged)

    async def _project(self, connection: Connection, key: Key, rows: Sequence[Row]) -> None:
        for fact in self.facts(key, rows):
            await connection.execute(_SET, *OVERRIDE.record(fact))
