"""Stored templates of voices and faces: float32, little-endian, in a Fernet token (github.com/fernet/spec).

The token's key is encrypted with the person's key, without which templates can't be read. A damaged template, or one of
the wrong length, is rejected.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence

import msgspec
import structlog
from cryptography.fernet import Fernet, InvalidToken

from edge.core.people.sealing import Keyring
from edge.core.storage.database import Connection, blob
from edge.ordering.recognition.means import MeansName

_log = structlog.get_logger(__name__)
TABLE = "biometric_template"
FLOAT_BYTES = 4
_COLUMNS = "person, encrypted_template, wrapped_key, model, dimensions, confidence, created_us, expires_us"
_ALL = f"SELECT {_COLUMNS} FROM biometric_template WHERE kind = ? AND model = ? AND expires_us >= ?"
_ONE = f"SELECT {_COLUMNS} FROM biometric_template WHERE kind = ? AND person = ?"
_PUT = f"INSERT OR REPLACE INTO biometric_template (kind, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"


class UnreadableTemplate(Exception):
    """A template that is damaged, encrypted with another key, or of the wrong length."""


class Template(msgspec.Struct, frozen=True):
    """A person's voice or face as a vector of length 1, made by a `model`.

    `confidence`: the similarity of its samples, from 0 to 10,000.
    """

    person: str
    vector: tuple[float, ...]
    model: str
    confidence: int
    created_us: int
    expires_us: int


def pack_vector(vector: Sequence[float]) -> bytes:
    """Pack as float32, little-endian."""
    return struct.pack(f"<{len(vector)}f", *vector)


def unpack_vector(data: bytes, dimensions: int) -> tuple[float, ...]:
    """Unpack a vector. Raises `UnreadableTemplate` if it has the wrong length or isn't finite."""
    if len(data) != FLOAT_BYTES * dimensions:
        raise UnreadableTemplate(f"{len(data)} bytes aren't {dimensions} numbers")
    vector = struct.unpack(f"<{dimensions}f", data)
    if not all(map(math.isfinite, vector)):
        raise UnreadableTemplate("it contains a value that isn't a number")
    return vector


def put(db: Connection, template: Template, means: MeansName = "voice") -> None:
    """Store a template, replacing the previous one. Runs on the writer's connection."""
    key = Fernet.generate_key()
    token = Fernet(key).encrypt(pack_vector(template.vector))
    wrapped = Keyring(db).seal(template.person, TABLE, "wrapped_key", key.decode())
    counts = (len(template.vector), template.confidence, template.created_us, template.expires_us)
    db.execute(_PUT, (means, template.person, blob(token), wrapped, template.model, *counts))


def read_all(db: Connection, model: str, now_us: int, means: MeansName = "voice") -> tuple[list[Template], list[str]]:
    """Unexpired templates made by this model, and the people whose templates can't be read."""
    ring, found, unreadable = Keyring(db), list[Template](), list[str]()
    for row in db.execute(_ALL, (means, model, now_us)).fetchall():
        try:
            found.append(_open_template(ring, row))
        except UnreadableTemplate as error:
            _log.warning("template_unreadable", person=row[0], why=str(error))
            unreadable.append(row[0])
    return found, unreadable


def read_one(db: Connection, person: str, means: MeansName = "voice") -> Template | None:
    """A person's template by any model; None if missing or unreadable."""
    row = db.execute(_ONE, (means, person)).fetchone()
    try:
        return _open_template(Keyring(db), row) if row else None
    except UnreadableTemplate:
        return None


def _open_template(ring: Keyring, row: tuple[str, bytes, str, str, int, int, int, int]) -> Template:
    person, token, wrapped, model, dimensions, confidence, created_us, expires_us = row
    key = ring.open(person, TABLE, "wrapped_key", wrapped)
    if not key:
        raise UnreadableTemplate("the person's key is missing")
    try:
        data = Fernet(key.encode()).decrypt(bytes(token))
    except (InvalidToken, ValueError) as error:
        raise UnreadableTemplate("the token can't be decrypted") from error
    return Template(person, unpack_vector(data, dimensions), model, confidence, created_us, expires_us)
