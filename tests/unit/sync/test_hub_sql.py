"""A script of SQL is run statement by statement, whatever stands in its comments, texts and functions; and what a
statement may not do on a Citus."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from sync.hub import sql

ROOT = Path(__file__).parents[3]
UPSERT = re.compile(r"INSERT INTO (\w+)(?:(?!INSERT INTO).)*?\bDO UPDATE\s+SET(.*?)(?:\bRETURNING\b|\Z)", re.DOTALL)
STABLE = re.compile(r"\b(now|clock_timestamp|statement_timestamp|timeofday|random|extract|current_setting)\(")

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


def test_no_upsert_asks_for_the_time_where_rows_conflict() -> None:
    """Citus sends an upsert to another machine and takes only immutable functions behind `DO UPDATE`: the time is a
    value of the inserted row (`excluded`)."""
    files = [*ROOT.glob("sync/**/*.py"), *ROOT.glob("edge/**/hub*.py"), *ROOT.glob("edge/app/head_office/*.py")]
    parsed = {file: ast.parse(file.read_text(encoding="utf-8")) for file in files}
    texts = [
        (file.name, node.value)
        for file, tree in parsed.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    upserts = [(name, found) for name, text in texts for found in UPSERT.finditer(text)]
    assert len(upserts) > 10
    assert [(name, found[1]) for name, found in upserts if STABLE.search(found[2])] == []
