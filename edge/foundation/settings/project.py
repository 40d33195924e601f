"""Projects settings events to rows."""

from __future__ import annotations

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.foundation.settings.entities import TEXTS
from edge.foundation.settings.events import SettingChanged, SettingsInForce, TextSet
from edge.foundation.settings.queries import told_text

_SAY = "INSERT OR REPLACE INTO setting (name, value, said_by, actor, at_us) VALUES (?, ?, ?, ?, ?)"


def _save_setting(db: Connection, fact: RecordedEvent, event: SettingChanged) -> None:
    if event.value is None:
        db.execute("DELETE FROM setting WHERE name = ?", (event.name,))
    else:
        value = msgspec.json.encode(event.value).decode()
        db.execute(_SAY, (event.name, value, event.by, fact.actor, fact.at_us))


def _keep_told(db: Connection, fact: RecordedEvent, event: SettingsInForce) -> None:
    db.execute("INSERT OR REPLACE INTO settings_told (id, body) VALUES (1, ?)", (told_text(event),))


def _save_text(db: Connection, fact: RecordedEvent, event: TextSet) -> None:
    db.execute("DELETE FROM shown_text WHERE until_us <= ?", (fact.at_us,))  # expired texts
    TEXTS.keep(db, fact, event)


projector = Projector(
    name="settings",
    version=1,
    tables=("setting", "settings_told", TEXTS.table),
    on={**TEXTS.on, SettingChanged: _save_setting, SettingsInForce: _keep_told, TextSet: _save_text},
)
