"""Facts about users and roles to rows."""

from __future__ import annotations

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.shop.access.events import (
    FactorPolicySet,
    PasswordSet,
    RoleRetired,
    RoleSet,
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
_SET_ROLE = "INSERT OR REPLACE INTO access_role (id, name, rights, limits, active) VALUES (?, ?, ?, ?, 1)"


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


def _set_role(db: Connection, fact: RecordedEvent, event: RoleSet) -> None:
    rights, limits = msgspec.json.encode(event.rights), msgspec.json.encode(event.limits, order="deterministic")
    db.execute(_SET_ROLE, (event.id, event.name, rights.decode(), limits.decode()))


def _retire_role(db: Connection, fact: RecordedEvent, event: RoleRetired) -> None:
    db.execute("UPDATE access_role SET active = 0 WHERE id = ?", (event.id,))


def _set_factor_policy(db: Connection, fact: RecordedEvent, event: FactorPolicySet) -> None:
    db.execute("INSERT OR REPLACE INTO access_factor_policy (role, factor) VALUES (?, ?)", (event.role, event.factor))


projector = Projector(
    name="users",
    version=1,
    tables=("access_user", "access_role", "access_factor_policy"),
    on={
        UserSet: _set_user,
        UserRetired: _retire_user,
        UserSuspended: _suspend,
        PasswordSet: _let_in,
        RoleSet: _set_role,
        RoleRetired: _retire_role,
        FactorPolicySet: _set_factor_policy,
    },
)
