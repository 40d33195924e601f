"""Projects events of users and roles to rows."""

from __future__ import annotations

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.foundation.access.entities import ROLES
from edge.foundation.access.events import (
    FactorPolicySet,
    PasswordSet,
    UserRetired,
    UserSet,
    UserSuspended,
)

_SET_USER = """
    INSERT INTO access_user (id, role, active, made_by, name, email, phone, employee_number)
    VALUES (?, ?, 1, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET role = excluded.role, active = 1, name = excluded.name, email = excluded.email,
        phone = excluded.phone, employee_number = excluded.employee_number
"""
_RETIRE_USER = """
    UPDATE access_user SET active = 0, name = '', email = '', phone = '', employee_number = '' WHERE id = ?
"""
_SUSPEND = "UPDATE access_user SET suspended = ? WHERE id = ?"


def _set_user(db: Connection, fact: RecordedEvent, event: UserSet) -> None:
    said = (event.name, event.email, event.phone, event.employee_number)
    db.execute(_SET_USER, (event.id, event.role, event.by, *said))
    if event.new_pin:
        db.execute(_SUSPEND, (0, event.id))


def _let_in(db: Connection, fact: RecordedEvent, event: PasswordSet) -> None:
    db.execute(_SUSPEND, (0, event.id))


def _suspend(db: Connection, fact: RecordedEvent, event: UserSuspended) -> None:
    db.execute(_SUSPEND, (1, event.id))


def _retire_user(db: Connection, fact: RecordedEvent, event: UserRetired) -> None:
    db.execute(_RETIRE_USER, (event.id,))


def _set_factor_policy(db: Connection, fact: RecordedEvent, event: FactorPolicySet) -> None:
    db.execute("INSERT OR REPLACE INTO access_factor_policy (role, factor) VALUES (?, ?)", (event.role, event.factor))


projector = Projector(
    name="users",
    version=1,
    tables=("access_user", ROLES.table, "access_factor_policy"),
    on={
        UserSet: _set_user,
        UserRetired: _retire_user,
        UserSuspended: _suspend,
        PasswordSet: _let_in,
        **ROLES.on,
        FactorPolicySet: _set_factor_policy,
    },
)
