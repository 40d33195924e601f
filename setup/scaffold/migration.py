"""A migration, generated from the difference between the tables that capabilities declare (`tables.sql`) and those of
released ledgers (`tests/migration`): a table's definition is written once.

A new last column is added, new tables and indexes are created, removed ones dropped; a changed projection is recreated
and filled from the journal. Migrations of local state can't be generated and are written by hand. If a projection
changes but its projector's `version` doesn't, nothing is written: it would open with missing rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from edge.core.registry import Projector
from edge.core.storage.database import Connection, DatabaseError, open_scratch
from edge.core.storage.migrate import BASELINE
from edge.core.storage.schema import objects, shape
from setup.scaffold.edits import ScaffoldError, Tree, class_prefix

_DECLARED = re.compile(r"CREATE (?:VIRTUAL )?TABLE (\w+)")
_PROJECTION = re.compile(r"-- (Strict|Following) projection")
_FILE = re.compile(r"\d{4}_\w+\.sql")
DUMPS = "tests/migration/releases/*/ledger.sql"
"""A ledger of each release."""


def plan(tree: Tree, name: str, projectors: Iterable[Projector]) -> None:
    """Collect the next migration. `projectors` are all of the project's. Raises `ScaffoldError` if there is nothing to
    migrate, the migration must be written by hand, or a projector has changed tables but the same version."""
    class_prefix(name)
    dump = newest_dump(tree)
    if dump is None:
        raise ScaffoldError("tests/migration/releases has no ledger of a release to migrate from.")
    steps = [path for path in tree.glob("edge/core/migrations/*.sql") if _FILE.fullmatch(path.name)]
    declared = [path.read_text() for path in tree.glob("edge/**/tables.sql")]
    since = [path.read_text() for path in steps if int(path.name[:4]) > schema_of(dump)]
    statements = derive([dump, *since], declared)
    if not statements:
        raise ScaffoldError("All tables match the migrations: change a tables.sql first.")
    if same := projectors_to_raise(dump, declared, projectors):
        raise ScaffoldError(f"{' '.join(same)} Then run this again.")
    number = int(steps[-1].name[:4]) if steps else BASELINE
    title = f"-- {name.replace('_', ' ').capitalize()}.\n"
    tree.add(f"edge/core/migrations/{number + 1:04d}_{name}.sql", title + "".join(statements))


def newest_dump(tree: Tree) -> str | None:
    """Return the newest release's ledger as SQL; None if nothing was released."""
    dumps = [path.read_text() for path in tree.glob(DUMPS)]
    return max(dumps, key=schema_of, default=None)


def schema_of(dump: str) -> int:
    """Return the schema number of a ledger as SQL."""
    (number,) = re.findall(r"^PRAGMA user_version = (\d+);", dump, re.MULTILINE)
    return int(number)


def derive(steps: list[str], declared: list[str]) -> list[str]:
    """Return the statements that change the tables made by `steps` to those `declared`, each with its semicolon. Raises
    `ScaffoldError` if a table's change can't be generated."""
    old, new = open_scratch(), open_scratch()
    for sql in steps:
        old.executescript(sql)
    for sql in declared:
        new.executescript(sql)
    projections = _projections(declared)
    made: list[str] = []
    was, wanted = objects(old), objects(new)
    for name in [name for name in was if name not in wanted]:
        made += _do(old, [f"DROP {was[name][0].upper()} IF EXISTS {name};\n"])
    for name, (kind, sql) in wanted.items():
        if kind == "table" and name in was and shape(was[name][1]) != shape(sql):
            made += _do(old, _table_changes(old, name, sql, name in projections))
    was = objects(old)  # dropping a table drops its indexes
    for name, (kind, sql) in wanted.items():
        if name in was and shape(was[name][1]) != shape(sql):
            made += _do(old, [f"DROP {kind.upper()} {name};\n", f"{sql};\n"])
        elif name not in was:
            made += _do(old, [f"{sql};\n"])
    left = {name for name, (_, sql) in objects(old).items() if shape(sql) != shape(wanted[name][1])}
    if left:
        raise ScaffoldError(f"{', '.join(sorted(left))}: write this migration by hand.")
    return made


def projectors_to_raise(dump: str, declared: list[str], projectors: Iterable[Projector]) -> list[str]:
    """Return a sentence on what to do for each projector whose tables differ from those in `dump` (an older ledger as
    SQL) but whose `version` doesn't."""
    old, new = open_scratch(), open_scratch()
    old.executescript(dump)
    for sql in declared:
        new.executescript(sql)
    had = dict(old.execute("SELECT name, version FROM projection").fetchall())
    was, wanted = objects(old), objects(new)
    wrong = []
    for one in projectors:
        tables = [name for name in one.tables if name not in was or shape(was[name][1]) != shape(wanted[name][1])]
        if tables and had.get(one.name) == one.version:
            wrong.append(
                f"The projector {one.name!r} has another table ({', '.join(tables)}) and still version {one.version}: "
                f"make it {one.version + 1}, so that ledgers fill it from the journal."
            )
    return wrong


def _projections(declared: list[str]) -> set[str]:
    """Return the names of the tables built from the journal, according to the comments of their paragraphs."""
    paragraphs = [part for sql in declared for part in re.split(r"\n\s*\n", sql.strip())]
    return {table for part in paragraphs if _PROJECTION.match(part) for table in _DECLARED.findall(part)}


def _table_changes(old: Connection, name: str, sql: str, is_projection: bool) -> list[str]:
    """Return the statements that change a table's definition. Raises `ScaffoldError` if the change can't be
    generated."""
    has = {row[1] for row in old.execute(f"PRAGMA table_info({name})")}
    columns = [part for part in _parts(sql) if re.match(r"[a-z]\w*", part) and part.split()[0] not in has]
    added = [f"ALTER TABLE {name} ADD COLUMN {column};\n" for column in columns]
    trial = open_scratch()
    (before,) = old.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (name,)).fetchone()
    trial.execute(before)
    try:
        for statement in added:
            trial.execute(statement)
    except DatabaseError:
        added = []
    (after,) = trial.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (name,)).fetchone()
    if added and shape(after) == shape(sql):
        return added
    if not is_projection:
        raise ScaffoldError(
            f"{name} is local state, and more than a column at its end is new: write by hand how its rows are "
            "converted."
        )
    again = "-- Made anew from the journal: its projector has another version, too.\n"
    return [f"{again}DROP TABLE {name};\n", f"{sql};\n"]


def _parts(sql: str) -> list[str]:
    """Return the columns and constraints of a CREATE TABLE as written, without comments."""
    body, depth, parts = re.sub(r"--[^\n]*", "", sql), 0, [""]
    for sign in body[body.index("(") + 1 : body.rindex(")")]:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return [" ".join(part.split()) for part in parts]


def _do(db: Connection, statements: list[str]) -> list[str]:
    for statement in statements:
        db.execute(statement)
    return statements
