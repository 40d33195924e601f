"""Rows of some types, read while others are written: none is passed over, and none comes twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from edge.core.journal.rows import read_rows, read_rows_of
from sync.wire import Row
from tests.ordering import milk_order
from tests.shop_fixture import open_shop, run

SPAN, LIMIT = 5_000, 100


class Meanwhile:
    """A ledger in which rows are committed between the first look and the second."""

    def __init__(self, db: Any, first_sees: int) -> None:
        self._db, self._sees = db, first_sees

    def execute(self, sql: str, values: tuple[Any, ...] = ()) -> Any:
        found = self._db.execute(sql, values)
        if "FROM journal" not in sql:
            return found
        sees, self._sees = self._sees, 1 << 60
        if "max(seq)" in sql:
            return self._db.execute("SELECT min(max(seq), ?) FROM journal", (sees,))
        return [row for row in found if Row(*row).seq <= sees]


def test_what_is_written_between_two_looks_is_told_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await milk_order(shop)
            everything = [row.seq for row in read_rows(shop.reader, 1, 1000)]
            types = {row.type for row in read_rows(shop.reader, 1, 1000)}
            for sees in everything:
                first, through = read_rows_of(Meanwhile(shop.reader, sees), types, 1, SPAN, LIMIT)
                then, _ = read_rows_of(shop.reader, types, through + 1, SPAN, LIMIT)
                assert [row.seq for row in (*first, *then)] == everything, f"while the first look sees {sees} rows"

    run(scenario())
