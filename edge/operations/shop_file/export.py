"""`edge export sqlite FILE`: create or update the shop's SQLite file.

`python -m edge.operations.shop_file.export CONFIG LEDGER FILE` does the same in a separate process, alongside a till.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import msgspec
import pysqlite3
from sqlite_utils import Database

from edge.core.clock import SystemClock
from edge.core.journal.rows import Head, read_head, read_header, read_rows
from edge.core.storage.atomic_write import write_whole
from edge.core.storage.database import Connection, DatabaseError, open_reader
from edge.lib.errors import NeedsHuman
from edge.lib.units.money import exponent
from edge.operations.ledger import build_registry
from edge.operations.shop_file import goods, people, schema
from edge.operations.shop_file.layout import ExportSource, ShopTable
from edge.operations.shop_file.papers import PaperWriter
from edge.runtime import config as configuration
from edge.runtime.config import Config

NICENESS = 10
NO_ROOM = 28
"""The exit status for a full disk (ENOSPC)."""
_MAGIC = b"SQLite format 3\0"
_COUNTER = slice(24, 28)
_APPLICATION = slice(68, 72)
_HEADER_BYTES = 100
"""Header with SQLite's change counter and application id (sqlite.org, file format, 1.3)."""
_UNUSABLE = ("SQLITE_CANTOPEN", "SQLITE_CORRUPT", "SQLITE_IOERR", "SQLITE_NOTADB", "SQLITE_PERM", "SQLITE_READONLY")
_KEPT = f"SELECT layout, with_people, epoch, seq, hash, change_counter FROM {schema.STATE}"
_WHOSE = "SELECT tenant, store, device FROM shop"
_SAVE = f"INSERT INTO {schema.STATE} VALUES (?, ?, ?, ?, ?, ?, ?)"


class Exported(msgspec.Struct, frozen=True):
    """The result of an export: the number of receipts and movements written, and the last journal row."""

    facts: int
    seq: int
    is_new: bool


class _Kept(msgspec.Struct, frozen=True):
    """The state in which a file was left."""

    layout: str = ""
    with_people: int = 0
    epoch: int = 0
    seq: int = 0
    hash: str = ""
    change_counter: int = 0


def export(config: Config, file: Path, with_people: bool, ledger: Path | None = None) -> Exported:
    """Create `file`, or update an earlier export, completely or not at all. The shop may be selling. Raises
    `NeedsHuman` if the file isn't this shop's export, was changed, or the disk is full."""
    source = ledger or config.ledger
    if not file.parent.is_dir():
        raise NeedsHuman(f"Folder {file.parent} not found.", "Create it, or use another file name.")
    with closing(open_reader(source)) as db, _explain_errors(file):
        db.execute("BEGIN")
        if file.exists():
            _ours(file)
            return _bring(db, config, file, with_people)
        part = file.with_name(f".{file.name}.part")
        part.unlink(missing_ok=True)
        try:
            os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            done = _bring(db, config, part, with_people)
            part.replace(file)
        except BaseException:
            part.unlink(missing_ok=True)
            part.with_name(f"{part.name}-journal").unlink(missing_ok=True)
            raise
        return done


def describe(file: Path, with_people: bool) -> Path:
    """Write Datasette's metadata next to the file; return its path."""
    target = file.with_name(f"{file.stem}.metadata.json")
    with _explain_errors(target):
        write_whole(target, schema.metadata(file.stem, with_people))
    return target


def _bring(db: Connection, config: Config, file: Path, with_people: bool) -> Exported:
    store, head = config.store, read_head(db)
    ledger = ExportSource(db, store.currency, store.language, store.zone)
    out = pysqlite3.connect(str(file), isolation_level=None)
    with closing(out):
        out.execute("PRAGMA foreign_keys = OFF")  # states are recomputed: foreign keys are checked once at the end
        with Database(out).atomic():
            out.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # makes SQLite roll back an interrupted export
            counter = _counter(file)
            is_new = counter == 0
            kept = _Kept(schema.layout(with_people), int(with_people))
            if is_new:
                schema.make(out, with_people)
            else:
                kept = _read_state(out, file, db, with_people, counter)
            count = PaperWriter(out, ledger, with_people).write(build_registry(config), kept.seq + 1, head.seq)
            _states(out, db, ledger, with_people)
            _save(out, kept, head, counter + 1)
        if _counter(file) != counter + 1:
            raise RuntimeError(f"SQLite counts changes of {file} differently than documented")
    return Exported(count, head.seq, is_new)


def _states(out: Connection, db: Connection, ledger: ExportSource, with_people: bool) -> None:
    """Replace the tables of current state, and add missing referenced rows."""
    header = read_header(db)
    assert header is not None
    tables = schema.tables(with_people)
    schema.write_shop(out, (header.tenant, header.store, header.device), ledger)
    for one in tables:
        if one.rows:
            out.execute(f"DELETE FROM {one.name}")
            out.executemany(one.insert, one.rows(ledger))
    if with_people:
        out.execute(f"DELETE FROM {people.CASHIER.name}")
        out.executemany(people.CASHIER.insert, people.cashiers(ledger, out))
    _spoken_of(out, tables)
    Database(out).table(goods.PRODUCT.name).rebuild_fts()
    if lost := out.execute("PRAGMA foreign_key_check").fetchone():
        raise RuntimeError(f"a row of {lost[0]} refers to a missing row of {lost[2]}")


