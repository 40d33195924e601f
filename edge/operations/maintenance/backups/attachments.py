"""Small files that go with a ledger into its backup: the configuration, the files that it names, and the word on the
archive. What another box needs to be the shop again is in the backup, but for the code that opens it.

They stand in a table of the copy that is sealed, so that a backup is one file, whole or not there; it is dropped when
the copy becomes a ledger again.
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
from edge.core.tls import AUTHORITY_FILE
from edge.lib.errors import NeedsHuman
from edge.runtime import directive_trust
from edge.runtime.backup_state.limits import ENCLOSED_BYTES, ENCLOSED_FILES
from edge.runtime.config import Config

CONFIG = "config.toml"
_NAMED, _DATA = "named:", "data:"
"""Before a path as the configuration gives it, and before one within the data folder, which may be another there."""
_MAKE = "CREATE TABLE enclosed (name TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT"
_THERE = "SELECT 1 FROM sqlite_schema WHERE name = 'enclosed'"


class Enclosed(msgspec.Struct, frozen=True):
    """What came with a ledger; `named` by the paths that the configuration gives them, `data` within the data folder.
    Empty in older backups."""

    settings: bytes = b""
    word: bytes = b""
    named: dict[Path, bytes] = {}
    data: dict[Path, bytes] = {}


def named_files(config: Config) -> list[Path]:
    """What a configuration names of small files, without which another box is not the same: the password at the broker
    and whose word is taken for it, by what the box is trusted, logos, and folders with papers of the shop's own."""
    sync = (config.sync.password_file, config.sync.ca_file) if config.sync else ()
    papers = [name for device in config.devices for name in (device.paper.logo, device.paper.templates)]
    return [*(Path(name) for name in dict.fromkeys([*sync, *papers]) if name), *_tls_files(config)]


def _tls_files(config: Config) -> list[Path]:
    """The certificate of one's own, and the box's authority: without it, every device must trust another one."""
    panel, beside = config.panel, config.file.parent
    own = [beside / panel.tls_cert, beside / panel.tls_key] if panel.tls_cert else []
    return [*own, *([config.folder / AUTHORITY_FILE] if panel.tls else [])]


def _own(config: Config) -> list[Path]:
    """Whose directives the box takes, as a restored box would believe the broker without it; its secrets, which the
    recovery code opens; and the picture on its papers. Each may not be there."""
    return [config.folder / directive_trust.FILE, config.folder / SECRETS, config.logo]


def enclose(config: Config, copy: Path) -> str | None:
    """Put them into the copy of the ledger at `copy`; the name of the checkpoint's tables in the archive's folder, if
    there is a checkpoint that fits the copy: they are to be kept, too."""
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
    """What was enclosed with a ledger that nobody has open; it is gone from it then."""
    db = open_reader(ledger)
    try:
        if db.execute(_THERE).fetchone() is None:
            return Enclosed()
        found = dict(db.execute("SELECT name, body FROM enclosed").fetchall())
    finally:
        db.close()
    db = open_scratch(ledger)
    try:
        db.execute("PRAGMA secure_delete = ON")  # no password stays in pages that are free
        db.execute("DROP TABLE enclosed")
    finally:
        db.close()
    files, data = (
        {Path(name.removeprefix(of)): body for name, body in found.items() if name.startswith(of)}
        for of in (_NAMED, _DATA)
    )
    return Enclosed(found.get(CONFIG, b""), found.get(archive_manifest.FILE, b""), files, data)


def put_back(config: Config, beside: Enclosed) -> tuple[list[Path], list[Path]]:
    """Put files that the configuration names where it looks for them, and those of the data folder into it, unless they
    are there: which were put, and what is still lacking: also what a link of another account would lead elsewhere."""
    wanted = named_files(config)
    put = []
    for path, body in (beside.named | {config.folder / path: body for path, body in beside.data.items()}).items():
        ours = ".." not in path.parts and any(path.is_relative_to(name) for name in (*wanted, *_own(config)))
        if ours and not path.exists():
            try:
                require_own_way(path.parent)  # before a folder is made behind a link
                path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(path, body)
            except OSError:
                continue  # it is still lacking, and that is told
            put.append(path)
    return put, [name for name in wanted if not name.exists()]


def _files(config: Config) -> Iterator[Path]:
    for path in (*named_files(config), *_own(config)):
        yield from sorted(inside for inside in path.rglob("*") if inside.is_file()) if path.is_dir() else [path]


def _name(config: Config, path: Path) -> str:
    inside = path.is_relative_to(config.folder)
    return f"{_DATA}{path.relative_to(config.folder)}" if inside else f"{_NAMED}{path}"


def _fitting(db: Connection, folder: Path) -> archive_manifest.Checkpoint | None:
    """The newest checkpoint, if it speaks of the files that this copy speaks of, and no others."""
    try:
        word = archive_manifest.read(folder, archive_manifest.trusted_key(db))
    except NeedsHuman:
        return None  # damaged: `edge verify` says so
    fits = word is not None and list(word.segments) == archive.segments(db) and (folder / word.base).exists()
    return word if fits else None
