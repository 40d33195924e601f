"""The capabilities' Postgres tables as text. `python -m tests.contract.hub_schema` writes it again."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import asyncpg

from edge.app import hub
from sim.postgres import Postgres

KEPT = Path(__file__).with_name("hub_schema.txt")
_COLUMNS = """
    SELECT relname || '.' || attname || ' ' || format_type(atttypid, atttypmod)
           || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END
           || coalesce(' DEFAULT ' || pg_get_expr(adbin, adrelid), '')
           || coalesce(' -- ' || col_description(class.oid, attnum), '')
    FROM pg_class AS class
    JOIN pg_attribute ON attrelid = class.oid AND attnum > 0 AND NOT attisdropped
    LEFT JOIN pg_attrdef ON adrelid = class.oid AND adnum = attnum
    WHERE class.oid = ANY ($1) ORDER BY relname, {order}
"""
_COMMENTS = """
    SELECT relname || ' -- ' || obj_description(oid, 'pg_class') FROM pg_class
    WHERE oid = ANY ($1) AND obj_description(oid, 'pg_class') IS NOT NULL ORDER BY relname
"""
_INDEXES = """
    SELECT indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND tablename IN (SELECT relname FROM pg_class WHERE oid = ANY ($1)) ORDER BY 1
"""
_VIEWS = "SELECT relname || ':' || pg_get_viewdef(oid) FROM pg_class WHERE oid = ANY ($1) AND relkind = 'v' ORDER BY 1"
_RELATIONS = """
    SELECT oid FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v') AND NOT relispartition
"""


async def relations(connection: Any) -> list[int]:
    """Return all tables and views."""
    return [oid for (oid,) in await connection.fetch(_RELATIONS)]


async def described(connection: Any, oids: list[int], order: str = "attnum") -> str:
    """Describe the columns, comments, keys, indexes and views of these relations.

    `order` of the columns: "attname" if columns added later must not differ.
    """
    lines = []
    for part in (_COLUMNS.format(order=order), _COMMENTS, _INDEXES, _VIEWS):
        lines += [line for (line,) in await connection.fetch(part, oids)]
    return "\n".join(lines) + "\n"


async def make_rooms(connection: Any) -> None:
    """Run the capabilities' SQL, as `sync.hub.migrate` does."""
    for text in hub.tables().values():
        await connection.execute(text)


async def _write(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    await make_rooms(connection)
    KEPT.write_text(await described(connection, await relations(connection)))
    await connection.close()


if __name__ == "__main__":
    with Postgres(durable=False) as server:
        asyncio.run(_write(server.dsn))
