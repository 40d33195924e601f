"""A migration is derived from the tables as they are declared."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.registry import Projector
from edge.core.storage.database import open_scratch
from edge.core.storage.migrate import migrations
from setup.scaffold.edits import ScaffoldError, Tree
from setup.scaffold.migration import derive, plan, shape

EDGE = Path(__file__).parents[2] / "edge"
DECLARED = [path.read_text() for path in sorted(EDGE.glob("**/tables.sql"))]
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


def test_a_projection_of_another_shape_is_made_anew_and_the_rows_of_local_state_are_not_guessed_at() -> None:
    reshaped = BEFORE.replace("sku  TEXT PRIMARY KEY", "sku  INTEGER PRIMARY KEY").replace(", WITHOUT ROWID", "")
    assert "Made anew from the journal" in derive([BEFORE], [reshaped])[0]
    with pytest.raises(ScaffoldError, match=r"waiting is local state.*by hand"):
        derive([BEFORE], [BEFORE.replace("body TEXT", "body BLOB")])


def test_of_the_tables_as_they_are_nothing_is_left_to_write() -> None:
    assert derive([sql for _, _, sql in migrations()], DECLARED) == []
    with pytest.raises(ScaffoldError, match=r"change a tables.sql first"):
        plan(Tree(EDGE.parent), "nothing", ())


@pytest.mark.parametrize("through", [25, 47, 57, 62])
def test_what_was_typed_by_hand_could_have_been_derived(through: int) -> None:
    """From ledgers of those times on, today's tables follow from what is declared."""
    steps = [sql for number, _, sql in migrations() if number <= through]
    derived = derive(steps, DECLARED)
    assert derived and made_by(*steps, "".join(derived)) == made_by(*DECLARED)


def test_where_rows_of_local_state_went_elsewhere_is_not_derived() -> None:
    with pytest.raises(ScaffoldError, match=r"notify_message is local state"):
        derive([sql for number, _, sql in migrations() if number <= 40], DECLARED)


def test_the_next_migration_has_the_next_number_and_brings_ledgers_to_what_is_declared(tmp_path: Path) -> None:
    (tmp_path / "edge/migrations").mkdir(parents=True)
    (tmp_path / "edge/toys").mkdir()
    (tmp_path / "edge/migrations/0001_toys.sql").write_text(BEFORE)
    (tmp_path / "edge/toys/tables.sql").write_text(f"{BEFORE}CREATE INDEX waiting_body ON waiting (body);\n")
    tree = Tree(tmp_path)
    plan(tree, "waiting_found", ())
    assert [str(path) for path in tree.write()] == ["edge/migrations/0002_waiting_found.sql"]
    said = (tmp_path / "edge/migrations/0002_waiting_found.sql").read_text()
    assert said == "-- Waiting found.\nCREATE INDEX waiting_body ON waiting (body);\n"


def test_a_projection_that_changes_without_another_version_of_its_projector_is_not_written(tmp_path: Path) -> None:
    (tmp_path / "edge/migrations").mkdir(parents=True)
    (tmp_path / "edge/toys").mkdir()
    (tmp_path / "tests/migration").mkdir(parents=True)
    noted = "CREATE TABLE projection (name TEXT, version INTEGER, seq INTEGER);\n"
    (tmp_path / "edge/migrations/0001_toys.sql").write_text(BEFORE)
    dump = f"{BEFORE}{noted}INSERT INTO projection VALUES ('toys', 3, 0);\n"
    (tmp_path / "tests/migration/schema_0001.sql").write_text(dump)
    after = BEFORE.replace("    name TEXT NOT NULL\n", "    name TEXT NOT NULL,\n    age INTEGER\n")
    (tmp_path / "edge/toys/tables.sql").write_text(after)
    with pytest.raises(ScaffoldError, match=r"'toys' has another table \(toy\) and still version 3: make it 4"):
        plan(Tree(tmp_path), "ages", [Projector("toys", 3, ("toy",), {})])
    tree = Tree(tmp_path)
    plan(tree, "ages", [Projector("toys", 4, ("toy",), {}), Projector("quite new", 1, ("waiting",), {})])
    assert [str(path) for path in tree.changed] == ["edge/migrations/0002_ages.sql"]
