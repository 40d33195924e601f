"""Roles: named rights, some up to an amount. Pure but for reading those of the shop's own."""

from __future__ import annotations

import msgspec

from edge.core.messages import Right
from edge.core.storage.database import Connection
from edge.shop.access.rights import CASHIER, MANAGE, OVERRIDE, RIGHTS, SELL, UMBRELLAS, widened

MANAGING = UMBRELLAS[MANAGE] | {MANAGE}
"""Whoever has one of these may manage: their PIN is longer, and the manager's pages open."""


class Role(msgspec.Struct, frozen=True):
    """What its holders may; `limits` are the most that a right allows, in minor units. Built-in ones have no `name`."""

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
        Role("manager", "", RIGHTS | widened((SELL, OVERRIDE, MANAGE))),
    )
}


def read_role(db: Connection, id: str) -> Role | None:
    """A role that somebody may have."""
    if id in BUILT_IN:
        return BUILT_IN[id]
    found = db.execute("SELECT id, name, rights, limits FROM access_role WHERE id = ? AND active", (id,)).fetchone()
    return _own(*found) if found else None


def read_roles(db: Connection) -> list[Role]:
    """All roles, the built-in ones first."""
    rows = db.execute("SELECT id, name, rights, limits FROM access_role WHERE active ORDER BY name, id")
    return [*BUILT_IN.values(), *(_own(*row) for row in rows)]


def _own(id: str, name: str, rights: str, limits: str) -> Role:
    held = widened(msgspec.json.decode(rights, type=list[str]))
    return Role(id, name, held & RIGHTS, tuple(sorted(msgspec.json.decode(limits, type=dict[str, int]).items())))
