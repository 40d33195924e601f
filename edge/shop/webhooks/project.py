"""Facts about webhooks to rows."""

from __future__ import annotations

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.shop.webhooks.events import WebhookRemoved, WebhookSet


def _set(db: Connection, fact: RecordedEvent, event: WebhookSet) -> None:
    values = (event.id, event.url, msgspec.json.encode(event.types).decode(), fact.seq)
    db.execute("INSERT OR REPLACE INTO webhook (id, url, types, seq) VALUES (?, ?, ?, ?)", values)


def _removed(db: Connection, fact: RecordedEvent, event: WebhookRemoved) -> None:
    db.execute("DELETE FROM webhook WHERE id = ?", (event.id,))


projector = Projector(name="webhooks", version=1, tables=("webhook",), on={WebhookSet: _set, WebhookRemoved: _removed})
