"""Master data as a table, over HTTP and at head office."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import msgspec
import pytest

from edge.core.journal.rows import read_rows
from edge.foundation.master_data.hub import MasterDataTables
from edge.goods.stock.commands import SetLocation
from edge.money.tenders.commands import EndTender, SetTender
from edge.money.tenders.tender import ShopTender
from sync.hub.model import Key
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.contract.hub_schema import make_rooms
from tests.shop_fixture import SYSTEM, done, open_shop, run

CSV = {"Content-Type": "text/csv", "Surface": "panel"}


def test_a_table_goes_out_is_changed_and_comes_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            grant = await caller.enter_pin()
            await done(served.shop, SetLocation("cellar", {"en": "Cellar", "fr": "Cave"}, "storage"), SYSTEM)
            path = "/api/v1/master-data/stock_location.csv"
            assert (await caller.get(path)).status == 403
            text = (await caller.get(path, Grant=grant)).text.removeprefix("\ufeff")
            header, row = text.splitlines()
            assert header == "id,names.en,names.fr,names.he,kind,parent,position,capacity"
            assert row == "cellar,Cellar,Cave,,storage,,0,0"

            async def send(body: str, language: str = "en") -> tuple[int, dict[str, object]]:
                got = await caller.call(
                    "POST", path, body.encode(), **CSV, Grant=grant, **{"Accept-Language": language}
                )
                return got.status, got.json

            status, said = await send("id;position;kind\ncellar;12345;storage\nrack;1;round\n")
            assert status == 422 and said["code"] == "rows_wrong"
            told = msgspec.convert(said["faults"], list[dict[str, object]])
            assert [(one["line"], one["field"]) for one in told] == [(2, "position"), (3, "kind")]
            status, said = await send("id,names.en,parent\nrack,Rack,attic\n", "fr")
            (fault,) = msgspec.convert(said["faults"], list[dict[str, object]])
            assert (status, fault["line"]) == (422, 2) and "attic" in str(fault["message"])
            assert await send(f"{header}\n{row}\nrack,Rack,,,storage,cellar,0,0\n") == (200, {"rows": 2})
            assert len((await caller.get(path, Grant=grant)).text.splitlines()) == 3

    run(scenario())


@pytest.mark.parametrize("batch", [1, 100])
def test_head_office_has_each_thing_and_what_ended(tmp_path: Path, database: str, batch: int) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for command in (
                SetTender(ShopTender("meal", {"en": "Meal"})),
                SetTender(ShopTender("meal", {"en": "Meal"}, "kept")),
                SetTender(ShopTender("bank", {"en": "Bank"})),
                EndTender("bank"),
            ):
                await done(shop, command, SYSTEM)
            connection = await asyncpg.connect(database)
            await make_rooms(connection)
            projector = MasterDataTables(shop.registry)
            rows = [row for row in read_rows(shop.reader, 1, 1000) if row.type in projector.handlers]
            for at in range(0, len(rows), batch):
                piece = rows[at : at + batch]
                await projector.handlers[piece[0].type](connection, Key("demo", "corner", "box1"), piece)
            found = await connection.fetch("SELECT kind, id, body ->> 'surplus', ended FROM master_data ORDER BY id")
            assert [tuple(row) for row in found] == [
                ("shop_tender", "bank", "refused", True),
                ("shop_tender", "meal", "kept", False),
            ]
            await connection.close()

    run(scenario())
