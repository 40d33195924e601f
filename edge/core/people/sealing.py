"""A text about a person, sealed under that person's key: AES-256-GCM-SIV (RFC 8452), a key of its own for each person.

    1. | base64url: nonce (12), ciphertext of the text padded to PAD_BYTES, tag (16)

Bound as associated data to the shop, the person, the event's type (or the table) and the field: in another place the
same bytes open nothing. The length is padded, as a ciphertext stays when its key is gone.
"""

from __future__ import annotations

import base64
import os

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
"""What an empty text is sealed as."""
Kind = type[Event] | str
"""Where a text stands: in an event of this type, or in the table of this name."""


class Forgotten(EdgeError):
    """Something was to be kept of a person who was forgotten: that id is never used again."""


class Keyring:
    """The people of a ledger, as `db` sees it: for one transaction or one page, since the wrapping keys are read once.

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

    def seal(self, person: str, kind: Kind, field: str, text: str) -> Ciphertext:
        """`text` as only this ledger opens it, and only in its place. On the writer's connection: a person's first text
        makes their key. `Forgotten`; `NeedsHuman`: the wrapping keys cannot be read."""
        if not text:
            return NOTHING
        key = self.key(person) or self._make_key(person)
        nonce = os.urandom(NONCE_BYTES)
        box = nonce + _cipher(key).encrypt(nonce, _pad_text(text), _about(*self._shop, person, _name(kind), field))
        return Ciphertext(_FORM + base64.urlsafe_b64encode(box).decode().rstrip("="))

    def open(self, person: str, kind: Kind, field: str, sealed: str, held_too: bool = False) -> str | None:
        """The text; None: the person is forgotten, their key is not here, or this is not what was sealed there. While
        people are held only with `held_too`, for what nobody is shown."""
        if not sealed:
            return ""
        try:
            key = None if self._load_wrappings().held and not held_too else self.key(person)
        except NeedsHuman as error:
            _log.warning("personal data is hidden", why=error.what)
            return None
        return None if key is None else self._opened(key, person, kind, field, sealed)

    def key(self, person: str) -> bytes | None:
        """A person's key, also while people are held; None: there is none, or it cannot be unwrapped any more."""
        found = self._db.execute("SELECT wrapping, wrapped FROM person_key WHERE person = ?", (person,)).fetchone()
        if found is None:
            return None
        by = self._load_wrappings().of(found[0])
        if by is None:  # a new one has come since they were read
            self._wrappings = None
            by = self._load_wrappings().of(found[0])
        return None if by is None else unwrap_key(by, self._shop, person, found[1])

    def wrap(self, person: str, key: bytes, by: Wrapping) -> tuple[str, bytes]:
        """A person's key under a wrapping key: that one's id, and the ciphertext."""
        nonce = os.urandom(NONCE_BYTES)
        cipher = _cipher(bytes.fromhex(by.key))
        return by.id, nonce + cipher.encrypt(nonce, key, _about(*self._shop, person, "person_key"))

    def _make_key(self, person: str) -> bytes:
        if is_forgotten(self._db, person):
            raise Forgotten(f"The data of {person} was erased.", "Use a new id.")
        key = os.urandom(KEY_BYTES)
        self._db.execute(
            "INSERT OR REPLACE INTO person_key (person, wrapping, wrapped) VALUES (?, ?, ?)",
            (person, *self.wrap(person, key, wrapping_keys.newest(self._db))),
        )
        self._wrappings = None
        return key

    def _load_wrappings(self) -> Wrappings:
        if self._wrappings is None:
            self._wrappings = wrapping_keys.read(self._folder)
        return self._wrappings

    def _opened(self, key: bytes, person: str, kind: Kind, field: str, sealed: str) -> str | None:
        text = sealed.removeprefix(_FORM)
        try:
            box = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            about = _about(*self._shop, person, _name(kind), field)
            return _cipher(key).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], about).rstrip(b"\0").decode()
        except (InvalidTag, ValueError):
            return None


def seal(db: Connection, person: str, kind: Kind, field: str, text: str) -> Ciphertext:
    """See `Keyring.seal`; for a single text."""
    return Keyring(db).seal(person, kind, field, text)


def open_(db: Connection, person: str, kind: Kind, field: str, sealed: str) -> str | None:
    """See `Keyring.open`; for a single text."""
    return Keyring(db).open(person, kind, field, sealed)


def is_forgotten(db: Connection, person: str) -> bool:
    """Whether that id is of somebody who was forgotten."""
    return bool(db.execute("SELECT 1 FROM person_forgotten WHERE person = ?", (person,)).fetchone())


def unwrap_key(by: bytes, shop: tuple[str, str], person: str, wrapped: bytes) -> bytes | None:
    """A person's key out of its ciphertext; None: it is under another wrapping key, of another shop or person."""
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


def _pad_text(text: str) -> bytes:
    """In UTF-8, with zeros behind it: a text that ends in U+0000 loses that."""
    plain = text.encode()
    return plain + bytes(-len(plain) % PAD_BYTES)


def _about(*parts: str) -> bytes:
    """Each part behind its length: no two lists of parts are the same bytes."""
    return b"".join(len(part.encode()).to_bytes(4) + part.encode() for part in parts)


def _name(kind: Kind) -> str:
    return kind if isinstance(kind, str) else kind.__name__
