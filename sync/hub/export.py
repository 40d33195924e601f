"""Export of all data of a tenant as JSON lines: a header, one line per row, and an end marker that shows the file is
complete.

    {"format": "edge-hub-export-1", "tenant": "acme", "at": "...", "left_out": [...]}
    {"table": "sale", "row": {...}}
    {"end": true, "rows": {"sale": 812}, "sha256": "<of all lines before>"}
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec

FORMAT = "edge-hub-export-1"
ROWS_AT_ONCE = 500
LEFT_OUT = ("software_piece", "support_piece", "pos_hook")
"""Release files, which aren't personal data; answers of boxes encrypted to keys that stay here; and webhooks of tills,
which are kept encrypted for only thirty days."""
SECRET = {"support_ask": "private"}
"""Secret columns, by table."""
_TABLES = """
    SELECT relname FROM pg_class AS class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
      AND relrowsecurity AND relname <> ALL ($1) AND has_table_privilege(class.oid, 'SELECT')
      AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = class.oid AND attname = 'tenant' AND NOT attisdropped)
    ORDER BY relname
"""
_NOW = "SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"


class Export:
    """A tenant's export. `connection`: in a transaction with one snapshot and this tenant only (row security), for as
    long as it takes. `rows` and `sha256` are set once all pieces were read."""

    def __init__(self, connection: Any, tenant: str) -> None:
        self._connection = connection
        self._tenant = tenant
        self._hash = hashlib.sha256()
        self.rows: dict[str, int] = {}
        self.sha256 = ""

    async def pieces(self) -> AsyncIterator[bytes]:
        """The file in pieces of some hundred lines."""
        head = {"format": FORMAT, "tenant": self._tenant, "at": await self._connection.fetchval(_NOW)}
        yield self._hash_piece(msgspec.json.encode(head | {"left_out": LEFT_OUT}) + b"\n")
        for (table,) in await self._connection.fetch(_TABLES, list(LEFT_OUT)):
            async for piece in self._table(table):
                yield piece
        self.sha256 = self._hash.hexdigest()
        yield msgspec.json.encode({"end": True, "rows": self.rows, "sha256": self.sha256}) + b"\n"

    async def _table(self, table: str) -> AsyncIterator[bytes]:
        secret = SECRET.get(table)
        row = "to_jsonb(own)" + (f" - '{secret}'" if secret else "")
        query = f'SELECT ({row})::text FROM "{table}" AS own WHERE tenant = $1'
        cursor = await self._connection.cursor(query, self._tenant)
        self.rows[table] = 0
        while found := await cursor.fetch(ROWS_AT_ONCE):
            self.rows[table] += len(found)
            yield self._hash_piece(b"".join(f'{{"table": "{table}", "row": {text}}}\n'.encode() for (text,) in found))

    def _hash_piece(self, piece: bytes) -> bytes:
        self._hash.update(piece)
        return piece
