"""Rules for granting rights: users grant only rights they have, never change their own role, and at least one manager
remains.

Pure decisions.
"""

from __future__ import annotations

from collections.abc import Iterable

from edge.core.messages import Actor, Refusal, Right
from edge.foundation.access.rights import USERS, with_implied_rights
from edge.foundation.access.roles import Role

OWN_MACHINE = frozenset({"hub", "job", "system"})
"""Surfaces of head office and of the appliance, which may grant any rights."""


def may_lend(actor: Actor, *of: Iterable[Right]) -> None:
    """Raise `Refusal` if an actor may not grant or revoke rights; `of`: someone's current or new rights."""
    if actor.surface in OWN_MACHINE:
        return
    lacking = sorted({right for rights in of for right in rights} - with_implied_rights(actor.rights))
    if lacking:
        raise Refusal("right_not_yours", {"right": lacking[0]})


def may_lend_role(actor: Actor, *of: Role | None) -> None:
    """Raise `Refusal` if an actor may not grant or revoke roles, because these exceed the actor's own rights or
    amounts."""
    roles = [role for role in of if role is not None]
    may_lend(actor, *(role.rights for role in roles))
    if actor.surface in OWN_MACHINE:
        return
    for right, most in actor.limits:
        for role in roles:
            theirs = dict(role.limits).get(right)
            if right in role.rights and (theirs is None or theirs > most):
                raise Refusal("limit_not_yours", {"right": right, "most_minor": most})


def keeps_a_manager(before: Iterable[frozenset[Right]], after: Iterable[frozenset[Right]]) -> None:
    """Raise `Refusal` if no user would be left who can manage users, given the rights of all users before and after."""
    had = any(USERS in rights for rights in before)
    if had and not any(USERS in rights for rights in after):
        raise Refusal("last_manager")
