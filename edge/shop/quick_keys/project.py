"""Facts about quick keys to rows."""

from __future__ import annotations

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.shop.quick_keys.events import QuickKeysSet

_encode = msgspec.json.Encoder().encode


def _set(db: Connection, fact: RecordedEvent, event: QuickKeysSet) -> None:
    if not event.pages:
        db.execute("DELETE FROM quick_keys WHERE register = ?", (event.of_register,))
        return
    values = (event.of_register, _encode(event.pages), fact.seq)
    db.execute("INSERT OR REPLACE INTO quick_keys (register, body, seq) VALUES (?, ?, ?)", values)


projector = Projector(name="quick_keys", version=1, tables=("quick_keys",), on={QuickKeysSet: _set})
