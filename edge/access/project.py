"""Facts about users to rows."""

from __future__ import annotations

from edge.access.events import UserRetired, UserSet
from edge.core.shapes import Fact, Projector
from edge.core.storage.database import Connection

_SET = """
    INSERT OR REPLACE INTO access_user (id, role, active, name, email, phone, employee_number)
    VALUES (?, ?, 1, ?, ?, ?, ?)
"""
_RETIRED = "UPDATE access_user SET active = 0, name = '', email = '', phone = '', employee_number = '' WHERE id = ?"


def _set(db: Connection, fact: Fact, event: UserSet) -> None:
    said = (event.name, event.email, event.phone, event.employee_number)
    db.execute(_SET, (event.id, event.role, *said))


def _retired(db: Connection, fact: Fact, event: UserRetired) -> None:
    db.execute(_RETIRED, (event.id,))


projector = Projector(name="users", version=2, tables=("access_user",), on={UserSet: _set, UserRetired: _retired})
