"""Projects category events to rows."""

from __future__ import annotations

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.goods.catalog.events import CategoryRemoved, CategorySet

_encode = msgspec.json.Encoder().encode


def _save_category(db: Connection, fact: RecordedEvent, event: CategorySet) -> None:
    category = event.category
    names, attributes = _encode(category.names).decode(), _encode(category.attributes).decode()
    more = category.price_jump_percent, category.sort_order, category.regulated
    row = (category.id, category.parent, names, attributes, *more)
    db.execute(
        "INSERT OR REPLACE INTO category (id, parent, names, attributes, price_jump_percent, sort_order,"
        " regulated)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        row,
    )


def _delete_category(db: Connection, fact: RecordedEvent, event: CategoryRemoved) -> None:
    db.execute("DELETE FROM category WHERE id = ?", (event.category,))


categories = Projector(
    name="categories",
    version=1,
    tables=("category",),
    on={CategorySet: _save_category, CategoryRemoved: _delete_category},
)
