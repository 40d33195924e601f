"""API keys of head office's programs: 256 random bits, stored as SHA-256.

A slow hash isn't needed: 2^256 keys can't be tried, and a lookup takes a microsecond. A key belongs to one tenant,
expires, and may `read`, `publish`, or publish only some kinds of directives (`publish:prices`), optionally for some
stores only. Only the owner of the tables can create and revoke keys.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from sync.hub.recurring import skip_if_away
from sync.hub.tenants import require_room

PREFIX = "edge_"
"""Prefix of keys, which makes a leaked one recognisable."""
KEY_BYTES = 32
READ, PUBLISH = "read", "publish"
BOXES, TEXTS, AUDIT = "boxes", "texts", "audit"
"""Areas with their own read permission.

`read:boxes` has no money or people, `read:texts` has product names, and `audit` isn't included in `read`.
"""
DAYS, DAYS_MAX = 90, 365
"""A key's default and longest validity in days, so that a forgotten key expires."""

_ADD = """
    INSERT INTO api_key (tenant, name, hash, may, stores, expires_at)
    VALUES ($1, $2, $3, $4, $5, now() + $6::interval) RETURNING id
"""
_LIST = """
    SELECT id, tenant, name, may, stores, made_at, expires_at, used_at, revoked_at,
           coalesce(expires_at <= now(), false) AS ended
    FROM api_key ORDER BY id
"""
_REVOKE = "UPDATE api_key SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL RETURNING id"
_FIND = "SELECT id, tenant, may, stores, noted FROM api_key_of($1)"
_NOTE = "SELECT note_api_key($1)"


class Key(msgspec.Struct, frozen=True):
    """A key's tenant, permissions, and stores (None: all of the tenant)."""

    id: int
    tenant: str
    may: tuple[str, ...]
    stores: tuple[str, ...] | None = None
    role: str = ""

    @property
    def who(self) -> str:
        """The key's user name in records."""
        return f"person-{-self.id}" if self.id < 0 else f"key-{self.id}"

    def may_read(self, area: str = "") -> bool:
        """Whether the key may read an area. `audit` needs its own right; `read` covers the others."""
        return f"{READ}:{area}" in self.may or (READ in self.may and area != AUDIT)

    def may_publish(self, kind: str = "", *, guarded: bool = False) -> bool:
        """Whether the key may publish a kind of directive, or any if empty. Guarded kinds need their own right."""
        if not kind:
            return any(right.partition(":")[0] == PUBLISH for right in self.may)
        return f"{PUBLISH}:{kind}" in self.may or (PUBLISH in self.may and not guarded)

    def reaches(self, store: str) -> bool:
        return self.stores is None or store in self.stores


class Listed(msgspec.Struct, frozen=True):
    """A key without its secret. `used_at`: the hour of its last use."""

    id: int
    tenant: str
    name: str
    may: tuple[str, ...]
    stores: tuple[str, ...] | None
    made_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None
    ended: bool


async def add(
    connection: Any, tenant: str, name: str, may: Sequence[str], *, stores: Sequence[str] = (), days: int = DAYS
) -> tuple[int, str]:
    """Create a key. Returns its number and its secret, which is shown once and never stored.

    Without `stores` the key covers all of them. Raises `NotTaken` at the tenant's limit.
    """
    await require_room(connection, tenant, "keys")
    secret = PREFIX + secrets.token_urlsafe(KEY_BYTES)
    reach = list(stores) or None
    ends = timedelta(days=days)
    number: int = await connection.fetchval(_ADD, tenant, name, hash_of(secret), list(may), reach, ends)
    return number, secret


async def list_keys(connection: Any) -> list[Listed]:
    """All keys, including revoked ones."""
    return [msgspec.convert(dict(row), Listed) for row in await connection.fetch(_LIST)]


async def revoke(connection: Any, number: int) -> bool:
    """Revoke a key; the next request with it is refused. False if no key with this number is in use."""
    return await connection.fetchval(_REVOKE, number) is not None


async def find(connection: Any, digest: bytes) -> Key | None:
    """Return the key with this hash, unless it was revoked or has expired. Its use is recorded hourly."""
    row = await connection.fetchrow(_FIND, digest)
    if row is None:
        return None
    *known, noted = row
    if not noted:
        await _note(connection, row["id"])
    return msgspec.convert(dict(zip(Key.__struct_fields__, known, strict=False)), Key)  # a program's key has no role


async def _note(connection: Any, number: int) -> None:
    with skip_if_away(f"the use of key {number}"):  # for example on a read-only standby
        await connection.execute(_NOTE, number)


def hash_of(secret: str) -> bytes:
    """The stored hash of a secret."""
    return hashlib.sha256(secret.encode()).digest()
