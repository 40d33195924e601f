"""Z reports, signed by the box (Ed25519, RFC 8032): who changes one in the ledger is found out, and who signs it anew
with a key of their own as well, by its being another than that of the Z before.

What is signed is the fact as it stands in the journal, byte by byte, with its `signature` empty; in front of it whose
it is and the hash of the row before, so that nothing before it can be exchanged either. The key is made by the box at
its first Z and kept among its secrets, so that the box which a backup is restored to signs with the same; its public
half stands in each Z, and at head office with it.
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
"""The secret: the private key, 32 bytes in base64url."""
FILE_BEFORE = "z.key"
"""In the data folder: where the first boxes that signed had it, as 32 bytes and in no backup."""
_KEY_BYTES = 32

_encode = msgspec.json.Encoder().encode
_HEAD = "SELECT hash FROM journal ORDER BY seq DESC LIMIT 1"


class ZSignature(msgspec.Struct, frozen=True):
    """Who signed a Z report, in base64url as all of it, and whether the `signature` is of what stands in the ledger.
    `signed` is what it is of: anybody can check it with the key. A Z of before there were signatures has none.
    `key_changed`: the Z before it was signed with another key, so that somebody has to say why (the box lost its
    secrets, or was exchanged); what head office has of earlier ones says which key was the box's."""

    number: int
    key: str
    signature: str
    signed: str
    holds: bool
    key_changed: bool = False


class ZSigner:
    """The box's key, read at the first report that it signs."""

    def __init__(self, secrets: SecretStore, folder: Path) -> None:
        self._secrets = secrets
        self._before = folder / FILE_BEFORE
        self._key: Ed25519PrivateKey | None = None

    def sign(self, db: Connection, register: str, report: ReportPrinted) -> ReportPrinted:
        """The same report with the key's public half and a signature, for the row behind the newest one.
        `NeedsHuman`: the secrets cannot be read, or the disk takes no key."""
        key = self._key = self._key or self._load_key()
        unsigned = msgspec.structs.replace(report, key=_text(key.public_key().public_bytes_raw()), signature="")
        (prev,) = db.execute(_HEAD).fetchone()
        signature = key.sign(_signing_input(db, register, bytes(prev), _encode(unsigned)))
        return msgspec.structs.replace(unsigned, signature=_text(signature))

    def has_signed(self, db: Connection, register: str, seq: int) -> bool:
        """Whether the Z report at a row of a ledger is signed with the box's key, and that holds."""
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
        """Keep the key of the file among the secrets, and overwrite the file."""
        try:
            secret = self._before.read_bytes()
            if len(secret) == _KEY_BYTES and not self._secrets.has(NAME):
                self._secrets.set(NAME, _text(secret))
            replace_destroyed(self._before, self._before.unlink)
        except OSError as error:
            raise explain_not_writable(self._before, error) from error


def read_z_signature(db: Connection, register: str, number: Number | None = None) -> ZSignature | None:
    """Who signed a Z report of a register, the newest without a number, and whether that holds."""
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
    """The key in a Z report; "": there is no such report, or it has none."""
    found = read_z_report(db, register, number) if number > 0 else None
    return msgspec.json.decode(bytes(read_rows(db, found.seq, 1)[0].body), type=_Marks).key if found else ""


class _Marks(msgspec.Struct, frozen=True):
    key: str = ""
    signature: str = ""


def _without_signature(body: bytes, report: _Marks) -> bytes:
    """A report as it stands in the journal, with its signature empty."""
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
