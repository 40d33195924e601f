"""Named secrets in one encrypted file of a data folder."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from edge.core.people.wrapping_keys import replace_destroyed
from edge.core.storage.atomic_write import write_whole
from edge.core.storage.permissions import explain_not_writable, give_to_account
from edge.lib.errors import ConfigError, NeedsHuman

_log = structlog.get_logger(__name__)

FILE = "secrets.json"
KEY_FILE = "secrets-key"
CREDENTIAL = "secrets-key"
"""The name of the file that systemd passes: 64 hexadecimal digits."""
KEY_BYTES = 32
SECRETS_LIMIT = 100
FILE_BYTES = 2 * 1024 * 1024
VALUE_CHARS = 8_192
NAME_PATTERN = r"^[a-z0-9][a-z0-9-]{0,39}$"
SECRETS = "secrets"
"""Bus topic: a secret was set or removed. The message is its name."""
REFERENCE = "secret:"
"""Prefix of values in `config.toml` that name a secret of this store."""
SHOWN_OF_CHARS = 12
"""Secrets shorter than this are hidden entirely."""
_NONCE_BYTES = 12
_WRAPPED = b"edge secrets key"


class SecretMissing(ConfigError):
    """No secret of this name has been entered."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Secret {name!r} not found.",
            f"Enter it on the Secrets page, or with: edge secret set {name}",
            *("secrets.missing", {"name": name}),
        )


