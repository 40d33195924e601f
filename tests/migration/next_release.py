"""A release after this one, made up: so that the way from one to the next is tried before there are two."""

from __future__ import annotations

import pytest

from edge.core.storage import migrate, schema
from edge.core.storage.migrate import migrations, newest
from tests.migration.make import todays

TABLES = """
    CREATE TABLE mark (id INTEGER PRIMARY KEY) STRICT;
    ALTER TABLE print_job ADD COLUMN mark INTEGER NOT NULL DEFAULT 0;
"""
"""A table and a column more."""


def of_this_release() -> str:
    """A ledger of today's schema, as SQL, of which the next release makes two projections in another way: a strict one,
    and one that follows."""
    return f"{todays()}UPDATE projection SET version = 0 WHERE name IN ('receipts', 'search');"


def release_next(monkeypatch: pytest.MonkeyPatch, *steps: str) -> None:
    """From here on this software is the next release, which adds the migrations `steps` (default: right ones)."""
    added = [(n, f"{n:04d}_next.sql", sql) for n, sql in enumerate(steps or (TABLES,), newest() + 1)]
    made = [*migrations(), *added]
    declared = (*schema.declared_tables(), TABLES)
    monkeypatch.setattr(migrate, "migrations", lambda: made)
    monkeypatch.setattr(schema, "declared_tables", lambda: declared)
