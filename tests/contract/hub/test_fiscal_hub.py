"""Head office knows each store's fiscal law: since when, until when, and how far it is closed and filed."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from pathlib import Path

from edge.accounting.fiscal.commands import EndRegime, StartRegime
from edge.accounting.fiscal.hub import FiscalTables
from edge.app.hub import open_hub
from edge.core.journal.rows import read_rows
from sync.hub.model import Key
from tests.fiscal_shop import FRANCE, authorities, begin, close, made, tell
from tests.flow.accounting.test_fiscal_files import DAY, NEXT, a_day, signing
from tests.shop_fixture import SYSTEM, FakeClock, config, done, open_shop, run

KEY = Key("demo", "corner", "box1")


def test_a_law_is_followed_from_its_start_to_its_end(database: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=FRANCE) as shop, open_hub(database) as hub:
            await begin(shop, "fr")
            await a_day(shop, clock)
            await close(shop)
            await tell(shop)
            await made(shop, authorities(shop, config(tmp_path, FRANCE), signing(tmp_path)), "fr", DAY, DAY, NEXT)
            projector = FiscalTables(shop.registry)
            query = "SELECT regime, since, until_day, why, closed_day, file_day FROM fiscal_law"

            async def up(after: int) -> tuple[int, tuple[object, ...]]:
                """Send new rows; returns the last row sent and head office's record."""
                rows = read_rows(shop.reader, after + 1, 10_000)
                async with hub.pool.acquire() as connection, connection.transaction():
                    for type, of_type in groupby(rows, key=lambda row: row.type):
                        if project := projector.handlers.get(type):
                            await project(connection, KEY, list(of_type))
                    return rows[-1].seq, tuple(await connection.fetchrow(query))

            day = date.fromisoformat(DAY)
            through, law = await up(0)
            assert law == ("fr", day, None, "", day, day)
            await done(shop, EndRegime("fr", "moved"), SYSTEM)
            through, law = await up(through)
            assert law[2:4] == (date.fromisoformat(NEXT), "moved")
            clock.advance(2 * 24 * 3600)
            await done(shop, StartRegime("fr"), SYSTEM)
            _, law = await up(through)
            assert law[1:4] == (date(2027, 1, 18), None, "")

    run(scenario(), 120)
