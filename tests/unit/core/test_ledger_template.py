"""A ledger whose tables were copied is the one that a shop makes, and is no one else's."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from edge.core.storage.database import open_reader, open_scratch
from edge.core.storage.migrate import newest, version
from edge.operations.ledger import Ledger
from tests.ledger_template import ledgers_step_by_step, migrate_by_copy
from tests.shop_fixture import FakeClock, config

PRAGMAS = ("user_version", "application_id", "journal_mode", "page_size", "auto_vacuum", "encoding", "integrity_check")


def opened(folder: Path) -> Path:
    """The file of a ledger that was opened here once."""
    made = Ledger(config(folder), FakeClock())
    made.close()
    return made.path


def read(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(open_reader(path)) as db:
        return [tuple(row) for row in db.execute(sql)]


def contents(path: Path) -> dict[str, Any]:
    """All tables as they are declared, with their rows, and what the file says of itself."""
    tables = read(path, "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name")
    rows = {f"{name} rows": read(path, f"SELECT count(*) FROM {name}") for kind, name, *_ in tables if kind == "table"}
    return {"tables": tables, **rows, **{name: read(path, f"PRAGMA {name}") for name in PRAGMAS}}


def test_a_copy_is_what_a_shop_makes(tmp_path: Path) -> None:
    copied = opened(tmp_path / "copied")
    with ledgers_step_by_step():
        made = opened(tmp_path / "made")
    assert contents(copied) == contents(made)


def test_what_is_copied_is_no_ones() -> None:
    """Whose ledger it is, and what happened in it, is written by the one who opens it."""
    with closing(open_scratch()) as db:
        assert migrate_by_copy(db) == [] and version(db) == newest()
        assert [db.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("header", "journal")] == [0, 0]
        assert migrate_by_copy(db) == []
