"""Encryption of personal data with a key per person: AES-256-GCM-SIV (RFC 8452).

    1. | base64url: nonce (12), ciphertext of the text padded to PAD_BYTES, tag (16)

The shop, person, event type (or table) and field are associated data, so the bytes open nowhere else. The length is
padded, because the ciphertext outlives its key.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping

import structlog
from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from edge.core.journal.rows import read_header
from edge.core.messages import Ciphertext, Event
from edge.core.people import wrapping_keys
from edge.core.people.wrapping_keys import KEY_BYTES, Wrapping, Wrappings
from edge.core.storage.database import Connection
from edge.lib.errors import EdgeError, NeedsHuman

_log = structlog.get_logger(__name__)

NONCE_BYTES = 12
PAD_BYTES = 32
_FORM = "1."
NOTHING = Ciphertext("")
"""The sealed form of an empty text."""
Kind = type[Event] | str
"""Where a text is stored: the event type, or the table name."""


class Forgotten(EdgeError):
    """Raised when data about a forgotten person is to be stored; their id is never reused."""


class Keyring:
    """The personal keys of a ledger, for one transaction or page: wrapping keys are read once.

    >>> ring = Keyring(db)  # doctest: +SKIP
    >>> ring.open("u1", UserSet, "name", ring.seal("u1", UserSet, "name", "Dana"))  # doctest: +SKIP
    'Dana'
    """

    def __init__(self, db: Connection) -> None:
        self._db = db
        header = read_header(db)
        self._shop = (header.tenant, header.store) if header else ("", "")
        self._folder = wrapping_keys.folder_of(db)
        self._wrappings: Wrappings | None = None
        self._unwrapped = ("", b"", b"")

    def seal(self, person: str, kind: Kind, field: str, text: str) -> Ciphertext:
        """Encrypt `text` so that only this ledger opens it, in its place. Requires the writer's connection: the first
        text creates the person's key. Raises `Forgotten`, or `NeedsHuman` if the wrapping keys can't be read."""
        return self.seal_all(person, kind, {field: text})[field]

    def seal_all(self, person: str, kind: Kind, texts: Mapping[str, str]) -> dict[str, Ciphertext]:
        """Encrypt several texts of a person, by field, as `seal` does. Reads the person's key only once."""
        return self.seal_kinds(person, {kind: texts})[kind]

    def seal_kinds(self, person: str, texts: Mapping[Kind, Mapping[str, str]]) -> dict[Kind, dict[str, Ciphertext]]:
        """Encrypt texts of a person for several places, by kind and field, as `seal_all` does."""
        if not any(text for some in texts.values() for text in some.values()):
            return {kind: dict.fromkeys(some, NOTHING) for kind, some in texts.items()}
        cipher = _cipher(self.key(person) or self._make_key(person))
        sealed = dict[Kind, dict[str, Ciphertext]]()
        for kind, some in texts.items():
            about = _about(*self._shop, person, _name(kind))
            sealed[kind] = {
                field: _encrypt(cipher, text, about + _about(field)) if text else NOTHING
                for field, text in some.items()
            }
        return sealed

    def open(self, person: str, kind: Kind, field: str, sealed: str, held_too: bool = False) -> str | None:
        """Decrypt a text; None if the person is forgotten, the key is missing or the text belongs elsewhere. While
        personal data is hidden, it returns text only with `held_too`, for internal use."""
        if not sealed:
            return ""
        try:
            key = None if self._load_wrappings().held and not held_too else self.key(person)
        except NeedsHuman as error:
            _log.warning("personal data is hidden", why=error.what)
            return None
        return None if key is None else self._decrypt(key, person, kind, field, sealed)

    def key(self, person: str) -> bytes | None:
        """Return a person's key, even while personal data is hidden; None if it is missing or can't be decrypted."""
        found = self._db.execute("SELECT wrapping, wrapped FROM person_key WHERE person = ?", (person,)).fetchone()
        if found is None:
            return None
        by = self._load_wrappings().of(found[0])
        if by is None:  # a wrapping key was added since they were read
            self._wrappings = None
            by = self._load_wrappings().of(found[0])
        return None if by is None else self._unwrap(by, person, bytes(found[1]))

    def _unwrap(self, by: bytes, person: str, wrapped: bytes) -> bytes | None:
        """Return a person's key. The last one is cached, because texts of one person often follow each other."""
        if self._unwrapped[:2] == (person, wrapped):
            return self._unwrapped[2]
        key = unwrap_key(by, self._shop, person, wrapped)
        if key is not None:
            self._unwrapped = (person, wrapped, key)
        return key

    def wrap(self, person: str, key: bytes, by: Wrapping) -> tuple[str, bytes]:
        """Encrypt a person's key with a wrapping key; return that key's id and the ciphertext."""
        nonce = os.urandom(NONCE_BYTES)
        cipher = _cipher(bytes.fromhex(by.key))
        return by.id, nonce + cipher.encrypt(nonce, key, _about(*self._shop, person, "person_key"))

    def _make_key(self, person: str) -> bytes:
        if is_forgotten(self._db, person):
            raise Forgotten(f"The data of {person} was erased.", "Use a new ID.")
        key, by = os.urandom(KEY_BYTES), self.newest()
        self._db.execute(
            "INSERT OR REPLACE INTO person_key (person, wrapping, wrapped) VALUES (?, ?, ?)",
            (person, *self.wrap(person, key, by)),
        )
        return key

    def newest(self) -> Wrapping:
        """Return the wrapping key for new data. Requires the writer's connection: the first one is created here."""
        if not self._load_wrappings().keys:
            wrapping_keys.newest(self._db)
            self._wrappings = None
        return self._load_wrappings().keys[-1]

    def _load_wrappings(self) -> Wrappings:
        if self._wrappings is None:
            self._wrappings = wrapping_keys.read(self._folder)
        return self._wrappings

    def _decrypt(self, key: bytes, person: str, kind: Kind, field: str, sealed: str) -> str | None:
        text = sealed.removeprefix(_FORM)
        try:
            box = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            about = _about(*self._shop, person, _name(kind), field)
            return _cipher(key).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], about).rstrip(b"\0").decode()
        except (InvalidTag, ValueError):
            return None


