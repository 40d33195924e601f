"""Facts about settings to rows."""

from __future__ import annotations

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.shop.settings.events import SettingChanged, TextEnded, TextSet

_SAY = "INSERT OR REPLACE INTO setting (name, value, said_by, actor, at_us) VALUES (?, ?, ?, ?, ?)"

_SHOW = """
    INSERT OR REPLACE INTO shown_text (id, place, texts, from_us, until_us, said_by, seq) VALUES (?, ?, ?, ?, ?, ?, ?)
"""


def _changed(db: Connection, fact: RecordedEvent, event: SettingChanged) -> None:
    if event.value is None:
        db.execute("DELETE FROM setting WHERE name = ?", (event.name,))
    else:
        value = msgspec.json.encode(event.value).decode()
        db.execute(_SAY, (event.name, value, event.by, fact.actor, fact.at_us))


def _shown(db: Connection, fact: RecordedEvent, event: TextSet) -> None:
    db.execute("DELETE FROM shown_text WHERE until_us <= ?", (fact.at_us,))  # those that are over
    texts = msgspec.json.encode(event.texts).decode()
    db.execute(_SHOW, (event.id, event.place, texts, event.from_us, event.until_us, event.by, fact.seq))


def _ended(db: Connection, fact: RecordedEvent, event: TextEnded) -> None:
    db.execute("DELETE FROM shown_text WHERE id = ?", (event.id,))


projector = Projector(
    name="settings",
    version=1,
    tables=("setting", "shown_text"),
    on={SettingChanged: _changed, TextSet: _shown, TextEnded: _ended},
)
