"""Webhooks as they came, each a file that is on the disk before the vendor is told so; gone once it was dealt with."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from edge.core.storage.atomic_write import sync_folder, write_whole

FOLDER = "hooks"
WAITING_MOST = 20_000
"""Files of one till. One more is not taken: the vendor sends it again, and the poll has it anyway."""
BODY_BYTES = 2 * 1024 * 1024
"""Toast's pass 600 kB."""
HEADERS_KEPT = 40
_END = b"\n"


class TooMany(Exception):
    """So many wait that no more are taken."""


class IncomingHook(msgspec.Struct, frozen=True):
    """A webhook: when it came, its headers by names in small letters, and its body, byte by byte."""

    received_us: int
    headers: dict[str, str]
    body: bytes = b""

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


class HookFiles:
    """Those of a shop whose data lies in `data`."""

    def __init__(self, data: Path) -> None:
        self._folder = data / FOLDER
        self._waiting: dict[str, int] = {}

    def keep(self, pos: str, received_us: int, headers: Mapping[str, str], body: bytes) -> str:
        """Keep one, durably; the file's name. `TooMany`, or `OSError`: the disk does not take it."""
        folder = self._folder / pos
        if pos not in self._waiting:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for half in folder.glob(".*.part"):  # a kill left it, and it was never answered
                half.unlink(missing_ok=True)
            self._waiting[pos] = len(self.waiting(pos))
        if self._waiting[pos] >= WAITING_MOST:
            raise TooMany
        hook = IncomingHook(received_us, dict(list(headers.items())[:HEADERS_KEPT]))
        name = f"{received_us:017d}-{hashlib.sha256(body).hexdigest()[:16]}"
        head = msgspec.json.encode({"received_us": hook.received_us, "headers": hook.headers})
        if not (folder / name).exists():
            write_whole(folder / name, head + _END + body)
            sync_folder(folder)
            self._waiting[pos] += 1
        return name

    def waiting(self, pos: str, most: int = WAITING_MOST) -> list[str]:
        """The names of files of a till, the oldest first."""
        folder = self._folder / pos
        if not folder.is_dir():
            return []
        return sorted(path.name for path in folder.iterdir() if path.name[0] != ".")[:most]

    def read(self, pos: str, name: str) -> IncomingHook | None:
        """One as it came; None: it is not there, or half of it."""
        try:
            head, end, body = (self._folder / pos / name).read_bytes().partition(_END)
            hook = msgspec.json.decode(head, type=IncomingHook)
        except (OSError, msgspec.DecodeError):
            return None
        return msgspec.structs.replace(hook, body=body) if end else None

    def drop(self, pos: str, name: str) -> None:
        """It was dealt with."""
        (self._folder / pos / name).unlink(missing_ok=True)
        if self._waiting.get(pos):
            self._waiting[pos] -= 1
