"""Invitations to a tenant of head office.

The recipient sets a password by a link that is valid once, for some days. People with an existing password use that,
and join another tenant.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from sync.hub import tenants
from sync.hub.api import hashing, second_factor, staff
from sync.hub.api.staff import CodeWanted, StaffToken, TooManyAttempts
from sync.hub.tenants import NotTaken, limit_reached

LASTS = timedelta(days=3)
"""Validity of a link."""
SECRET_BYTES = 32
ANOTHER = 0
"""The person's number if the address belongs to someone other than the verified person."""
_INVITE = "SELECT invite_person($1, $2, $3, $4, $5, $6, $7, $8)"
_LIST = "SELECT invitation, email, role, stores, groups, made_by, expires_at FROM invitations_of_tenant($1)"
_SEE = "SELECT of_tenant, email, role, person, password, wait_s FROM invitation_of($1)"


class Invitation(msgspec.Struct, frozen=True):
    """An open invitation."""

    invitation: int
    email: str
    role: str
    stores: tuple[str, ...] | None
    groups: tuple[str, ...] | None
    made_by: str
    expires_at: datetime


class Invited(msgspec.Struct, frozen=True):
    """An invitation as shown by its link: tenant, role and email address."""

    tenant: str
    email: str
    role: str


class WrongPassword(Exception):
    """The address has a password at head office, and a different one was typed."""


async def invite(
    connection: Any,
    tenant: str,
    email: str,
    role: str,
    stores: Sequence[str] | None,
    groups: Sequence[str] | None,
    who: str,
) -> str:
    """Create an invitation, within a transaction. Returns its secret, which is shown once.

    Earlier links for the address become invalid. Raises `NotTaken` at the tenant's limit of people, or if the person
    already belongs to it.
    """
    address, secret = email.strip().lower(), secrets.token_urlsafe(SECRET_BYTES)
    most, used = await connection.fetchrow("SELECT most, used FROM people_of_limit($1, $2)", tenant, address)
    if most is not None and used >= most:
        raise limit_reached("people", most, used)
    own = None if stores is None else list(stores), None if groups is None else list(groups)
    number = await connection.fetchval(_INVITE, tenant, address, role, *own, who, staff.hash_of(secret), LASTS)
    if number is None:
        raise NotTaken("person_belongs", "they are already members: change their role instead")
    after = {"role": role, "stores": stores, "groups": groups}
    await tenants.log(connection, tenant, who, "invitation", f"invitation-{number}", None, after)
    return secret


async def withdraw(connection: Any, tenant: str, number: int, who: str) -> bool:
    """Withdraw an invitation, within a transaction. False if the number is unknown."""
    known = bool(await connection.fetchval("SELECT withdraw_invitation($1, $2)", tenant, number))
    if known:
        await tenants.log(connection, tenant, who, "invitation", f"invitation-{number}", {"state": "open"}, None)
    return known


async def of_tenant(connection: Any, tenant: str) -> list[Invitation]:
    """Open invitations, oldest first."""
    return [msgspec.convert(dict(row), Invitation) for row in await connection.fetch(_LIST, tenant)]


async def see(connection: Any, secret: str) -> Invited | None:
    """The invitation of a link; None if it's invalid or expired."""
    row = await connection.fetchrow(_SEE, staff.hash_of(secret))
    return Invited(row["of_tenant"], row["email"], row["role"]) if row else None


async def accept(connection: Any, secret: str, password: str, code: str) -> StaffToken | None:
    """Accept an invitation.

    Returns a token of its tenant; None if the link is invalid or expired, or the tenant is full.

    Raises `ValueError` if a new password is too short. Raises `WrongPassword`, `TooManyAttempts` or `CodeWanted` for a
    person with an existing password, even one set while this one was being hashed: only a verified person can accept.
    """
    digest = staff.hash_of(secret)
    row = await connection.fetchrow(_SEE, digest)
    if row is None:
        return None
    if row["wait_s"] > 0:
        raise TooManyAttempts(int(row["wait_s"]) + 1)
    hashed, by_factor = "", False
    if row["person"] is None:
        hashed = await hashing.slowly(staff.hash_password, password)
    else:
        by_factor = await second_factor.has(connection, row["person"])
        if by_factor and not code and await staff.proves_password(connection, row["person"], password):
            raise CodeWanted
        if not await staff.proves(connection, row["person"], password, code):
            raise WrongPassword
    person = await connection.fetchval("SELECT accept_invitation($1, $2, $3)", digest, hashed, row["person"])
    if person == ANOTHER:
        raise WrongPassword
    return None if person is None else await staff.issue(connection, person, row["of_tenant"], by_factor)
