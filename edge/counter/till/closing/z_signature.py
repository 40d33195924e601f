"""Z reports signed by the box (Ed25519, RFC 8032).

Changing a report in the ledger is detectable, and so is signing it again with another key, because that key differs
from the previous report's. The signed data is the event as stored in the journal, byte by byte, with an empty
`signature`. It's preceded by its owner and the hash of the previous row, so that earlier rows can't be replaced either.

The box makes the key for its first Z report and keeps it among its secrets, so a box restored from backup signs with
the same key. The public half is in each Z report, also at head office.
"""

from __future__ import annotations

import base64
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from edge.core.journal.rows import read_header, read_rows
from edge.core.messages import Number
from edge.core.people.wrapping_keys import replace_destroyed
from edge.core.secrets.store import SecretLost, SecretMissing, SecretStore
from edge.core.storage.database import Connection
from edge.core.storage.permissions import explain_not_writable
from edge.counter.till.events import ReportPrinted
from edge.counter.till.queries import read_z_report

NAME = "box.z"
"""The name of the secret that contains the private key, 32 bytes in base64url."""
FILE_BEFORE = "z.key"
"""A file in the data folder in which the first boxes with signatures kept the key: 32 bytes, in no backup."""
_KEY_BYTES = 32

_encode = msgspec.json.Encoder().encode
_HEAD = "SELECT hash FROM journal ORDER BY seq DESC LIMIT 1"


class ZSignature(msgspec.Struct, frozen=True):
    """A Z report's key and signature, in base64url, and whether the `signature` matches the ledger.

    `signed`: the signed data, so that anyone can verify it with the key. Old Z reports have no signature.
    `key_changed`: the previous Z was signed with another key, which needs an explanation (lost secrets, or a replaced
    box). Head office's copies of earlier reports show the box's key.
    """

    number: int
    key: str
    signature: str
    signed: str
    holds: bool
    key_changed: bool = False


class ZSigner:
    """Signs Z reports with the box's key, which is loaded for the first report."""

    def __init__(self, secrets: SecretStore, folder: Path) -> None:
        self._secrets = secrets
        self._before = folder / FILE_BEFORE
        self._key: Ed25519PrivateKey | None = None

    def sign(self, db: Connection, register: str, report: ReportPrinted) -> ReportPrinted:
        """Return the report with the public key and a signature for the next journal row.

        Raises `NeedsHuman` if the secrets can't be read or the key can't be written to disk.
        """
        key = self._key = self._key or self._load_key()
        unsigned = msgspec.structs.replace(report, key=_text(key.public_key().public_bytes_raw()), signature="")
        (prev,) = db.execute(_HEAD).fetchone()
        signature = key.sign(_signing_input(db, register, bytes(prev), _encode(unsigned)))
        return msgspec.structs.replace(unsigned, signature=_text(signature))

    def has_signed(self, db: Connection, register: str, seq: int) -> bool:
        """Whether the Z report at a journal row has a valid signature by the box's key."""
        key = self._key = self._key or self._load_key()
        (row,) = read_rows(db, seq, 1)
        report = msgspec.json.decode(row.body, type=_Marks)
        ours = _text(key.public_key().public_bytes_raw())
        return report.key == ours and _holds(
            report, _signing_input(db, register, row.prev, _without_signature(row.body, report))
        )

    def _load_key(self) -> Ed25519PrivateKey:
        if self._before.exists():
            self._take_over()
        try:
            return Ed25519PrivateKey.from_private_bytes(_bytes(self._secrets.open(NAME)))
        except (SecretMissing, SecretLost):
            key = Ed25519PrivateKey.generate()
            self._secrets.set(NAME, _text(key.private_bytes_raw()))
            return key

    def _take_over(self) -> None:
        """Move the key from the file to the secrets, and overwrite the file."""
        try:
            secret = self._before.read_bytes()
            if len(secret) == _KEY_BYTES and not self._secrets.has(NAME):
                self._secrets.set(NAME, _text(secret))
            replace_destroyed(self._before, self._before.unlink)
        except OSError as error:
            raise explain_not_writable(self._before, error) from error


def read_z_signature(db: Connection, register: str, number: Number | None = None) -> ZSignature | None:
    """The signature of a register's Z report, by default the newest, and whether it's valid."""
    found = read_z_report(db, register, number)
    if found is None:
        return None
    (row,) = read_rows(db, found.seq, 1)
    body, prev = bytes(row.body), bytes(row.prev)
    report = msgspec.json.decode(body, type=_Marks)
    before = _key_of(db, register, found.number - 1)
    signed = _signing_input(db, register, prev, _without_signature(body, report))
    changed = bool(before) and before != report.key
    return ZSignature(found.number, report.key, report.signature, _text(signed), _holds(report, signed), changed)


def _key_of(db: Connection, register: str, number: int) -> str:
    """The key in a Z report; "" if there is no such report."""
    found = read_z_report(db, register, number) if number > 0 else None
    return msgspec.json.decode(bytes(read_rows(db, found.seq, 1)[0].body), type=_Marks).key if found else ""


class _Marks(msgspec.Struct, frozen=True):
    key: str = ""
    signature: str = ""


def _without_signature(body: bytes, report: _Marks) -> bytes:
    """A report as stored in the journal, with an empty signature."""
    mark, none = (_encode(text) for text in (report.signature, ""))
    return body.replace(b'"signature":' + mark, b'"signature":' + none, 1)


def _signing_input(db: Connection, register: str, prev: bytes, body: bytes) -> bytes:
    header = read_header(db)
    assert header is not None
    about = ("edge z 1", header.tenant, header.store, header.device, register, prev.hex())
    return b"\n".join((*(part.encode() for part in about), body))


def _holds(report: _Marks, signed: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(_bytes(report.key)).verify(_bytes(report.signature), signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
