"""A migration is derived from the tables as they are declared."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.registry import Projector
from edge.core.storage.database import open_scratch
from edge.core.storage.schema import declared_tables, shape
from setup.scaffold.edits import ScaffoldError, Tree
from setup.scaffold.migration import derive, plan
from tests.tidy.tree import ROOT

BEFORE = """
-- Strict projection of the toys.
CREATE TABLE toy (
    sku  TEXT PRIMARY KEY,  -- what it is
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX toy_name ON toy (name);

-- Local state: what waits.
CREATE TABLE waiting (
    id   INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (id)
) STRICT;
"""
NOTED = "CREATE TABLE projection (name TEXT, version INTEGER, seq INTEGER);\n"


def made_by(*scripts: str) -> dict[str, str]:
    db = open_scratch()
    for sql in scripts:
        db.executescript(sql)
    found = db.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    return {name: shape(sql) for name, sql in found}


@pytest.mark.parametrize(
    ("old", "new", "statements"),
    [
        (
            "    body TEXT NOT NULL,\n",
            "    body TEXT NOT NULL,\n    tries INTEGER NOT NULL DEFAULT 0,  -- how often\n",
            ["ALTER TABLE waiting ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;"],
        ),
        ("ON toy (name)", "ON toy (name, sku)", ["DROP INDEX toy_name;", "CREATE INDEX toy_name ON toy (name, sku);"]),
        ("CREATE INDEX toy_name ON toy (name);\n", "", ["DROP INDEX IF EXISTS toy_name;"]),
        ("name TEXT NOT NULL\n", "names TEXT NOT NULL\n", None),
        ("", "\n-- Local state: more.\nCREATE TABLE more (id INTEGER PRIMARY KEY) STRICT;\n", None),
    ],
)
def test_what_differs_becomes_statements(old: str, new: str, statements: list[str] | None) -> None:
    after = BEFORE.replace(old, new, 1) if old else BEFORE + new
    if "names TEXT" in after:
        after = after.replace("ON toy (name)", "ON toy (names)")
    derived = derive([BEFORE], [after])
    assert made_by(BEFORE, "".join(derived)) == made_by(after)
    assert statements is None or "".join(derived).split("\n")[:-1] == statements


def test_a_projection_of_another_shape_is_made_again_and_the_rows_of_local_state_are_not_guessed_at() -> None:
    reshaped = BEFORE.replace("sku  TEXT PRIMARY KEY", "sku  INTEGER PRIMARY KEY").replace(", WITHOUT ROWID", "")
    assert "Made anew from the journal" in derive([BEFORE], [reshaped])[0]
    with pytest.raises(ScaffoldError, match=r"waiting is local state.*by hand"):
        derive([BEFORE], [BEFORE.replace("body TEXT", "body BLOB")])


def test_from_the_last_release_migrations_lead_to_the_declared_tables() -> None:
    tree = Tree(ROOT)
    with pytest.raises(ScaffoldError, match=r"change a tables.sql first"):
        plan(tree, "nothing", ())
    assert derive(list(declared_tables()), list(declared_tables())) == []


def released(folder: Path, dump: str) -> None:
    """A tree of which one version was released."""
    (folder / "edge/core/migrations").mkdir(parents=True)
    (folder / "edge/toys").mkdir()
    (folder / "tests/migration/releases/1.0.0").mkdir(parents=True)
    (folder / "tests/migration/releases/1.0.0/ledger.sql").write_text(f"PRAGMA user_version = 100;\n{dump}")


def test_the_next_migration_has_the_next_number_and_brings_ledgers_to_what_is_declared(tmp_path: Path) -> None:
    released(tmp_path, f"{BEFORE}{NOTED}")
    (tmp_path / "edge/core/migrations/0101_found.sql").write_text("CREATE INDEX waiting_body ON waiting (body);\n")
    more = "CREATE INDEX waiting_body ON waiting (body);\nCREATE INDEX waiting_both ON waiting (id, body);\n"
    after = f"{BEFORE}{NOTED}{more}"
    (tmp_path / "edge/toys/tables.sql").write_text(after)
    tree = Tree(tmp_path)
    plan(tree, "both_found", ())
    assert [str(path) for path in tree.write()] == ["edge/core/migrations/0102_both_found.sql"]
    said = (tmp_path / "edge/core/migrations/0102_both_found.sql").read_text()
    assert said == "-- Both found.\nCREATE INDEX waiting_both ON waiting (id, body);\n"


def test_a_projection_that_changes_without_another_version_of_its_projector_is_not_written(tmp_path: Path) -> None:
    released(tmp_path, f"{BEFORE}{NOTED}INSERT INTO projection VALUES ('toys', 3, 0);\n")
    after = BEFORE.replace("    name TEXT NOT NULL\n", "    name TEXT NOT NULL,\n    age INTEGER\n")
    (tmp_path / "edge/toys/tables.sql").write_text(f"{after}{NOTED}")
    with pytest.raises(ScaffoldError, match=r"'toys' has another table \(toy\) and still version 3: make it 4"):
        plan(Tree(tmp_path), "ages", [Projector("toys", 3, ("toy",), {})])
    tree = Tree(tmp_path)
    plan(tree, "ages", [Projector("toys", 4, ("toy",), {}), Projector("quite new", 1, ("waiting",), {})])
    assert [str(path) for path in tree.changed] == ["edge/core/migrations/0101_ages.sql"]
