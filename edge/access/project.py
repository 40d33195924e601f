"""Facts about users to rows."""

from __future__ import annotations

from edge.access.events import UserRetired, UserSet
from edge.core.shapes import Fact, Projector
from edge.core.storage.database import Connection


def _set(db: Connection, fact: Fact, event: UserSet) -> None:
    db.execute("INSERT OR REPLACE INTO access_user (id, role, active) VALUES (?, ?, 1)", (event.id, event.role))


def _retired(db: Connection, fact: Fact, event: UserRetired) -> None:
    db.execute("UPDATE access_user SET active = 0 WHERE id = ?", (event.id,))


projector = Projector(name="users", version=1, tables=("access_user",), on={UserSet: _set, UserRetired: _retired})
