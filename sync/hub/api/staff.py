"""People of head office, who sign in to one of their tenants with a password.

Switching issues another token, ends the previous one, and is recorded. A token's permissions are checked at each
request, and it records whether it was issued with a second factor. `connection` is a pool, so no connection is occupied
during password hashing.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import msgspec

from sync.hub.api import hashing, second_factor
from sync.hub.api.keys import AUDIT, BOXES, PUBLISH, READ, TEXTS, Key
from sync.hub.api.unknown_addresses import UnknownAddresses

PREFIX = "edgep_"
"""The prefix of a token, which distinguishes it from a key and makes a leaked one recognisable."""
LASTS = timedelta(hours=8)
PASSWORD_CHARS = (15, 200)
"""Minimum (NIST SP 800-63B-4 for a single factor) and maximum length."""
APPROVE = "approve"
"""The right to approve or reject publications."""
SUPPORT = "support"
"""The right to ask boxes for diagnostics, and to read their answers."""
HELP = "help"
"""The right to help a store remotely while its manager allows it."""
ROLES: Mapping[str, tuple[str, ...]] = {
    "viewer": (READ,),
    "editor": (READ, PUBLISH),
    "owner": (READ, PUBLISH, APPROVE),
    "approver": (READ, APPROVE),
    "support": (f"{READ}:{BOXES}",),
    "translator": (f"{READ}:{TEXTS}", f"{PUBLISH}:texts", f"{PUBLISH}:translations"),
}
"""Each role's permissions, in terms of a key's rights."""
STORES, PEOPLE = "stores", "people"
"""The rights to edit stores, and to change people's roles at head office."""
CLOSING = "closing"
"""The right to export all of a tenant's data, and to request its removal."""
PRIVACY = "privacy"
"""The right to send data subject requests to all of a tenant's shops."""
WITH_FACTOR: Mapping[str, tuple[str, ...]] = {
    "owner": (
        *("publish:users", "publish:pin", "publish:signing-key"),
        *(STORES, PEOPLE, f"{READ}:{AUDIT}", SUPPORT, HELP, CLOSING, PRIVACY),
    ),
    "support": (SUPPORT, HELP),
}
"""Additional rights of a token issued with a second factor: changing permissions, reading the audit log, and diagnosing
boxes.
"""

_FIND = "SELECT person, of_tenant, role, stores, groups, with_factor FROM staff_token_of($1)"
_OF_GROUPS = "SELECT stores_of_groups($1, $2)"
_MAKE = "SELECT make_staff_token($1, $2, $3, $4, $5, $6, $7)"


class Membership(msgspec.Struct, frozen=True):
    """A person's membership in a tenant: the role, and the stores and groups (None in both: all)."""

    tenant: str
    role: str
    stores: tuple[str, ...] | None = None
    groups: tuple[str, ...] | None = None


class StaffToken(msgspec.Struct, frozen=True):
    """A token for one tenant, shown once, with all tenants the person may switch to."""

    token: str
    tenant: str
    expires_at: datetime
    memberships: tuple[Membership, ...]


class TooManyAttempts(Exception):
    """Sign-in is blocked for this many seconds, after too many wrong passwords."""

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


class CodeWanted(Exception):
    """The password was right, but a second factor is required."""


def is_token(secret: str) -> bool:
    return secret.startswith(PREFIX)


async def find(connection: Any, digest: bytes) -> Key | None:
    """Return the permissions of the token with this hash; None if the token or the membership has ended.

    `id`: the person's id, negated.
    """
    row = await connection.fetchrow(_FIND, digest)
    if row is None:
        return None
    stores = None if row["stores"] is None else tuple(row["stores"])
    if row["groups"] is not None:
        stores = (*(stores or ()), *await connection.fetchval(_OF_GROUPS, row["of_tenant"], row["groups"]))
    more = WITH_FACTOR.get(row["role"], ()) if row["with_factor"] else ()
    return Key(-row["person"], row["of_tenant"], (*ROLES.get(row["role"], ()), *more), stores, row["role"])


