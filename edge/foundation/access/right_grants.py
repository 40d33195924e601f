"""Who may give and take what: only rights that one has, no role that one holds oneself, and never the last manager's.

Pure decisions; each gives the refusal, or None.
"""

from __future__ import annotations

from collections.abc import Iterable

from edge.core.messages import Actor, Refusal, Right
from edge.foundation.access.rights import USERS, with_implied_rights
from edge.foundation.access.roles import Role

OWN_MACHINE = frozenset({"hub", "job", "system"})
"""Surfaces of head office and of the appliance itself, whose word is not lent."""


def may_lend(actor: Actor, *of: Iterable[Right]) -> None:
    """`Refusal`: an actor may not give or take rights: each of `of` is what somebody has now, or will have."""
    if actor.surface in OWN_MACHINE:
        return
    lacking = sorted({right for rights in of for right in rights} - with_implied_rights(actor.rights))
    if lacking:
        raise Refusal("right_not_yours", {"right": lacking[0]})


def may_lend_role(actor: Actor, *of: Role | None) -> None:
    """`Refusal`: an actor may not give or take roles: no right that they lack, and none beyond the amount up to which
    they have it."""
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
    """`Refusal`: nobody is left who may change users, of the rights that people had and will have."""
    had = any(USERS in rights for rights in before)
    if had and not any(USERS in rights for rights in after):
        raise Refusal("last_manager")
