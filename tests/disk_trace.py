"""What SQLite asks of the disk, recorded: every write, truncation and sync of a database's files, in order.

A VFS of SQLite's own that stands before the one of the system (sqlite.org/vfs.html), made with ctypes inside the very
copy of SQLite that the product uses, as two copies in a process break each other's locks. What is replayed from the
recording is therefore what the ledger really did, and not what someone thinks that it does.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pysqlite3._sqlite3

_sqlite = ctypes.CDLL(pysqlite3._sqlite3.__file__)
_sqlite.sqlite3_vfs_find.restype = ctypes.c_void_p
_P, _I, _L = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
_CLOSE = ctypes.CFUNCTYPE(_I, _P)
_WRITE = ctypes.CFUNCTYPE(_I, _P, _P, _I, _L)
_TRUNCATE = ctypes.CFUNCTYPE(_I, _P, _L)
_SYNC = ctypes.CFUNCTYPE(_I, _P, _I)
# names as addresses: SQLite keeps them, and what it knows of a file lies behind its name
_OPEN = ctypes.CFUNCTYPE(_I, _P, _P, _P, _I, _P)
_DELETE = ctypes.CFUNCTYPE(_I, _P, _P, _I)


class _Methods(ctypes.Structure):
    """sqlite3_io_methods, version 3."""

    _fields_ = [
        ("version", _I),
        *[(name, _P) for name in ("close", "read")],
        *[("write", _P), ("truncate", _P), ("sync", _P)],
        *[(f"rest{number}", _P) for number in range(13)],
    ]


class _File(ctypes.Structure):
    """The beginning of sqlite3_file."""

    _fields_ = [("methods", ctypes.POINTER(_Methods))]


class _Vfs(ctypes.Structure):
    """sqlite3_vfs, as far as we change it."""

    _fields_ = [
        *[("version", _I), ("file_size", _I), ("path_size", _I)],
        *[("next", _P), ("name", ctypes.c_char_p), ("data", _P)],
        *[("open", _P), ("delete", _P)],
    ]


class Step(NamedTuple):
    """One thing that was asked of the disk. `note` is whatever the test said meanwhile, such as "answered"."""

    kind: Literal["write", "truncate", "sync", "delete", "note"]
    file: str
    offset: int = 0
    content: bytes = b""
    note: Any = None


class Recording:
    """The steps so far. `note` puts a word of the test's own between them."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._kept: list[Any] = []
        self._made: dict[int, Any] = {}
        self._names: dict[int, str] = {}

    def note(self, what: object) -> None:
        self.steps.append(Step("note", "", note=what))

    def _wrap(self, file: int, name: str) -> None:
        """Let this open file tell what it does."""
        beginning = ctypes.cast(file, ctypes.POINTER(_File)).contents
        if not beginning.methods:
            return
        self._names[file] = Path(name).name
        old = ctypes.addressof(beginning.methods.contents)
        if old not in self._made:
            self._made[old] = self._methods(beginning.methods.contents)
        beginning.methods = ctypes.pointer(self._made[old])

    def _methods(self, real: _Methods) -> _Methods:
        mine = _Methods.from_buffer_copy(real)
        write, truncate, sync = _WRITE(real.write), _TRUNCATE(real.truncate), _SYNC(real.sync)

        def on_write(file: int, data: int, amount: int, offset: int) -> int:
            self.steps.append(Step("write", self._names[file], offset, ctypes.string_at(data, amount)))
            return int(write(file, data, amount, offset))

        def on_truncate(file: int, size: int) -> int:
            self.steps.append(Step("truncate", self._names[file], size))
            return int(truncate(file, size))

        def on_sync(file: int, flags: int) -> int:
            self.steps.append(Step("sync", self._names[file]))
            return int(sync(file, flags))

        for name, kind, hook in (
            ("write", _WRITE, on_write),
            ("truncate", _TRUNCATE, on_truncate),
            ("sync", _SYNC, on_sync),
        ):
            callback = kind(hook)
            self._kept.append(callback)
            setattr(mine, name, ctypes.cast(callback, _P))
        return mine


@contextmanager
def recorded() -> Iterator[Recording]:
    """Record every file that SQLite opens in here. All its connections must be closed before this ends."""
    recording = Recording()
    real = _Vfs.from_address(_sqlite.sqlite3_vfs_find(None))
    open_, delete = real.open, real.delete
    real_open, real_delete = _OPEN(open_), _DELETE(delete)

    def on_open(vfs: int, name: int | None, file: int, flags: int, out: int | None) -> int:
        code = int(real_open(vfs, name, file, flags, out))
        if code == 0 and name:
            recording._wrap(file, _text(name))
        return code

    def on_delete(vfs: int, name: int, sync: int) -> int:
        recording.steps.append(Step("delete", Path(_text(name)).name))
        return int(real_delete(vfs, name, sync))

    callbacks = _OPEN(on_open), _DELETE(on_delete)
    real.open, real.delete = (ctypes.cast(callback, _P).value for callback in callbacks)
    try:
        yield recording
    finally:
        real.open, real.delete = open_, delete


def _text(address: int) -> str:
    return ctypes.string_at(address).decode()
