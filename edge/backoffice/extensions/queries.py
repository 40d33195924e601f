"""Queries on extensions."""

from __future__ import annotations

import msgspec

from edge.core.storage.database import Connection

SHOWN = 200
_FIELDS = "package, publisher, version, provides, since_us"


class ExtensionOn(msgspec.Struct, frozen=True):
    """An enabled package, with its publisher, version, entry points ("GROUP:NAME") and the time (microseconds) when it
    was enabled."""

    package: str
    publisher: str
    version: str
    provides: tuple[str, ...]
    since_us: int


def find_extension(db: Connection, package: str) -> ExtensionOn | None:
    """An enabled package; None if it isn't enabled."""
    found = db.execute(f"SELECT {_FIELDS} FROM extension WHERE package = ?", (package,)).fetchone()
    return _extension_on(*found) if found else None


def extensions_on(db: Connection) -> list[ExtensionOn]:
    """Enabled packages by name, 200 at most."""
    rows = db.execute(f"SELECT {_FIELDS} FROM extension ORDER BY package LIMIT ?", (SHOWN,))
    return [_extension_on(*row) for row in rows]


def _extension_on(package: str, publisher: str, version: str, provides: str, since_us: int) -> ExtensionOn:
    return ExtensionOn(package, publisher, version, tuple(provides.split()), since_us)