def _spoken_of(out: Connection, tables: tuple[ShopTable, ...]) -> None:
    """Add rows for records that receipts mention but the shop no longer has: retired products, forgotten customers, old
    locations and suppliers; and for each currency."""
    by_name = {one.name: one for one in tables}
    for one in tables:
        for column in one.columns:
            parent, _, key = column.to.partition(".")
            if parent == "currency":
                codes = out.execute(f"SELECT DISTINCT {column.name} FROM {one.name}").fetchall()
                rows = ((code, exponent(code), 10 ** exponent(code)) for (code,) in codes if code)
                out.executemany(by_name[parent].insert.replace("INSERT", "INSERT OR IGNORE"), rows)
            elif parent and any(of.name == "name" for of in by_name[parent].columns):
                named = _fallback_name(parent, column.name)
                out.execute(
                    f"INSERT INTO {parent} ({key}, name) SELECT DISTINCT {column.name}, {named} FROM {one.name} "
                    f"WHERE {column.name} IS NOT NULL AND {column.name} NOT IN (SELECT {key} FROM {parent})"
                )


def _fallback_name(parent: str, column: str) -> str:
    """Return the name displayed if only a key is known; empty for people."""
    return "''" if parent == people.CUSTOMER.name else column


def _save(out: Connection, kept: _Kept, head: Head, counter: int) -> None:
    now_us = SystemClock().read().at_us
    out.execute(f"DELETE FROM {schema.STATE}")
    out.execute(_SAVE, (kept.layout, kept.with_people, head.epoch, head.seq, head.hash.hex(), now_us, counter))


def _ours(file: Path) -> None:
    """Raise `NeedsHuman` if the file isn't an export. The file isn't opened as a database."""
    begin = b""
    if file.is_file():
        with file.open("rb") as opened:
            begin = opened.read(_HEADER_BYTES)
    if not begin.startswith(_MAGIC) or int.from_bytes(begin[_APPLICATION]) != schema.APPLICATION_ID:
        raise NeedsHuman(f"{file} isn't an export of a shop. It was left unchanged.", "Use another file name.")


def _read_state(out: Connection, file: Path, db: Connection, with_people: bool, counter: int) -> _Kept:
    """Return the file's state. Raises `NeedsHuman` if the file can't be updated."""
    kept = _Kept(*out.execute(_KEPT).fetchone())
    header = read_header(db)
    if header is None or out.execute(_WHOSE).fetchone() != (header.tenant, header.store, header.device):
        raise NeedsHuman(f"{file} is the export of another shop.", "Use another file name.")
    if kept.change_counter != counter:
        raise NeedsHuman(
            f"{file} was changed after it was exported.", "Use another file name, so that changes aren't mixed up."
        )
    if kept.with_people != int(with_people):
        what = "without people, and now they are asked for" if with_people else "with people, and now without"
        raise NeedsHuman(f"{file} was exported {what}.", "Use another file name, or the same options again.")
    if kept.layout != schema.layout(with_people):
        raise NeedsHuman(f"{file} was exported by another version, which had other tables.", "Use another file name.")
    row = next(iter(read_rows(db, kept.seq, 1)), None) if kept.seq else None
    if kept.seq and (row is None or (row.seq, row.epoch, row.hash.hex()) != (kept.seq, kept.epoch, kept.hash)):
        raise NeedsHuman(
            f"{file} has entries that the ledger no longer has, because it was restored.", "Use another file name."
        )
    return kept


def _counter(file: Path) -> int:
    with file.open("rb") as opened:
        return int.from_bytes(opened.read(_HEADER_BYTES)[_COUNTER])


@contextmanager
def _explain_errors(file: Path) -> Iterator[None]:
    """Turn errors of the disk or file into readable ones."""
    try:
        yield
    except DatabaseError as error:
        match getattr(error, "sqlite_errorname", ""):
            case "SQLITE_FULL":
                raise _full(file) from error
            case "SQLITE_BUSY":
                raise NeedsHuman(f"Another program has {file} open.", "Close it there and try again.") from error
            case name if name.startswith(_UNUSABLE):
                raise NeedsHuman(f"{file} can't be written: {error}.", "Use another file name.") from error
        raise
    except OSError as error:
        if error.errno == NO_ROOM:
            raise _full(file) from error
        why = error.strerror or str(error)
        raise NeedsHuman(f"{file} can't be written: {why}.", "Use another file name.") from error


class NoRoom(NeedsHuman):
    """The disk is full."""


def _full(file: Path) -> NoRoom:
    return NoRoom(f"Not enough space for {file}. It wasn't changed.", "Free up space there, or use another disk.")


def main(argv: list[str]) -> int:
    """Run an export in this process; see the module."""
    settings, ledger, file = map(Path, argv)
    os.nice(NICENESS)
    with suppress(NoRoom):
        export(configuration.load(settings), file, with_people=False, ledger=ledger)
        return 0
    return NO_ROOM


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
