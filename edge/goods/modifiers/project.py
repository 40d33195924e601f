"""Projects modifier events to rows."""

from __future__ import annotations

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.goods.modifiers.entities import GROUPS
from edge.goods.modifiers.events import ModifierGroupEnded, ModifierGroupSet

_TARGET = "INSERT INTO modifier_target (kind, target, id) VALUES (?, ?, ?)"


def _set(db: Connection, fact: RecordedEvent, event: ModifierGroupSet) -> None:
    GROUPS.on[ModifierGroupSet](db, fact, event)
    group = event.group
    _forget(db, group.id)
    rows = {
        *(("sku", sku, group.id) for sku in group.products),
        *(("category", id, group.id) for id in group.categories),
    }
    db.executemany(_TARGET, sorted(rows))


def _end_group(db: Connection, fact: RecordedEvent, event: ModifierGroupEnded) -> None:
    GROUPS.on[ModifierGroupEnded](db, fact, event)
    _forget(db, event.id)


def _forget(db: Connection, id: str) -> None:
    db.execute("DELETE FROM modifier_target WHERE id = ?", (id,))


projector = Projector(
    name="modifiers",
    version=1,
    tables=(GROUPS.table, "modifier_target"),
    on={ModifierGroupSet: _set, ModifierGroupEnded: _end_group},
)
