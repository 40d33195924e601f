"""Head office's database with a day of a small shop, as SQL, and back into a database."""

from __future__ import annotations

import asyncio
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from sim.postgres import Postgres, programs
from sync.hub.model import Key
from tests.head_office import head_office
from tests.migration.make import sell_for_a_day
from tests.shop_fixture import FakeClock, config, open_shop

_FOR_PSQL = re.compile(r"\\(un)?restrict|SET transaction_timeout|--|\n")
_DIRECTIVE = "INSERT INTO directive (tenant, store, version, kind, body) VALUES ($1, $2, 1, 'prices', '{}')"


def todays_hub() -> str:
    """The database of this version."""
    with Postgres(durable=False) as server, tempfile.TemporaryDirectory(prefix="edge-make-") as name:
        asyncio.run(_fill(server.dsn, Path(name)))
        command = (programs(None) / "pg_dump", "--inserts", server.dsn)
        made = subprocess.run(command, capture_output=True, text=True, check=True)
    return "".join(line for line in made.stdout.splitlines(keepends=True) if not _FOR_PSQL.match(line))


async def _fill(dsn: str, folder: Path) -> None:
    clock = FakeClock()
    async with head_office(dsn) as office, open_shop(folder, clock) as shop:
        await sell_for_a_day(shop, clock)
        header = config(folder).header
        await office.up(Key(header.tenant, header.store, header.device), shop)
        await office.store.pool.execute(_DIRECTIVE, header.tenant, header.store)


async def restore_hub(connection: Any, sql: str) -> None:
    """Make an empty database (of an asyncpg connection) what a dump says."""
    await connection.execute(sql)
    await connection.execute("RESET ALL")
