"""Small files included in a backup: the configuration, files it names, and the archive's signed manifest. A backup
therefore has everything that another box needs, except the recovery code.

They are stored in a table of the encrypted copy, so that a backup is a single complete file. The table is dropped on
restore.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec

from edge.core.journal import archive, archive_manifest
from edge.core.secrets.store import FILE as SECRETS
from edge.core.storage.atomic_write import write_whole
from edge.core.storage.database import Connection, open_reader, open_scratch
from edge.core.storage.permissions import require_own_way
from edge.core.tls import AUTHORITY_FILE, OWN_FILE
from edge.lib.errors import NeedsHuman
from edge.runtime import directive_trust
from edge.runtime.backup_state.limits import ENCLOSED_BYTES, ENCLOSED_FILES
from edge.runtime.config import Config

CONFIG = "config.toml"
_NAMED, _DATA = "named:", "data:"
"""Prefixes of a path from the configuration, and of a path within the data folder, which may be elsewhere on another
box."""
_MAKE = "CREATE TABLE enclosed (name TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT"
_THERE = "SELECT 1 FROM sqlite_schema WHERE name = 'enclosed'"


class Enclosed(msgspec.Struct, frozen=True):
    """The files included with a ledger. `named`: by their paths in the configuration; `data`: in the data folder. Empty
    in older backups."""

    settings: bytes = b""
    word: bytes = b""
    named: dict[Path, bytes] = {}
    data: dict[Path, bytes] = {}


def named_files(config: Config) -> list[Path]:
    """Return the small files named in the configuration that another box needs. They are broker password and authority,
    TLS files, logos, and folders with the shop's own papers."""
    sync = (config.sync.password_file, config.sync.ca_file) if config.sync else ()
    papers = [name for device in config.devices for name in (device.paper.logo, device.paper.templates)]
    return [*(Path(name) for name in dict.fromkeys([*sync, *papers]) if name), *_tls_files(config)]


def _tls_files(config: Config) -> list[Path]:
    """Return the files of the box's certificate and authority. Without the authority, every device would have to trust
    a new one."""
    panel, beside = config.panel, config.file.parent
    own = [beside / panel.tls_cert, beside / panel.tls_key] if panel.tls_cert else []
    return [*own, *([config.folder / AUTHORITY_FILE] if panel.tls else [])]


def _own(config: Config) -> list[Path]:
    """Return the files of the data folder, each of which may be missing. They are the key that verifies directives,
    without which a restored box would trust the broker; the secrets, opened by the recovery code; the logo; and a
    custom certificate."""
    return [config.folder / directive_trust.FILE, config.folder / SECRETS, config.logo, config.folder / OWN_FILE]


def enclose(config: Config, copy: Path) -> str | None:
    """Add the files to the ledger copy at `copy`. Returns the name of the archive checkpoint's tables to back up as
    well, if a checkpoint fits the copy."""
    folder = config.folder / archive.FOLDER
    db = open_scratch(copy)
    try:
        word = _fitting(db, folder)
        paths = {CONFIG: config.file, **({archive_manifest.FILE: folder / archive_manifest.FILE} if word else {})}
        paths |= {_name(config, path): path for path in islice(_files(config), ENCLOSED_FILES)}
        db.execute(_MAKE)
        for name, path in paths.items():
            if path.is_file() and os.access(path, os.R_OK) and path.stat().st_size <= ENCLOSED_BYTES:
                db.execute("INSERT INTO enclosed (name, body) VALUES (?, ?)", (name, path.read_bytes()))
        return word.base if word else None
    finally:
        db.close()


def take_out(ledger: Path) -> Enclosed:
    """Take the included files out of a ledger that no process has open, and remove them from it."""
    db = open_reader(ledger)
    try:
        if db.execute(_THERE).fetchone() is None:
            return Enclosed()
        found = dict(db.execute("SELECT name, body FROM enclosed").fetchall())
    finally:
        db.close()
    db = open_scratch(ledger)
    try:
        db.execute("PRAGMA secure_delete = ON")  # so that freed pages hold no passwords
        db.execute("DROP TABLE enclosed")
    finally:
        db.close()
    files, data = (
        {Path(name.removeprefix(of)): body for name, body in found.items() if name.startswith(of)}
        for of in (_NAMED, _DATA)
    )
    return Enclosed(found.get(CONFIG, b""), found.get(archive_manifest.FILE, b""), files, data)


def put_back(config: Config, beside: Enclosed) -> tuple[list[Path], list[Path]]:
    """Restore files named in the configuration to their places, and those of the data folder, unless they exist.
    Returns the restored and the missing files. Files that another account's link would redirect count as missing."""
    wanted = named_files(config)
    put = []
    for path, body in (beside.named | {config.folder / path: body for path, body in beside.data.items()}).items():
        ours = ".." not in path.parts and any(path.is_relative_to(name) for name in (*wanted, *_own(config)))
        if ours and not path.exists():
            try:
                require_own_way(path.parent)  # first, so that no folder is made through a link
                path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(path, body)
            except OSError:
                continue  # still missing, which is reported
            put.append(path)
    return put, [name for name in wanted if not name.exists()]


def _files(config: Config) -> Iterator[Path]:
    for path in (*named_files(config), *_own(config)):
        yield from sorted(inside for inside in path.rglob("*") if inside.is_file()) if path.is_dir() else [path]


def _name(config: Config, path: Path) -> str:
    inside = path.is_relative_to(config.folder)
    return f"{_DATA}{path.relative_to(config.folder)}" if inside else f"{_NAMED}{path}"


def _fitting(db: Connection, folder: Path) -> archive_manifest.Checkpoint | None:
    """Return the newest checkpoint if it names exactly the files of this copy."""
    try:
        word = archive_manifest.read(folder, archive_manifest.trusted_key(db))
    except NeedsHuman:
        return None  # damaged: `edge verify` says so
    fits = word is not None and list(word.segments) == archive.segments(db) and (folder / word.base).exists()
    return word if fits else None
