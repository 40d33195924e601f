"""The keys that wrap people's keys: in a file beside the ledger, in no database, so that they can be destroyed.

What is written over in a database stays in free pages, in the WAL, and in every copy. A person's key is there only as
ciphertext; what opens it are 32 bytes in the file `people-keys` (mode 0600). A key is never changed, but followed by
another one: yearly, and when somebody was forgotten.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from edge.core.storage.atomic_write import sync_folder, write_whole
from edge.core.storage.database import BEHIND, Connection
from edge.core.storage.permissions import explain_not_writable
from edge.lib.errors import InvariantBroken, NeedsHuman

FILE = "people-keys"
KEY_BYTES = 32
YEAR_US = 365 * 86_400_000_000
"""A wrapping key that is older is followed by another one."""


class Wrapping(msgspec.Struct, frozen=True):
    """A wrapping key: made at `made_us` (UTC microseconds) behind the journal's row (`epoch`, `seq`), so that whoever
    was forgotten before never had a key under it. `key` is hexadecimal."""

    id: str
    made_us: int
    epoch: int
    seq: int
    key: str

    @property
    def order(self) -> tuple[int, int]:
        return (self.epoch, self.seq)


class Wrappings(msgspec.Struct, frozen=True):
    """What is in the file: the newest key last. `held`: nobody is shown, as somebody who was forgotten may be among
    them (the ledger was set back, and nothing says who was forgotten since)."""

    keys: tuple[Wrapping, ...] = ()
    held: bool = False

    def of(self, id: str) -> bytes | None:
        """The wrapping key of that id, if it is not destroyed."""
        return next((bytes.fromhex(one.key) for one in self.keys if one.id == id), None)

    def with_others(self, others: Wrappings) -> Wrappings:
        """Those of both, in the order in which they were made."""
        known = {one.id: one for one in (*others.keys, *self.keys)}
        return Wrappings(tuple(sorted(known.values(), key=lambda one: (one.order, one.made_us))), self.held)


def folder_of(db: Connection) -> Path:
    """The data folder of an open ledger; where it reads its people from one behind it, of that one."""
    files = {name: file for _, name, file in db.execute("PRAGMA database_list")}
    path = files.get(BEHIND) or files["main"]
    if not path:
        raise InvariantBroken("A database in memory has no keys for personal data.")
    return Path(path).parent


def read(folder: Path) -> Wrappings:
    """The wrapping keys of a data folder; none where there is no file. `NeedsHuman`: it cannot be read."""
    try:
        body = (folder / FILE).read_bytes()
        if not body.strip(b"\0"):  # overwritten while it was read: another one has its place
            body = (folder / FILE).read_bytes()
        return msgspec.json.decode(body, type=Wrappings)
    except FileNotFoundError:
        return Wrappings()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise NeedsHuman(
            f"The keys for personal data in {folder / FILE} can't be read: {why}.",
            "Sales continue without names. Remove the file and restore it from the backups: edge person show",
            *("people.unreadable", {"why": why}),
        ) from error


def newest(db: Connection) -> Wrapping:
    """The key that wraps what comes new; the very first one is made now, as old as the newest fact."""
    folder = folder_of(db)
    found = read(folder)
    if not found.keys:
        fact = db.execute("SELECT at_us FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
        found = with_new_key(folder, (0, 0), fact[0] if fact else 0)
    return found.keys[-1]


def with_new_key(folder: Path, order: tuple[int, int], made_us: int) -> Wrappings:
    """Add a new key behind those that there are."""
    before = read(folder)
    made = Wrapping(os.urandom(8).hex(), made_us, *order, os.urandom(KEY_BYTES).hex())
    return put(folder, Wrappings((*before.keys, made), before.held))


def put(folder: Path, wrappings: Wrappings) -> Wrappings:
    """Put `wrappings` in the place of what was in the file, which is overwritten where it lay: durably, whatever a
    power cut does in between. A flash disk may keep it all the same, where only its maker's tools reach it.
    `NeedsHuman`: the disk does not take it."""
    path = folder / FILE
    try:
        replace_destroyed(path, lambda: write_whole(path, msgspec.json.format(msgspec.json.encode(wrappings))))
    except OSError as error:
        raise explain_not_writable(path, error) from error
    return wrappings


def replace_destroyed(path: Path, write: Callable[[], object]) -> None:
    """`write` puts another file at `path`; the bytes of the one before are overwritten then. `OSError`."""
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
