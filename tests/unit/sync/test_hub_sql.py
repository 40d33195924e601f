"""A script of SQL is run statement by statement, whatever stands in its comments, texts and functions."""

from __future__ import annotations

from sync.hub import sql

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
