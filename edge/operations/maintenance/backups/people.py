"""Privacy data next to the backups, so that forgotten people stay forgotten: the only copy of people's keys, and a list
of the forgotten.

A ledger backup has people's keys only as ciphertext. The keys that decrypt them are in one encrypted file next to all
backups. It is rewritten with each backup and after each forgetting, overwriting the previous one. The list of forgotten
ids is plain and signed (Ed25519, RFC 8032), in the backup folder and in the data folder.
"""

from __future__ import annotations

import base64
import hashlib
import io
from contextlib import closing
from pathlib import Path

import msgspec
import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge import __version__
from edge.core.journal.rows import Header, read_head
from edge.core.people import wrapping_keys
from edge.core.people.key_rotation import last_forgotten
from edge.core.people.wrapping_keys import Wrappings
from edge.core.secrets import keys
from edge.core.storage.atomic_write import write_whole
from edge.core.storage.database import Connection, open_reader
from edge.lib.errors import NeedsHuman
from edge.operations.maintenance.backups import encrypted_file
from edge.operations.maintenance.backups.encrypted_file import BackupLabel
from edge.operations.maintenance.backups.verified_write import write_verified
from edge.runtime.backup_state import destinations, status
from edge.runtime.backup_state.limits import PEOPLE_BYTES
from edge.runtime.config import Config

_TRIES = 5
_log = structlog.get_logger(__name__)


class KeyCopy(msgspec.Struct, frozen=True):
    """People's keys as of a journal row, and the row of the last forgetting; `people`: id, wrapping key's id, wrapped
    key (base64)."""

    epoch: int
    seq: int
    forgotten: tuple[int, int]
    wrappings: Wrappings
    people: tuple[tuple[str, str, str], ...]


class ForgottenList(msgspec.Struct, frozen=True):
    """All people forgotten up to a journal row."""

    header: Header
    epoch: int
    seq: int
    people: tuple[str, ...]

    @property
    def order(self) -> tuple[int, int]:
        return (self.epoch, self.seq)


class _Signed(msgspec.Struct, frozen=True):
    forgotten: msgspec.Raw
    signature: str


def keys_name(header: Header) -> str:
    return f"{header.store}-{header.device}.edgepeople"


def list_name(header: Header) -> str:
    return f"forgotten-{header.store}-{header.device}.json"


def keep(config: Config, place: Path, secret: bytes, now_us: int) -> None:
    """Rewrite both files in the backup folder, and the list in the data folder, from the current ledger. Raises
    `PlaceFault`, leaving the old files, if the folder is unreachable. The old files also stay if keys here are
    unreadable or lost, because they contain these keys."""
    try:
        copy, gone = _now(config)
    except NeedsHuman as error:
        _log.warning("the keys for personal data weren't copied", why=error.what)
        return
    if lost_wrappings(place, config.header, secret, copy):
        _log.warning("the keys for personal data weren't copied: restore those stored with the backups first")
        return
    keep_list(config, secret, gone)
    _put_list(place, gone, secret)
    body, header = msgspec.json.encode(copy), config.header
    label = BackupLabel(
        kind="people",
        name=keys_name(header),
        tenant=header.tenant,
        store=header.store,
        device=header.device,
        made_at_us=now_us,
        bytes=len(body),
        sha256=hashlib.sha256(body).hexdigest(),
        epoch=copy.epoch,
        seq=copy.seq,
        hash=mark_of(copy.wrappings, copy.forgotten),
        app=__version__,
    )
    recipients = config.backup.recipients
    with destinations.explaining_disk(place):
        wrapping_keys.replace_destroyed(
            place / label.name, lambda: write_verified(io.BytesIO(body), place, label, secret, recipients)
        )
    status.note(config.folder, people_mark=label.hash)


def mark_of(wrappings: Wrappings, forgotten: tuple[int, int]) -> str:
    """Return a short fingerprint of the wrapping keys and the last forgetting, which reveals neither; "" if there are
    none."""
    if not wrappings.keys and forgotten == (0, 0):
        return ""
    return hashlib.sha256(msgspec.json.encode(([one.id for one in wrappings.keys], forgotten))).hexdigest()


