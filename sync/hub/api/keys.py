"""The keys of head office's programs: 256 random bits, of which the database has the SHA-256.

Nothing slower is needed: nobody tries 2^256 keys, and a look costs a microsecond. A key belongs to one
tenant and may `read`, `publish`, or both. Making and revoking them takes the rights of the tables' owner.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

PREFIX = "edge_"
"""So that a key which leaked into a file is recognised as one."""
KEY_BYTES = 32

Right = Literal["read", "publish"]

_ADD = "INSERT INTO api_key (tenant, name, hash, may) VALUES ($1, $2, $3, $4) RETURNING id"
_LIST = "SELECT id, tenant, name, may, made_at, revoked_at FROM api_key ORDER BY id"
_REVOKE = "UPDATE api_key SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL RETURNING id"
_FIND = "SELECT id, tenant, may FROM api_key_of($1)"


class Key(msgspec.Struct, frozen=True):
    """Whose it is and what it may."""

    id: int
    tenant: str
    may: tuple[str, ...]


class Listed(msgspec.Struct, frozen=True):
    """A key without its secret, which nobody has but its user."""

    id: int
    tenant: str
    name: str
    may: tuple[str, ...]
    made_at: datetime
    revoked_at: datetime | None


async def add(connection: Any, tenant: str, name: str, may: Sequence[Right]) -> tuple[int, str]:
    """A new key: its number, and the secret, which is shown once and kept nowhere."""
    secret = PREFIX + secrets.token_urlsafe(KEY_BYTES)
    number: int = await connection.fetchval(_ADD, tenant, name, hash_of(secret), list(may))
    return number, secret


async def listed(connection: Any) -> list[Listed]:
    """All keys there ever were."""
    found = await connection.fetch(_LIST)
    return [Listed(row["id"], row["tenant"], row["name"], tuple(row["may"]), *row[4:]) for row in found]


async def revoke(connection: Any, number: int) -> bool:
    """From the next request on it opens nothing. False: there is none of that number in use."""
    return await connection.fetchval(_REVOKE, number) is not None


async def find(connection: Any, secret: str) -> Key | None:
    """The key with this secret, unless it is revoked."""
    row = await connection.fetchrow(_FIND, hash_of(secret))
    return None if row is None else Key(row["id"], row["tenant"], tuple(row["may"]))


def hash_of(secret: str) -> bytes:
    """What the database has of it."""
    return hashlib.sha256(secret.encode()).digest()
