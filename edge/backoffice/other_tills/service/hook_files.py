"""Webhooks as received, each stored as a file before the vendor gets an answer.

They may name guests (Toast's do), so they are encrypted with a key in the shop's secrets and left out of backups and
exports. Processed ones are stored separately for `KEPT_DAYS`, so that a till's messages can be checked later.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
from collections.abc import Mapping
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from edge.core.secrets.store import SecretMissing, SecretStore
from edge.core.storage.atomic_write import sync_folder, write_whole

FOLDER = "hooks"
WAITING_MOST = 20_000
"""Maximum waiting files per till. Further webhooks are refused: the vendor sends them again, and polling fetches the
data anyway."""
BODY_BYTES = 2 * 1024 * 1024
"""Maximum size of a webhook. Toast's can exceed 600 kB."""
HEADERS_KEPT = 40
KEPT_DAYS = 30
"""Days to keep processed files, the same as for all other connectors."""
KEPT_BYTES = 1024 * 1024 * 1024
"""Maximum total size of processed files. Beyond it, the oldest are deleted."""
TAKEN = ".taken"
"""Folder of processed files."""
KEY = "webhooks.key"
"""Name of the webhooks' encryption key among the secrets. It's internal and never shown."""
_NONCE_BYTES = 12
_DAY_US = 24 * 3600 * 1_000_000
_END = b"\n"


class TooMany(Exception):
    """Too many webhooks are waiting."""


class IncomingHook(msgspec.Struct, frozen=True):
    """A webhook: time of arrival, headers with lower-case names, and the raw body."""

    received_us: int
    headers: dict[str, str]
    body: bytes = b""

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


class HookFiles:
    """The webhook files of a shop with its data in `data`. Callable from any thread. `store` has their key."""

    def __init__(self, data: Path, store: SecretStore) -> None:
        self._folder = data / FOLDER
        self._store = store
        self._waiting: dict[str, int] = {}
        self._cipher: AESGCM | None = None
        self._making = threading.Lock()

    def keep(self, pos: str, received_us: int, headers: Mapping[str, str], body: bytes) -> str:
        """Store a webhook durably and return its file name. Raises `TooMany`; or `OSError` or `EdgeError` if the disk
        or the key isn't available."""
        folder = self._folder / pos
        if pos not in self._waiting:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for half in folder.glob(".*.part"):  # left by a crash before they were acknowledged
                half.unlink(missing_ok=True)
            self._waiting[pos] = len(self.waiting(pos))
        if self._waiting[pos] >= WAITING_MOST:
            raise TooMany
        hook = IncomingHook(received_us, dict(list(headers.items())[:HEADERS_KEPT]))
        name = f"{received_us:017d}-{hashlib.sha256(body).hexdigest()[:16]}"
        head = msgspec.json.encode({"received_us": hook.received_us, "headers": hook.headers})
        if not (folder / name).exists():
            nonce = os.urandom(_NONCE_BYTES)
            sealed = self._open_cipher(make=True).encrypt(nonce, head + _END + body, f"{pos}/{name}".encode())
            write_whole(folder / name, nonce + sealed)
            sync_folder(folder)
            self._waiting[pos] += 1
        return name

    def waiting(self, pos: str, most: int = WAITING_MOST) -> list[str]:
        """The names of a till's waiting files, oldest first."""
        folder = self._folder / pos
        if not folder.is_dir():
            return []
        return sorted(path.name for path in folder.iterdir() if path.name[0] != ".")[:most]

    def is_waiting(self, pos: str, name: str) -> bool:
        return (self._folder / pos / name).exists()

    def read(self, pos: str, name: str) -> IncomingHook | None:
        """A webhook as received, processed or not; None if it's missing or truncated, or its key has changed. Raises
        `EdgeError` if the key isn't available now."""
        folder, place = self._folder / pos, f"{pos}/{name}".encode()
        path = folder / name if (folder / name).exists() else folder / TAKEN / name
        try:
            sealed = path.read_bytes()
            plain = self._open_cipher().decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place)
            head, end, body = plain.partition(_END)
            hook = msgspec.json.decode(head, type=IncomingHook)
        except (OSError, InvalidTag, ValueError, SecretMissing, msgspec.DecodeError):
            return None
        return msgspec.structs.replace(hook, body=body) if end else None

    def drop(self, pos: str, name: str) -> None:
        """Mark a webhook as processed."""
        taken = self._folder / pos / TAKEN
        taken.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            (self._folder / pos / name).replace(taken / name)
        except FileNotFoundError:
            return
        if self._waiting.get(pos):
            self._waiting[pos] -= 1

    def expire(self, now_us: int) -> int:
        """Delete webhooks that are too old, and the oldest processed ones beyond the size limit. Returns how many were
        deleted."""
        gone, kept_bytes = 0, 0
        every = [*self._folder.glob("*/*"), *self._folder.glob(f"*/{TAKEN}/*")]
        for path in sorted((one for one in every if one.is_file()), key=lambda one: one.name, reverse=True):
            came = path.name.partition("-")[0]
            kept_bytes += path.stat().st_size if path.parent.name == TAKEN else 0
            old = came.isdigit() and now_us - int(came) > KEPT_DAYS * _DAY_US
            if old or (path.parent.name == TAKEN and kept_bytes > KEPT_BYTES):
                path.unlink(missing_ok=True)
                self._waiting.pop(path.parent.name, None)  # counted again on next use
                gone += 1
        return gone

    def _open_cipher(self, *, make: bool = False) -> AESGCM:
        with self._making:
            if self._cipher is None:
                self._cipher = AESGCM(bytes.fromhex(self._key(make)))
            return self._cipher

    def _key(self, make: bool) -> str:
        try:
            return self._store.open(KEY)
        except SecretMissing:
            if not make:
                raise
        self._store.set(KEY, secrets.token_hex(32))
        return self._store.open(KEY)