async def sign_in(
    connection: Any, unknown: UnknownAddresses, email: str, password: str, tenant: str, code: str = ""
) -> StaffToken | None:
    """Return a token for `tenant`, or else for the person's first one.

    None if address, password, code or membership is wrong, without saying which. Raises `TooManyAttempts` or
    `CodeWanted`.
    """
    address = email.strip().lower()
    row = await connection.fetchrow("SELECT id, password, wait_s FROM staff_of($1)", address)
    wait_s = row["wait_s"] if row is not None else unknown.wait_s(address)
    if wait_s > 0:
        raise TooManyAttempts(int(wait_s) + 1)
    right = await hashing.slowly(_matches, row["password"] if row else "", password)
    if row is None:
        unknown.wrong(address)
    elif not right:
        await note_wrong(connection, row["id"])
    if row is None or not right:
        return None
    by_factor = await second_factor.has(connection, row["id"])
    if by_factor:
        if not code:
            raise CodeWanted
        if not await second_factor.check(connection, row["id"], password, code):
            await note_wrong(connection, row["id"])
            return None
    if not tenant:
        known = await memberships(connection, row["id"])
        tenant = known[0].tenant if known else ""
    return await issue(connection, row["id"], tenant, by_factor)


async def proves(connection: Any, person: int, password: str, code: str) -> bool:
    """Whether a signed-in person confirms their identity by password, and by code if they have a second factor.

    Failures count as in sign-in, and nothing is accepted while the person is blocked.
    """
    if not await proves_password(connection, person, password):
        return False
    if not await second_factor.has(connection, person):
        return True
    right = await second_factor.check(connection, person, password, code)
    if not right:
        await note_wrong(connection, person)
    return right


async def proves_password(connection: Any, person: int, password: str) -> bool:
    """Check a person's password, without a second factor."""
    stored = await connection.fetchval("SELECT staff_password_of($1)", person)
    if stored is None:
        return False
    right = await hashing.slowly(_matches, stored, password)
    if not right:
        await note_wrong(connection, person)
    return right


async def note_wrong(connection: Any, person: int) -> None:
    """Count a wrong password or code. After five, sign-in is blocked for a while."""
    await connection.execute("SELECT note_wrong_password($1)", person)


async def switch(connection: Any, key: Key, secret: str, tenant: str) -> StaffToken | None:
    """Issue a token for another tenant and end this one. None if the person isn't a member of it."""
    person = -key.id
    known = await memberships(connection, person)
    return await _issue_token(connection, person, tenant, known, hash_of(secret), key.tenant)


async def memberships(connection: Any, person: int) -> tuple[Membership, ...]:
    found = await connection.fetch("SELECT of_tenant, role, stores, groups FROM memberships_of($1)", person)
    return tuple(
        Membership(tenant, role, tuple(stores) if stores else None, tuple(groups) if groups else None)
        for tenant, role, stores, groups in found
    )


async def sign_out(connection: Any, secret: str) -> None:
    """End a token; the next request with it is refused."""
    await connection.execute("SELECT end_staff_token($1)", hash_of(secret))


def hash_of(secret: str) -> bytes:
    """The stored hash of a token."""
    return hashlib.sha256(secret.encode()).digest()


def hash_password(password: str) -> str:
    """A password's Argon2id hash. Raises `ValueError` if it's too short or too long."""
    from argon2 import PasswordHasher

    least, most = PASSWORD_CHARS
    if not least <= len(password) <= most:
        raise ValueError(f"a password has {least} to {most} characters")
    return PasswordHasher().hash(password)


async def issue(connection: Any, person: int, tenant: str, by_factor: bool) -> StaffToken | None:
    """Issue a token to a person whose identity was proven; None if they aren't a member of the tenant."""
    known = await memberships(connection, person)
    return await _issue_token(connection, person, tenant, known, None, "", by_factor)


async def _issue_token(
    connection: Any,
    person: int,
    tenant: str,
    known: Sequence[Membership],
    old: bytes | None,
    was: str,
    by_factor: bool = False,
) -> StaffToken | None:
    secret = PREFIX + secrets.token_urlsafe(32)
    ends = await connection.fetchval(_MAKE, person, tenant, hash_of(secret), LASTS, old, was, by_factor)
    return None if ends is None else StaffToken(secret, tenant, ends, tuple(known))


def _matches(hashed: str, password: str) -> bool:
    from argon2 import PasswordHasher
    from argon2.exceptions import VerificationError

    try:
        return PasswordHasher().verify(hashed or _nobodys(), password[: PASSWORD_CHARS[1]])
    except VerificationError:
        return False


@cache
def _nobodys() -> str:
    """Return a hash that matches no password, so that unknown addresses take as long as known ones."""
    return hash_password(secrets.token_urlsafe(32))
