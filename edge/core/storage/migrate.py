"""Schema version of a ledger (`PRAGMA user_version`), and its migration to the current one.

A new ledger is created from the tables that capabilities declare. An older one runs the numbered SQL of
`edge/core/migrations` in a single transaction: either all of it or nothing. In both cases its tables are compared with
the declared ones before anything is written.
"""

from __future__ import annotations

import re
from contextlib import closing
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec
from pysqlite3 import sqlite_version

from edge.core.storage import schema
from edge.core.storage.database import APPLICATION_ID, OVERWRITE_ROWS, Connection, open_scratch
from edge.lib.errors import NeedsHuman
from edge.lib.prepared_files import bytecode_folder, digest_of, read_prepared, write_prepared

BASELINE = 100
"""The first released schema, before any migration."""
NAMED = 3
"""Tables to name in a message."""

_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")


def migrations(folder: Traversable | None = None) -> list[tuple[int, str, str]]:
    """Return all migrations as (number, file name, SQL), in order. The first number follows `BASELINE`."""
    found = []
    for entry in (folder or files("edge.core.migrations")).iterdir():
        if match := _NAME.fullmatch(entry.name):
            found.append((int(match[1]), entry.name, entry.read_text()))
    return sorted(found)


def version(db: Connection) -> int:
    """Schema version of the database (0: an empty file)."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def newest() -> int:
    """Schema version of this software."""
    return max((number for number, _, _ in migrations()), default=BASELINE)


def migrate(db: Connection) -> list[str]:
    """Migrate the database to the newest schema; return the names of applied migrations.

    Raises `NeedsHuman`, without changes, if the schema is unknown.
    """
    at, last = version(db), newest()
    due = [step for step in migrations() if step[0] > at] if at else []
    if at == last:
        _require_declared(db)
    elif at:
        require_known(db)
        _apply(db, [sql for _, _, sql in due], last)
    else:
        _apply(db, schema.declared_tables(), last)
    return [name for _, name, _ in due]


def differences(db: Connection) -> list[str]:
    """Names of tables, indexes and triggers that differ from the declared ones after pending migrations."""
    return list(_differences(tuple(schema.objects(db).items()), version(db), schema.declared_tables()))


@lru_cache(maxsize=2)
def _differences(here: tuple[tuple[str, tuple[str, str]], ...], at: int, declared: tuple[str, ...]) -> tuple[str, ...]:
    """Return the differences for these objects. Cached, because the nightly check asks again."""
    with closing(open_scratch()) as trial:
        for _, (_, sql) in here:
            trial.execute(sql)
        misnamed = dict(here).keys() ^ schema.objects(trial).keys()  # named differently in its own SQL
        for number, _, sql in migrations():
            if number > at:
                trial.executescript(sql)
        return tuple(sorted({*_shape_differences(trial, declared), *misnamed}))


def _shape_differences(db: Connection, declared: tuple[str, ...]) -> list[str]:
    ours, wanted = schema.statements(db), _declared_statements(declared)
    return sorted(name for name in ours.keys() | wanted.keys() if not _is_same(ours.get(name), wanted.get(name)))


def _is_same(ours: str | None, wanted: str | None) -> bool:
    """Whether two statements are equivalent. The text may differ only for migrated tables."""
    return ours == wanted or (None not in (ours, wanted) and schema.shape(str(ours)) == schema.shape(str(wanted)))


@cache
def _declared_statements(declared: tuple[str, ...]) -> dict[str, str]:
    """Return the declared tables' statements as SQLite stores them. Creating the tables takes 50 ms, so set-up stores
    the result in a file."""
    file = bytecode_folder(__file__) / "tables.json"
    made_by = (sqlite_version.encode(), Path(schema.__file__).read_bytes())
    digest = digest_of((*made_by, *(sql.encode() for sql in declared)))
    if (found := read_prepared(file, digest)) is not None:
        return msgspec.json.decode(found, type=dict[str, str])
    with closing(open_scratch()) as db:
        db.executescript("\n;".join(declared))
        made = schema.statements(db)
    write_prepared(file, digest + msgspec.json.encode(made))
    return made


def prepare() -> None:
    """Precompute the declared tables for the comparison at start."""
    _declared_statements(schema.declared_tables())


def require_known(db: Connection) -> None:
    """Raise `NeedsHuman` if the schema is newer than this software, or from before 0.1.0."""
    at, last = version(db), newest()
    if at > last:
        raise NeedsHuman(
            f"The ledger has schema {at}, but this software supports {last}.",
            "It was opened by a newer version. Install that version again.",
        )
    if at < BASELINE:
        raise NeedsHuman(
            f"The ledger has schema {at}, from before version 0.1.0.",
            "Start the version that made it: no later one can convert it.",
        )


def require_migratable(db: Connection) -> None:
    """Raise `NeedsHuman` unless this software can open the ledger or migrate it."""
    require_known(db)
    _refuse(differences(db))


def _require_declared(db: Connection) -> None:
    _refuse(_shape_differences(db, schema.declared_tables()))


def _refuse(wrong: list[str]) -> None:
    if wrong:
        more = f" and {len(wrong) - NAMED} more" if len(wrong) > NAMED else ""
        raise NeedsHuman(
            f"The ledger's tables don't match this version: {', '.join(wrong[:NAMED])}{more}.",
            (
                "If version 0.1.0 made it, stop the shop and convert it into a new one; the old one is kept: "
                "edge upgrade --from LEDGER (the owner's guide, page 1). If not, start the version that made it."
            ),
        )


def _apply(db: Connection, steps: list[str] | tuple[str, ...], last: int) -> None:
    """Apply all migrations in one transaction."""
    sql = "\n;".join(steps)
    mark = f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {last};"
    try:
        db.executescript(f"BEGIN IMMEDIATE;\n{sql}\n;{mark}")
        _require_declared(db)
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    finally:
        db.execute(OVERWRITE_ROWS)  # a migration may have changed it
