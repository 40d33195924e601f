"""Head office's tables of store settings: overrides and effective values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import astuple

from edge.foundation.secrets.events import SecretRemoved, SecretSet
from edge.foundation.settings import events
from edge.foundation.settings.events import FILE, SettingChanged, SettingInForce, SettingsInForce
from sync.hub.api.keys import BOXES
from sync.hub.api.reads import Field, Filter, Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.store import Connection
from sync.hub.table import Column, Table, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

EVENTS = (*events.EVENTS, SecretSet, SecretRemoved)
OVERRIDE = Table(
    "setting_override",
    "Current settings changed by a manager or head office.",
    *place(),
    Column("name", "text", "Setting name, as in config.toml.", "event.name", key=True),
    Column("value", "jsonb", "Value; null: the value in the store's config.toml applies again.", "event.value"),
    Column("said_by", "text", "Source of the value.", "event.by"),
    Column("since", "timestamptz", "Time it was set.", "row.at_us"),
)
_NAME = "Setting name, as in config.toml; `secret.NAME`: whether that secret was entered."
_VALUE = "Effective value; of a secret `set` or `unset`."
_FILED = "Value in config.toml."
_SAID_BY = "Source of the value: config.toml, manager or head office."
_SINCE = "Time it took effect; null: not changed from config.toml."
_TOLD_AT = "Time the box last reported all settings."
IN_FORCE = Table(
    "setting_in_force",
    "Effective value of every setting on each box, with its source.",
    *place(device="The box."),
    Column("name", "text", _NAME, "item.name", key=True),
    Column("value", "jsonb", _VALUE, "item.value"),
    Column("filed", "jsonb", _FILED, "item.filed"),
    Column("said_by", "text", _SAID_BY, "item.by"),
    Column("since", "timestamptz", _SINCE, lambda fact: fact.item.since_us or None, null=True),
    Column("told_at", "timestamptz", _TOLD_AT, "row.at_us"),
)
SEEN = Read(
    name="settings/in-force",
    source="setting_seen",
    summary="Effective value of every setting on each box, with its source.",
    fields=(
        Field("store", "text", "The store."),
        Field("device", "text", "The box."),
        Field("name", "text", _NAME),
        Field("known", "boolean", "Whether the box's version supports it; false: it has no effect."),
        Field("value", "object", _VALUE),
        Field("filed", "object", _FILED),
        Field("said_by", "text", _SAID_BY),
        Field("since", "time", _SINCE),
        Field("told_at", "time", _TOLD_AT),
    ),
    key=("store", "device", "name"),
    filters=tuple(Filter(one, one) for one in ("store", "name", "said_by", "known")),
    area=BOXES,
)
SECRET = "secret."  # nosec B105 -- how a row about a secret begins, which says whether it was entered
_SET, _TELL = OVERRIDE.upsert(), IN_FORCE.insert()
_GONE = "DELETE FROM setting_in_force WHERE tenant = $1 AND store = $2 AND device = $3"
_CHANGE = f"""
    UPDATE setting_in_force SET value = CASE WHEN $5::jsonb = 'null' THEN filed ELSE $5::jsonb END,
        said_by = CASE WHEN $5::jsonb = 'null' THEN '{FILE}' ELSE $6 END,
        since = CASE WHEN $5::jsonb = 'null' THEN NULL ELSE $7::timestamptz END
    WHERE tenant = $1 AND store = $2 AND device = $3 AND name = $4
"""  # nosec B608 -- the words of the program
_ENTERED = """
    UPDATE setting_in_force SET value = $5::jsonb
    WHERE tenant = $1 AND store = $2 AND device = $3 AND name = $4
"""


class SettingTables(TableProjector):
    """Projects settings events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "settings"
    version = 1
    tables = (OVERRIDE, IN_FORCE)
    reads = (OVERRIDE.read("settings", Filter("store", "store"), Filter("name", "name"), area=BOXES), SEEN)

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, SettingChanged, SettingsInForce, SecretSet, SecretRemoved)

    async def _project(self, connection: Connection, key: Key, rows: Sequence[Row]) -> None:
        for fact in self.facts(key, rows):
            match fact.event:
                case SettingsInForce() as told:
                    await connection.execute(_GONE, *astuple(key))
                    records = [IN_FORCE.record(one) for one in fact.each(_rows_told(told))]
                    await connection.executemany(_TELL, records)
                case SettingChanged(name=name):
                    record = OVERRIDE.record(fact)
                    await connection.execute(_SET, *record)
                    await connection.execute(_CHANGE, *astuple(key), name, *record[-3:])
                case SecretSet(name=name) | SecretRemoved(name=name):
                    entered = _entry_word(isinstance(fact.event, SecretSet))
                    await connection.execute(_ENTERED, *astuple(key), SECRET + name, f'"{entered}"')


def _rows_told(told: SettingsInForce) -> Iterator[SettingInForce]:
    yield from told.settings
    for name, entered in told.secrets.items():
        yield SettingInForce(SECRET + name, _entry_word(entered), FILE, 0, None)


def _entry_word(entered: bool) -> str:
    return "set" if entered else "unset"