def seal(db: Connection, person: str, kind: Kind, field: str, text: str) -> Ciphertext:
    """Encrypt a single text; see `Keyring.seal`."""
    return Keyring(db).seal(person, kind, field, text)


def open_(db: Connection, person: str, kind: Kind, field: str, sealed: str) -> str | None:
    """Decrypt a single text; see `Keyring.open`."""
    return Keyring(db).open(person, kind, field, sealed)


def is_forgotten(db: Connection, person: str) -> bool:
    """Whether the id belongs to a forgotten person."""
    return bool(db.execute("SELECT 1 FROM person_forgotten WHERE person = ?", (person,)).fetchone())


def unwrap_key(by: bytes, shop: tuple[str, str], person: str, wrapped: bytes) -> bytes | None:
    """Decrypt a person's key; None if it belongs to another wrapping key, shop or person."""
    try:
        return _cipher(by).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _about(*shop, person, "person_key"))
    except (InvalidTag, ValueError):
        return None


def _cipher(key: bytes) -> AESGCMSIV:
    try:
        return AESGCMSIV(key)
    except UnsupportedAlgorithm as error:
        raise NeedsHuman(
            "This machine's OpenSSL doesn't support AES-GCM-SIV, so personal data can't be stored.",
            "Install the bundled `cryptography` package, which includes OpenSSL 3.2 or newer: ./run setup",
        ) from error


def _encrypt(cipher: AESGCMSIV, text: str, about: bytes) -> Ciphertext:
    nonce = os.urandom(NONCE_BYTES)
    box = nonce + cipher.encrypt(nonce, _pad_text(text), about)
    return Ciphertext(_FORM + base64.urlsafe_b64encode(box).decode().rstrip("="))


def _pad_text(text: str) -> bytes:
    """Encode as UTF-8 and pad with zeros; trailing U+0000 are lost."""
    plain = text.encode()
    return plain + bytes(-len(plain) % PAD_BYTES)


def _about(*parts: str) -> bytes:
    """Join the parts, each prefixed with its length, so that different lists never collide."""
    plain = [part.encode() for part in parts]
    return b"".join([piece for part in plain for piece in (len(part).to_bytes(4), part)])


def _name(kind: Kind) -> str:
    return kind if isinstance(kind, str) else kind.__name__
