"""Wrapping keys for people's keys, in a file next to the ledger, so that they can be destroyed.

Overwritten data survives in free pages, in the WAL and in every copy of a database. The database therefore has a
person's key only as ciphertext; the 32 bytes that decrypt it are in the file `people-keys` (mode 0600). A key is never
changed. A new one replaces it yearly, and after a person was forgotten.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from edge.core.storage.atomic_write import sync_folder, write_whole
from edge.core.storage.database import BEHIND, Connection
from edge.core.storage.permissions import explain_not_writable
from edge.lib.errors import InvariantBroken, NeedsHuman

FILE = "people-keys"
KEY_BYTES = 32
YEAR_US = 365 * 86_400_000_000
"""Age at which a wrapping key is replaced."""


class Wrapping(msgspec.Struct, frozen=True):
    """A wrapping key, created at `made_us` (UTC microseconds) after journal row (`epoch`, `seq`). People forgotten
    before that row never had a key under it. `key` is hexadecimal."""

    id: str
    made_us: int
    epoch: int
    seq: int
    key: str

    @property
    def order(self) -> tuple[int, int]:
        return (self.epoch, self.seq)


class Wrappings(msgspec.Struct, frozen=True):
    """Contents of the file, newest key last. `held`: personal data is hidden because the ledger was set back and may
    contain people forgotten since."""

    keys: tuple[Wrapping, ...] = ()
    held: bool = False

    def of(self, id: str) -> bytes | None:
        """Return the wrapping key with this id; None if it was destroyed."""
        return next((bytes.fromhex(one.key) for one in self.keys if one.id == id), None)

    def with_others(self, others: Wrappings) -> Wrappings:
        """Merge both sets in order of creation."""
        known = {one.id: one for one in (*others.keys, *self.keys)}
        return Wrappings(tuple(sorted(known.values(), key=lambda one: (one.order, one.made_us))), self.held)


def folder_of(db: Connection) -> Path:
    """Return the data folder of an open ledger, or of the ledger behind it, which stores its people."""
    files = {name: file for _, name, file in db.execute("PRAGMA database_list")}
    path = files.get(BEHIND) or files["main"]
    if not path:
        raise InvariantBroken("A database in memory has no keys for personal data.")
    return _parent_of(path)


@lru_cache(maxsize=8)
def _parent_of(path: str) -> Path:
    """The folder of a ledger; cached, because it is needed for each text of each person."""
    return Path(path).parent


def read(folder: Path) -> Wrappings:
    """Return the wrapping keys of a data folder; empty if it has no file. Raises `NeedsHuman` if the file can't be
    read."""
    path = folder / FILE
    try:
        now = path.stat()
        return _decode(path, now.st_ino, now.st_mtime_ns, now.st_ctime_ns, now.st_size)
    except FileNotFoundError:
        return Wrappings()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise NeedsHuman(
            f"The keys for personal data in {folder / FILE} can't be read: {why}.",
            "Sales continue without names. Remove the file and restore it from the backups: edge person show",
            *("people.unreadable", {"why": why}),
        ) from error


@lru_cache(maxsize=2)
def _decode(path: Path, *_stamp: int) -> Wrappings:
    """Return the file's contents. Cached until the file changes, because each text of each person needs them."""
    body = path.read_bytes()
    if not body.strip(b"\0"):  # overwritten with zeros while it was read: a new file has replaced it
        body = path.read_bytes()
    return msgspec.json.decode(body, type=Wrappings)


@lru_cache(maxsize=32)
def index_key(key: str, kind: str) -> bytes:
    """The key of a kind's blind index, derived from a wrapping key."""
    derived = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"edge index {kind}".encode())
    return derived.derive(bytes.fromhex(key))


def newest(db: Connection) -> Wrapping:
    """Return the key for new data. If there is none, create the first one, dated like the newest event."""
    folder = folder_of(db)
    found = read(folder)
    if not found.keys:
        fact = db.execute("SELECT at_us FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
        found = with_new_key(folder, (0, 0), fact[0] if fact else 0)
    return found.keys[-1]


def with_new_key(folder: Path, order: tuple[int, int], made_us: int) -> Wrappings:
    """Append a new key."""
    before = read(folder)
    made = Wrapping(os.urandom(8).hex(), made_us, *order, os.urandom(KEY_BYTES).hex())
    return put(folder, Wrappings((*before.keys, made), before.held))


def put(folder: Path, wrappings: Wrappings) -> Wrappings:
    """Durably replace the file and overwrite the old one in place, safely across a power cut. Flash storage may still
    keep old data that only its maker's tools can read. Raises `NeedsHuman` if the disk refuses."""
    path = folder / FILE
    _decode.cache_clear()
    index_key.cache_clear()  # leave nothing of a destroyed key behind
    try:
        replace_destroyed(path, lambda: write_whole(path, msgspec.json.format(msgspec.json.encode(wrappings))))
    except OSError as error:
        raise explain_not_writable(path, error) from error
    return wrappings


def replace_destroyed(path: Path, write: Callable[[], object]) -> None:
    """Call `write` to replace `path`, then overwrite the old file's bytes. Raises `OSError`."""
    try:
        old = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        old = None
    try:
        write()
        sync_folder(path.parent)
        if old is not None:
            os.pwrite(old, bytes(os.fstat(old).st_size), 0)
            os.fsync(old)
    finally:
        if old is not None:
            os.close(old)
