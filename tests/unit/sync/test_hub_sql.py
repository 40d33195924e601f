"""A script of SQL is run statement by statement, whatever stands in its comments, texts and functions; and what a
statement may not do on a Citus."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

from sync.hub import sql

ROOT = Path(__file__).parents[3]
UPSERT = re.compile(r"INSERT INTO (\w+)(?:(?!INSERT INTO).)*?\bDO UPDATE\s+SET(.*?)(?:\bRETURNING\b|\Z)", re.DOTALL)
STABLE = re.compile(r"\b(now|clock_timestamp|statement_timestamp|timeofday|random|extract|current_setting)\(")

CHANGE = re.compile(r"\s*(UPDATE|DELETE FROM)\s")

SCRIPT = """-- It's one; not two
CREATE TABLE a (b text DEFAULT 'x;y--z');
CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM 'it''s'; END $$;  -- done; really
DO $body$ BEGIN EXECUTE $$ SELECT 1; $$; END $body$;

-- The end;
"""


def test_a_script_is_cut_between_its_statements() -> None:
    assert [statement.splitlines()[-1] for statement in sql.split_statements(SCRIPT)] == [
        "CREATE TABLE a (b text DEFAULT 'x;y--z')",
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM 'it''s'; END $$",
        "DO $body$ BEGIN EXECUTE $$ SELECT 1; $$; END $body$",
    ]


@cache
def texts() -> list[tuple[str, str]]:
    """Each text in head office's modules, and each of its SQL files except migrations, with the file's name."""
    modules = [*ROOT.glob("sync/**/*.py"), *ROOT.glob("edge/**/hub*.py"), *ROOT.glob("edge/app/head_office/*.py")]
    scripts = [*ROOT.glob("sync/hub/*.sql"), *ROOT.glob("edge/**/hub*.sql")]
    parsed = {file: ast.parse(file.read_text(encoding="utf-8")) for file in modules}
    return [
        (file.name, node.value)
        for file, tree in parsed.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ] + [(file.name, text) for file in scripts for text in file.read_text(encoding="utf-8").split(";")]


def test_no_upsert_asks_for_the_time_where_rows_conflict() -> None:
    """Citus sends an upsert to another machine and takes only immutable functions behind `DO UPDATE`: the time is a
    value of the inserted row (`excluded`)."""
    upserts = [(name, found) for name, text in texts() for found in UPSERT.finditer(text)]
    assert len(upserts) > 10
    assert [(name, found[1]) for name, found in upserts if STABLE.search(found[2])] == []


def test_no_change_compares_by_a_case_with_an_operand() -> None:
    """Citus sends `CASE state WHEN 'queued'` of an UPDATE or DELETE to its shards as a comparison of text and truth."""
    changes = [(name, text) for name, text in texts() if CHANGE.match(text)]
    assert len(changes) > 50
    assert [(name, text) for name, text in changes if re.search(r"\bCASE\s+(?!WHEN\b)", text)] == []


def test_no_question_over_all_tenants_selects_no_column() -> None:
    """Citus can't collect rows without columns from several machines."""
    asked = [(name, text) for name, text in texts() if re.match(r"\s*SELECT EXISTS \(", text) and " AS (" not in text]
    assert len(asked) > 3
    assert [(name, text) for name, text in asked if re.search(r"\(\s*SELECT FROM", text) and "$1" not in text] == []
