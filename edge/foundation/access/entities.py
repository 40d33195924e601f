"""Custom roles as master data."""

from __future__ import annotations

import msgspec

from edge.core.entity import CountLimit, Entity, Unknown
from edge.core.messages import Refusal, Right
from edge.core.registry import Transaction
from edge.foundation.access.commands import OwnRole, RetireRole, SetRole
from edge.foundation.access.events import RoleRetired, RoleSet
from edge.foundation.access.right_grants import keeps_a_manager, may_lend_role
from edge.foundation.access.rights import LIMITED, MANAGE, RIGHTS, USERS
from edge.foundation.access.roles import BUILT_IN, Role, as_role, read_role, read_roles

ROLES_LIMIT = 20
"""Maximum number of custom roles."""
_MANAGERS = "SELECT id, role FROM access_user JOIN access_secret ON user_id = id WHERE active"
_OWN = "SELECT 1 FROM access_user WHERE id = ? AND role = ? AND active"
_HAVE_IT = "SELECT 1 FROM access_user WHERE role = ? AND active"


def may_be_lent(tx: Transaction, wanted: OwnRole, known: OwnRole | None) -> OwnRole:
    """Return the role with sorted rights. Raises `Refusal` for unknown rights, or rights that the actor may not grant
    or revoke."""
    _not_built_in(wanted.id)
    if unknown := sorted({*wanted.rights, *wanted.limits} - RIGHTS):
        raise Refusal("right_unknown", {"right": unknown[0][:40]})
    if unkept := sorted(wanted.limits.keys() - set(LIMITED)):
        raise Refusal("limit_not_kept", {"right": unkept[0]})
    if tx.db.execute("SELECT role FROM access_user WHERE id = ? AND active", (tx.actor.name,)).fetchone() == (
        wanted.id,
    ):
        raise Refusal("role_own")
    after = as_role(wanted)
    may_lend_role(tx.actor, as_role(known) if known else None, after)
    leaves_a_manager(tx, role=after)
    return msgspec.structs.replace(wanted, rights=tuple(sorted(set(wanted.rights))))


def nobody_has_it(tx: Transaction, command: RetireRole) -> None:
    """Raise `Refusal` if the role is in use, or the actor may not remove it."""
    _not_built_in(command.id)
    role = read_role(tx.db, command.id)
    if role and tx.db.execute(_HAVE_IT, (command.id,)).fetchone():
        raise Refusal("role_in_use", {"role": role.name})
    may_lend_role(tx.actor, role)


def _not_built_in(id: str) -> None:
    if id in BUILT_IN:
        raise Refusal("role_built_in", {"role": id})


def leaves_a_manager(
    tx: Transaction, user: tuple[str, frozenset[Right]] | None = None, role: Role | None = None
) -> None:
    """Raise `Refusal` if a change to this user or role would leave no user with a PIN who can manage users."""
    rights = {one.id: one.rights for one in read_roles(tx.db)}
    before = {id: rights.get(of, frozenset()) for id, of in tx.db.execute(_MANAGERS).fetchall()}
    after = dict(before)
    if user is not None:
        after[user[0]] = user[1]
    if role is not None:
        holders = {id for id, of in tx.db.execute(_MANAGERS).fetchall() if of == role.id}
        after |= dict.fromkeys(holders, role.rights)
    keeps_a_manager(before.values(), after.values())


ROLES = Entity(
    OwnRole,
    table="access_role",
    set_by=SetRole,
    was_set=RoleSet,
    end_by=RetireRole,
    was_ended=RoleRetired,
    right=MANAGE,
    also=USERS,
    ask_first=True,
    reauthenticate=True,
    limit=CountLimit(ROLES_LIMIT, "too_many_roles"),
    unknown=Unknown("no_such_role", "role"),
    checks=(may_be_lent,),
    end_checks=(nobody_has_it,),
)
