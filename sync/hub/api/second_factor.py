"""Second factors of head office's people: app codes (TOTP, RFC 6238), and recovery codes.

A secret is encrypted with a key derived from its owner's password. So it can only be opened where the password is
typed, and is lost with a new password. Wrong codes count as wrong passwords.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import time
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sync.hub.api.hashing import slowly
from sync.hub.api.qr_picture import qr_picture
from sync.identity.totp import RECOVERY_CODES, app_address, is_code, new_secret, step_of, without_gaps

RECOVERY_BYTES = 15
"""Length of a recovery code: 120 bits, which need no slow hash (NIST SP 800-63B-4, section 3.1.2.2)."""
SALT_BYTES = 16
NONCE_BYTES = 12
ISSUER = "edge-store head office"


class Begun(msgspec.Struct, frozen=True):
    """A new secret for a phone, shown once: as text, as an app address, and as its QR code (an image address)."""

    secret: str
    address: str
    picture: str


class _Row(msgspec.Struct, frozen=True):
    salt: bytes
    secret: bytes
    begun: bytes
    last_step: int


async def has(connection: Any, person: int) -> bool:
    """Whether a person has an active second factor."""
    row = await _read(connection, person)
    return row is not None and bool(row.secret)


async def check(connection: Any, person: int, password: str, code: str) -> bool:
    """Whether a code is right: from the phone (each time step once), or an unused recovery code."""
    row = await _read(connection, person)
    if row is None or not row.secret:
        return False
    if not is_code(code):
        return bool(await connection.fetchval("SELECT use_staff_recovery($1, $2)", person, _hash(without_gaps(code))))
    step = _step_now(await _decrypt_secret(row.salt, password, row.secret), code, row.last_step)
    return step is not None and bool(await connection.fetchval("SELECT use_staff_step($1, $2)", person, step))


async def begin(connection: Any, person: int, password: str) -> Begun:
    """Create a new secret, active after its first right code within ten minutes."""
    row, secret = await _read(connection, person), new_secret()
    salt = row.salt if row else secrets.token_bytes(SALT_BYTES)
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = nonce + AESGCM(await slowly(_key, password, salt)).encrypt(nonce, secret.encode(), None)
    await connection.execute("SELECT begin_staff_factor($1, $2, $3)", person, salt, sealed)
    address = app_address(secret, str(person), ISSUER)
    return Begun(secret, address, qr_picture(address))


async def confirm(connection: Any, person: int, password: str, code: str) -> list[str] | None:
    """Activate the new secret by its first code. Returns recovery codes, shown once; None if the code is wrong, or
    nothing was begun."""
    row = await _read(connection, person)
    if row is None or not row.begun:
        return None
    step = _step_now(await _decrypt_secret(row.salt, password, row.begun), code, 0)
    if step is None:
        return None
    codes = [base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode() for _ in range(RECOVERY_CODES)]
    hashes = [_hash(one) for one in codes]
    kept = await connection.fetchval("SELECT confirm_staff_factor($1, $2, $3, $4)", person, row.begun, step, hashes)
    return ["-".join(re.findall("....", one)) for one in codes] if kept else None


async def drop(connection: Any, person: int) -> None:
    """Remove a person's second factor."""
    await connection.execute("SELECT drop_staff_factor($1)", person)


async def _read(connection: Any, person: int) -> _Row | None:
    found = await connection.fetchrow("SELECT salt, secret, begun, last_step FROM staff_factor_of($1)", person)
    return _Row(*found) if found else None


def _step_now(secret: str, code: str, after: int) -> int | None:
    return step_of(secret, code, time.time_ns() // 1_000, after)


async def _decrypt_secret(salt: bytes, password: str, sealed: bytes) -> str:
    """Decrypt a secret with its owner's password. A wrong password gives a secret that no code matches."""
    key = await slowly(_key, password, salt)
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None).decode()
    except InvalidTag:
        return new_secret()


def _key(password: str, salt: bytes) -> bytes:
    """Derive the key as slowly as the password hash, so that it's no faster way to guess."""
    from argon2 import PasswordHasher
    from argon2.low_level import Type, hash_secret_raw

    costs = PasswordHasher()
    return hash_secret_raw(password.encode(), salt, costs.time_cost, costs.memory_cost, costs.parallelism, 32, Type.ID)


def _hash(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()