class SecretLost(NeedsHuman):
    """Raised when the key of a secret is lost."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The secret {name!r} can't be decrypted, because its key is lost.",
            f"Enter it again on the Secrets page, or with: edge secret set {name}",
            *("secrets.lost", {"name": name}),
        )


class SecretInfo(msgspec.Struct, frozen=True):
    """Metadata of a secret. `ends`: its last four letters (empty if it is short); `set_us`: the time of entry (UTC
    microseconds); `lost`: whether its key is lost, so that it must be entered again."""

    name: str
    ends: str
    set_us: int
    lost: bool


class _Entry(msgspec.Struct, frozen=True):
    name: str
    key: str
    sealed: str
    ends: str
    set_us: int


class _Sealed(msgspec.Struct, frozen=True):
    """The file; `wrapped` maps key ids to keys encrypted with the recovery key."""

    entries: tuple[_Entry, ...] = ()
    wrapped: dict[str, str] = {}


class SecretStore:
    """The secret store; see the module. `recovery` returns the key derived from the recovery code, or None without a
    code; with True, it creates a code first. Safe for several threads and processes."""

    def __init__(
        self, folder: Path, recovery: Callable[[bool], bytes | None], now_us: Callable[[], int] | None = None
    ) -> None:
        self._folder = folder
        self._recovery = recovery
        self._now_us = now_us or _wall_us

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SecretStore) and other._folder == self._folder

    def __hash__(self) -> int:
        return hash(self._folder)

    def set(self, name: str, value: str) -> None:
        """Store `value` under `name`. Raises `ConfigError` if it is empty or too long or there are too many secrets,
        and `NeedsHuman` if the disk refuses."""
        if not value or len(value) > VALUE_CHARS:
            raise ConfigError(f"A secret has 1 to {VALUE_CHARS} characters.")
        with self._changing() as file:
            others = tuple(entry for entry in file.entries if entry.name != name)
            if len(others) >= SECRETS_LIMIT:
                raise ConfigError(f"You've reached the limit of {SECRETS_LIMIT} secrets.", "Remove an unused one.")
            key = self._key(file) or self._create_key()
            ends = value[-4:] if len(value) >= SHOWN_OF_CHARS and not _is_own(name) else ""
            entry = _Entry(name, _id(key), _seal(key, name.encode(), value.encode()), ends, self._now_us())
            self._write(tuple(sorted((*others, entry), key=lambda one: one.name)), (key,), file)

    def open(self, name: str) -> str:
        """Return the secret. Raises `SecretMissing`, `SecretLost`, or `NeedsHuman` if the file can't be read."""
        file = self._read()
        entry = next((entry for entry in file.entries if entry.name == name), None)
        if entry is None:
            raise SecretMissing(name)
        for key in self._keys(file):
            if _id(key) == entry.key and (plain := _unseal(key, name.encode(), entry.sealed)) is not None:
                return plain.decode()
        raise SecretLost(name)

    def resolve(self, text: str) -> str:
        """Resolve a configuration value: `secret:NAME` becomes that secret, anything else stays."""
        return self.open(text.removeprefix(REFERENCE)) if text.startswith(REFERENCE) else text

    def has(self, name: str) -> bool:
        return any(entry.name == name for entry in self._read().entries)

    def list_secrets(self) -> tuple[SecretInfo, ...]:
        """All secrets entered by people, sorted by name."""
        file = self._read()
        known = {_id(key) for key in self._keys(file)}
        people = (entry for entry in file.entries if not _is_own(entry.name))
        return tuple(SecretInfo(one.name, one.ends, one.set_us, one.key not in known) for one in people)

    def remove(self, name: str) -> bool:
        """Remove and overwrite a secret. Returns whether it existed. Raises `NeedsHuman` if the disk refuses."""
        with self._changing() as file:
            others = tuple(entry for entry in file.entries if entry.name != name)
            if len(others) == len(file.entries):
                return False
            self._write(others, tuple(self._keys(file)), file)
            return True

    def rotate(self) -> int:
        """Re-encrypt all readable secrets under a new key and destroy the old one; return the number. Raises
        `ConfigError` if systemd manages the key."""
        if _handed_over() is not None:
            raise ConfigError(
                "The key for secrets is provided by systemd.",
                "Remove the credential from the unit, restart, and run: edge secret rotate",
            )
        with self._changing() as file:
            old = self._keys(file)
            new = os.urandom(KEY_BYTES)
            self._write_keys((new, *old))  # with old and new keys stored, a power cut at any point leaves one that fits
            entries, count = [], 0
            for entry in file.entries:
                by = next((key for key in old if _id(key) == entry.key), None)
                plain = _unseal(by, entry.name.encode(), entry.sealed) if by else None
                count += plain is not None
                if plain is not None:
                    sealed = _seal(new, entry.name.encode(), plain)
                    entry = msgspec.structs.replace(entry, key=_id(new), sealed=sealed)
                entries.append(entry)
            self._write(tuple(entries), (new,), file)
            self._write_keys((new,))
            return count

    def keep_recoverable(self) -> None:
        """Make sure that the current recovery code decrypts the key, because the code may have changed."""
        file = self._read()
        recovery = self._recovery(False)
        for key in self._keys(file) if recovery else ():
            if _unwrap_key(recovery, _id(key), file) != key:
                with self._changing() as now:
                    self._write(now.entries, tuple(self._keys(now)), now)
                return

    @contextmanager
    def _changing(self) -> Iterator[_Sealed]:
        """Yield the current file, locked against other writers."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            lock = os.open(self._folder / f".{FILE}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise explain_not_writable(self._folder / FILE, error) from error
        try:
            give_to_account(self._folder, lock)
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield self._read()
        finally:
            os.close(lock)

    def _read(self) -> _Sealed:
        path = self._folder / FILE
        try:
            with path.open("rb") as file:
                return msgspec.json.decode(file.read(FILE_BYTES), type=_Sealed)
        except FileNotFoundError:
            return _Sealed()
        except (OSError, msgspec.MsgspecError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise NeedsHuman(
                f"The secrets in {path} can't be read: {why}.",
                "Remove the file and enter them again, or restore it from a backup. Sales continue.",
                *("secrets.unreadable", {"why": why}),
            ) from error

    def _write(self, entries: tuple[_Entry, ...], keys: tuple[bytes, ...], before: _Sealed) -> None:
        recovery, used = self._recovery(True), {entry.key for entry in entries}
        wrapped = {id: box for id, box in before.wrapped.items() if id in used}  # even if the key isn't available
        wrapped |= {_id(key): _seal(recovery, _WRAPPED, key) for key in keys if recovery}
        path, body = self._folder / FILE, msgspec.json.format(msgspec.json.encode(_Sealed(entries, wrapped)))
        try:
            replace_destroyed(path, lambda: write_whole(path, body))
        except OSError as error:
            raise explain_not_writable(path, error) from error

    def _keys(self, file: _Sealed) -> list[bytes]:
        """All available keys: from systemd, the key file and the recovery code."""
        handed_over = _handed_over()
        found = [*([handed_over] if handed_over else []), *self._stored_keys()]
        recovery = (
            self._recovery(False) if {entry.key for entry in file.entries} - {_id(key) for key in found} else None
        )
        for id in file.wrapped if recovery else ():
            key = _unwrap_key(recovery, id, file)
            if key is not None and key not in found:
                found.append(key)
        return found

    def _key(self, file: _Sealed) -> bytes | None:
        """Key for new secrets."""
        return next(iter(self._keys(file)), None)

    def _stored_keys(self) -> list[bytes]:
        path = self._folder / KEY_FILE
        try:
            return [_key_of(line) for line in path.read_text(encoding="ascii").split()]
        except FileNotFoundError:
            return []
        except (OSError, ValueError) as error:
            _log.warning("the key for secrets can't be read", file=str(path), why=type(error).__name__)
            return []

    def _create_key(self) -> bytes:
        key = os.urandom(KEY_BYTES)
        self._write_keys((key,))
        return key

    def _write_keys(self, keys: tuple[bytes, ...]) -> None:
        path = self._folder / KEY_FILE
        body = "".join(f"{key.hex()}\n" for key in keys).encode("ascii")
        try:
            replace_destroyed(path, lambda: write_whole(path, body))
        except OSError as error:
            raise explain_not_writable(path, error) from error


def _handed_over() -> bytes | None:
    """Return the key provided by systemd, if any. Raises `ConfigError` if it is invalid."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    path = Path(folder, CREDENTIAL) if folder else None
    if path is None or not path.exists():
        return None
    try:
        return _key_of(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        raise ConfigError(
            f"The credential {CREDENTIAL} isn't a key for secrets.",
            "It must have 64 hexadecimal digits: openssl rand -hex 32",
        ) from None


def _key_of(text: str) -> bytes:
    key = bytes.fromhex(text)
    if len(key) != KEY_BYTES:
        raise ValueError("a key has 32 bytes")
    return key


def _is_own(name: str) -> bool:
    return "." in name


def _id(key: bytes) -> str:
    return hashlib.sha256(b"edge secrets key id" + key).hexdigest()[:16]


def _seal(key: bytes, about: bytes, plain: bytes) -> str:
    nonce = os.urandom(_NONCE_BYTES)
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, plain, about)).decode()


def _unseal(key: bytes, about: bytes, sealed: str) -> bytes | None:
    try:
        box = base64.b64decode(sealed, validate=True)
        return AESGCM(key).decrypt(box[:_NONCE_BYTES], box[_NONCE_BYTES:], about)
    except (InvalidTag, ValueError):
        return None


def _unwrap_key(recovery: bytes | None, id: str, file: _Sealed) -> bytes | None:
    if recovery is None or id not in file.wrapped:
        return None
    return _unseal(recovery, _WRAPPED, file.wrapped[id])


def _wall_us() -> int:
    return time.time_ns() // 1000
