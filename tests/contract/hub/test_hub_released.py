"""Head office's database of each release comes to this version, keeps what it held, and goes on."""

from __future__ import annotations

import asyncio
import lzma
import re
from pathlib import Path

import asyncpg
import pytest

from edge.app import hub
from edge.counter.till.commands import AddLine, Pay
from sync.hub.model import Key
from tests.contract.hub_schema import described, relations
from tests.head_office import HeadOffice
from tests.migration.hub_dump import restore_hub
from tests.shop_fixture import CONFIG, MILK, FakeClock, config, done, open_shop
from tests.sync_fixture import query

RELEASES = sorted(Path(__file__).parents[2].glob("migration/releases/*/hub.sql.xz"))
OTHER = CONFIG.replace('id = "corner"', 'id = "corner"\ndevice = "box2"', 1)
_VIEWS = re.compile(r"^\w+: +(?:SELECT|WITH)", re.MULTILINE)
HELD = "SELECT (SELECT count(*) FROM journal), (SELECT count(*) FROM sale), (SELECT count(*) FROM directive)"


async def schema_of(database: str) -> str:
    connection = await asyncpg.connect(database)
    found = await described(connection, await relations(connection), "attname")
    await connection.close()
    return _VIEWS.split(found)[0]  # their columns are among the others; Postgres writes their text in several ways


@pytest.mark.parametrize("file", RELEASES, ids=lambda path: path.parent.name)
def test_a_database_of_a_release_becomes_todays_and_keeps_what_it_held(
    file: Path, empty_database: str, copied_database: str
) -> None:
    dump = lzma.decompress(file.read_bytes()).decode()

    async def scenario() -> None:
        connection = await asyncpg.connect(empty_database)
        await restore_hub(connection, dump)
        await connection.close()
        (before,) = await query(empty_database, HELD)
        assert all(before)
        await hub.bring_up_to_date(empty_database)
        assert await schema_of(empty_database) == await schema_of(copied_database)
        assert await query(empty_database, HELD) == [before]

    asyncio.run(scenario())


@pytest.mark.parametrize("file", RELEASES, ids=lambda path: path.parent.name)
def test_a_shop_goes_on_with_a_head_office_of_a_release(file: Path, empty_database: str, tmp_path: Path) -> None:
    dump = lzma.decompress(file.read_bytes()).decode()

    async def scenario() -> None:
        connection = await asyncpg.connect(empty_database)
        await restore_hub(connection, dump)
        await connection.close()
        async with hub.open_hub(empty_database) as store, open_shop(tmp_path, FakeClock(), text=OTHER) as shop:
            header = config(tmp_path, OTHER).header
            await done(shop, AddLine(MILK))
            await done(shop, Pay("cash"))
            await HeadOffice(store).up(Key(header.tenant, header.store, header.device), shop)
        (of_both,) = await query(empty_database, "SELECT count(DISTINCT device) FROM sale")
        assert of_both[0] == 2

    asyncio.run(scenario())
