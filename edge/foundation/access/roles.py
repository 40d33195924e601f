"""Roles: named sets of rights, some limited to an amount. Pure except for reading custom ones."""

from __future__ import annotations

import msgspec

from edge.core.messages import Right
from edge.core.storage.database import Connection
from edge.foundation.access.commands import OwnRole
from edge.foundation.access.rights import CASHIER, MANAGE, OVERRIDE, RIGHTS, SELL, UMBRELLAS, with_implied_rights

_decode = msgspec.json.Decoder(OwnRole).decode
MANAGING = UMBRELLAS[MANAGE] | {MANAGE}
"""Rights that make a user a manager, who needs a longer PIN and may open the manager's pages."""


class Role(msgspec.Struct, frozen=True):
    """Rights of a role. `limits` are maximum amounts in minor units. Built-in roles have no `name`."""

    id: str
    name: str
    rights: frozenset[Right]
    limits: tuple[tuple[Right, int], ...] = ()

    @property
    def manages(self) -> bool:
        return bool(self.rights & MANAGING)


BUILT_IN = {
    role.id: role
    for role in (
        Role("cashier", "", CASHIER),
        Role("manager", "", RIGHTS | with_implied_rights((SELL, OVERRIDE, MANAGE))),
    )
}


def read_role(db: Connection, id: str) -> Role | None:
    """Return an assignable role, or None."""
    if id in BUILT_IN:
        return BUILT_IN[id]
    found = db.execute("SELECT body FROM access_role WHERE id = ?", (id,)).fetchone()
    return as_role(_decode(found[0])) if found else None


def read_roles(db: Connection) -> list[Role]:
    """Return all roles, built-in ones first."""
    rows = db.execute("SELECT body FROM access_role ORDER BY body ->> '$.name', id")
    return [*BUILT_IN.values(), *(as_role(_decode(body)) for (body,) in rows)]


def as_role(own: OwnRole) -> Role:
    """A custom role with implied rights."""
    return Role(own.id, own.name, with_implied_rights(own.rights) & RIGHTS, tuple(sorted(own.limits.items())))
