"""Password reset by a link, valid once for an hour.

The link is mailed, or handed over by an owner if the person belongs to that tenant only. The second factor stays, but
its secret was sealed with the old password, so the phone's codes no longer work. A recovery code lets the person in to
set up the phone again.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

import msgspec

from sync.hub import tenants
from sync.hub.api import hashing, mailed_links, staff
from sync.hub.api.mailed_links import LinkLetter

LASTS = timedelta(hours=1)
MAILED_AT_ONCE = 3
"""Maximum open links per person; further requests mail nothing."""
SECRET_BYTES = 32
_ASK = "SELECT ask_password_link($1, $2, $3, $4)"
_MAKE = "SELECT make_password_link($1, $2, $3, $4, $5)"
_SEE = "SELECT email, factor FROM password_link_of($1)"
_USE = "SELECT use_password_link($1, $2)"


class PasswordLink(msgspec.Struct, frozen=True):
    """The person a reset link is for, and whether they have a second factor."""

    email: str
    factor: bool


async def ask(connection: Any, letter: LinkLetter, email: str, language: str) -> None:
    """Mail a reset link if the address exists, without revealing to the caller whether it does."""
    address, secret = email.strip().lower(), secrets.token_urlsafe(SECRET_BYTES)
    if await connection.fetchval(_ASK, address, staff.hash_of(secret), LASTS, MAILED_AT_ONCE):
        values = {"minutes": LASTS // timedelta(minutes=1)}
        await mailed_links.mail(connection, letter, "password", address, language, secret, LASTS, values)


async def make(connection: Any, tenant: str, person: int, who: str) -> tuple[str, str]:
    """Create a reset link for another person of the tenant, within a transaction.

    Returns its secret, which is shown once, and "". If no link may be created, returns "" and the reason: `nobody`,
    `oneself` or `elsewhere`.
    """
    secret = secrets.token_urlsafe(SECRET_BYTES)
    refused = await connection.fetchval(_MAKE, tenant, person, who, staff.hash_of(secret), LASTS)
    if refused:
        return "", refused
    await tenants.log(connection, tenant, who, "password", f"person-{person}", None, {"link_of": who})
    return secret, ""


async def see(connection: Any, secret: str) -> PasswordLink | None:
    """The person of a link; None if it's invalid or expired."""
    row = await connection.fetchrow(_SEE, staff.hash_of(secret))
    return PasswordLink(row["email"], row["factor"]) if row else None


async def use(connection: Any, secret: str, password: str) -> bool:
    """Set the password; False if the link is invalid or expired. Raises `ValueError` if it's too short."""
    digest = staff.hash_of(secret)
    if await connection.fetchrow(_SEE, digest) is None:
        return False
    hashed = await hashing.slowly(staff.hash_password, password)
    return bool(await connection.fetchval(_USE, digest, hashed))
