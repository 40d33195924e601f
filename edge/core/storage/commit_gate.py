"""Holds each commit back until a gate releases it to readers, with a shim over SQLite's file methods.

A commit writes its pages into the WAL, syncs it, and only then publishes it to readers (wal.c, sqlite3WalFrames, and
sqlite.org/vfs.html). A `Gate` is notified before that sync, so that the other box syncs at the same time, and consulted
after it. No thread sees data that the gate hasn't released; neither does a page, printer, payment provider or head
office. If the gate rejects a commit, SQLite rolls it back.

Only connections opened with `gate_address` use it: a shop with one box opens its ledger as usual.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pysqlite3._sqlite3 as _library
import structlog

_log = structlog.get_logger(__name__)

MEMBERS = Path("twin", "members.json")
"""File in the data folder that exists only on boxes paired with a second box."""
NAME = "edge-gate"
OPEN_WAL = 0x0008_0000
"""SQLITE_OPEN_WAL (sqlite.org/c3ref/c_open_autoproxy.html)."""
OK, CANTOPEN, IOERR_FSYNC = 0, 14, 1034

_Open = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(ctypes.c_int)
)
_Sync = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)


class Gate(Protocol):
    """Called on the committing thread."""

    def begin(self, ledger: Path) -> None:
        """Called when the ledger is about to be opened and no connection exists."""
        ...

    def mark(self, db: Any) -> None:
        """Called when a transaction is about to commit; the last chance to write into it."""
        ...

    def unmark(self) -> None:
        """Called when the transaction has committed or failed."""
        ...

    def ships(self, wal: Path) -> bool:
        """Called when the newest frames of `wal` are written and about to be synced; return False to reject them. Also
        called when a WAL restarts, without frames."""
        ...

    def passes(self, is_synced: bool) -> bool:
        """Return whether the commit may become visible to readers.

        Called once the shipped frames are on disk here, or have failed to be written.
        """
        ...


class _Vfs(ctypes.Structure):
    """The fields of sqlite3_vfs that are used (sqlite.org/c3ref/vfs.html); 15 more pointers follow."""

    _fields_ = (
        ("version", ctypes.c_int),
        ("file_bytes", ctypes.c_int),
        ("path_bytes", ctypes.c_int),
        ("next", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("app_data", ctypes.c_void_p),
        ("open", ctypes.c_void_p),
        ("others", ctypes.c_void_p * 15),
    )


class _Methods(ctypes.Structure):
    """sqlite3_io_methods (sqlite.org/c3ref/io_methods.html)."""

    _fields_ = (
        ("version", ctypes.c_int),
        ("close_read_write_truncate", ctypes.c_void_p * 4),
        ("sync", ctypes.c_void_p),
        ("others", ctypes.c_void_p * 13),
    )


class _File(ctypes.Structure):
    _fields_ = (("methods", ctypes.POINTER(_Methods)),)


class _Shim:
    """SQLite's default VFS under another name, whose WAL files consult the gate in their sync. Never unregistered:
    SQLite keeps pointers to it."""

    def __init__(self) -> None:
        library = ctypes.CDLL(_library.__file__)
        library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
        usual = library.sqlite3_vfs_find(None).contents
        self._vfs = _Vfs()
        ctypes.pointer(self._vfs)[0] = usual
        self._usual_open = _Open(usual.open)
        self._open = _Open(self._on_open)
        self._vfs.name, self._vfs.next = NAME.encode(), None
        self._vfs.open = ctypes.cast(self._open, ctypes.c_void_p)
        self._methods: dict[int, tuple[_Methods, Any]] = {}
        self.gate: Gate | None = None
        self.wal: Path | None = None
        if library.sqlite3_vfs_register(ctypes.byref(self._vfs), 0) != OK:
            raise OSError("SQLite doesn't accept a VFS shim")

    def _on_open(self, vfs: int, name: int, file: int, flags: int, out: Any) -> int:
        code = self._usual_open(vfs, name, file, flags, out)
        if code == OK and flags & OPEN_WAL:
            opened = _File.from_address(file)
            opened.methods = ctypes.pointer(self._with_a_gate(ctypes.addressof(opened.methods.contents)))
        return int(code)

    def _with_a_gate(self, usual: int) -> _Methods:
        if usual not in self._methods:
            made = _Methods()
            ctypes.pointer(made)[0] = _Methods.from_address(usual)
            sync = _Sync(self._syncing(_Sync(made.sync)))
            made.sync = ctypes.cast(sync, ctypes.c_void_p)
            self._methods[usual] = made, sync
        return self._methods[usual][0]

    def _syncing(self, usual: Callable[[int, int], int]) -> Callable[[int, int], int]:
        def sync(file: int, flags: int) -> int:
            gate, wal = self.gate, self.wal
            if gate is None or wal is None:
                return usual(file, flags)
            try:
                if not gate.ships(wal):
                    return IOERR_FSYNC
                code = usual(file, flags)
                return code if gate.passes(code == OK) or code != OK else IOERR_FSYNC
            except Exception:  # noqa: BLE001 - nothing may be raised through SQLite; what failed is not let through
                _log.exception("the commit gate of the ledger failed")
                return IOERR_FSYNC

        return sync


_SHIM: list[_Shim] = []


def gate_address(path: Path, gate: Gate) -> str:
    """URI suffix (`&vfs=...`) that makes a connection's commits wait for `gate`. One ledger per process."""
    if not _SHIM:
        _SHIM.append(_Shim())
    _SHIM[0].gate, _SHIM[0].wal = gate, path.with_name(f"{path.name}-wal")
    return f"&vfs={NAME}"
