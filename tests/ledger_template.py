"""The tables of a fresh ledger, made once in a process and copied from then on.

Tables alone: who the device is, its keys and its first epoch are written by the one who opens the ledger, so no two
have them in common.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import pytest

from edge.core.journal import shadow_rebuild
from edge.core.storage import schema
from edge.core.storage.database import Connection, open_scratch
from edge.core.storage.migrate import migrate, newest, version
from edge.operations import ledger


@cache
def _template(schema_number: int, declared: tuple[str, ...]) -> Connection:
    """What `migrate` makes of an empty database, in memory, of this schema."""
    made = open_scratch()
    migrate(made)
    return made


def migrate_by_copy(db: Connection) -> list[str]:
    """As `migrate`; an empty database gets a copy of the tables, also where a test has declared others. One that a
    simulated disk stands behind is made step by step."""
    made = _template(newest(), schema.declared_tables())
    simulated = not isinstance(db, type(made))
    if simulated or version(db) or db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
        return migrate(db)
    made.backup(db)
    return []


@contextmanager
def ledgers_by_copy() -> Iterator[None]:
    """Meanwhile fresh ledgers of this process are copies."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "migrate", migrate_by_copy)
        patch.setattr(shadow_rebuild, "migrate", migrate_by_copy)
        yield


@contextmanager
def ledgers_step_by_step() -> Iterator[None]:
    """Meanwhile fresh ledgers are made as in a shop: where each write of theirs to the disk is looked at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "migrate", migrate)
        patch.setattr(shadow_rebuild, "migrate", migrate)
        yield