def lost_wrappings(place: Path, header: Header, secret: bytes, now: KeyCopy) -> Wrappings | None:
    """The wrapping keys next to the backups, if people's keys here need them and they're missing here."""
    needed = {by for _, by, _ in now.people} - {one.id for one in now.wrappings.keys}
    try:
        copy = read_keys(place, header, secret) if needed else None
    except (encrypted_file.Damaged, encrypted_file.WrongKey):
        return None
    return copy.wrappings if copy and needed & {one.id for one in copy.wrappings.keys} else None


def bring_lost(config: Config, place: Path, secret: bytes) -> bool:
    """Recover a lost wrapping-key file from its copy next to the backups. Returns whether it was needed."""
    copy, _ = _now(config)
    if found := lost_wrappings(place, config.header, secret, copy):
        wrapping_keys.put(config.folder, copy.wrappings.with_others(found))
    return found is not None


def keep_list(config: Config, secret: bytes, gone: ForgottenList | None = None) -> None:
    """Rewrite the list in the data folder."""
    _put_list(config.folder, gone or _now(config)[1], secret)


def read_keys(place: Path, header: Header, secret: bytes) -> KeyCopy | None:
    """Return the copy of the keys next to backups, or None. Raises `Damaged` or `WrongKey`."""
    path = place / keys_name(header)
    if not path.exists():
        return None
    if path.stat().st_size > PEOPLE_BYTES:
        raise encrypted_file.Damaged(path.name, "it is too large")
    try:
        return msgspec.json.decode(b"".join(encrypted_file.read_sealed_pieces(path, secret)), type=KeyCopy)
    except msgspec.MsgspecError as error:
        raise encrypted_file.Damaged(path.name, str(error)) from error


def read_list(folder: Path, header: Header, secret: bytes) -> ForgottenList | None:
    """Return the list in a folder; None if this shop hasn't signed one."""
    try:
        signed = msgspec.json.decode((folder / list_name(header)).read_bytes(), type=_Signed)
        _signer(secret).public_key().verify(bytes.fromhex(signed.signature), bytes(signed.forgotten))
        found = msgspec.json.decode(signed.forgotten, type=ForgottenList)
    except (OSError, ValueError, InvalidSignature):
        return None
    return found if found.header == header else None


def faults(place: Path, label: BackupLabel, secret: bytes) -> list[str]:
    """Faults of the keys next to a backup with that label, one sentence each."""
    header = Header(label.tenant, label.store, label.device)
    try:
        copy = read_keys(place, header, secret)
    except NeedsHuman as error:
        return [error.what]
    if copy is None:
        return [f"{keys_name(header)} is not there: users would come back without names and PINs"]
    return []


def rows_of(copy: KeyCopy) -> dict[str, tuple[str, bytes]]:
    """Each person's wrapping key id and wrapped key."""
    return {person: (by, base64.b64decode(wrapped)) for person, by, wrapped in copy.people}


def _now(config: Config) -> tuple[KeyCopy, ForgottenList]:
    """Read the ledger and the wrapping keys consistently, while the shop runs."""
    for _ in range(_TRIES):
        wrappings = wrapping_keys.read(config.folder)
        with closing(open_reader(config.ledger)) as db:
            db.execute("BEGIN")
            found = _read(db, config.header, wrappings)
        if wrapping_keys.read(config.folder) == wrappings:
            return found
    raise NeedsHuman("The keys for personal data keep changing.", "Try again in a minute.")


def _read(db: Connection, header: Header, wrappings: Wrappings) -> tuple[KeyCopy, ForgottenList]:
    head = read_head(db)
    rows = db.execute("SELECT person, wrapping, wrapped FROM person_key ORDER BY person").fetchall()
    people = tuple((person, by, base64.b64encode(wrapped).decode()) for person, by, wrapped in rows)
    gone = tuple(person for (person,) in db.execute("SELECT person FROM person_forgotten ORDER BY person"))
    copy = KeyCopy(head.epoch, head.seq, last_forgotten(db), wrappings, people)
    return copy, ForgottenList(header, head.epoch, head.seq, gone)


def _put_list(folder: Path, gone: ForgottenList, secret: bytes) -> None:
    body = msgspec.json.encode(gone)
    signed = _Signed(msgspec.Raw(body), _signer(secret).sign(body).hex())
    with destinations.explaining_disk(folder):
        write_whole(folder / list_name(gone.header), msgspec.json.encode(signed))


def _signer(secret: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keys.derive_key(secret, "forgotten people"))
