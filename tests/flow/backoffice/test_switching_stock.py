"""Stock comes along from a file of places, and is taken back where it hasn't moved since."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.backoffice.switching.catalogue_file import look_at_catalogue
from edge.backoffice.switching.commands import MoveIn, TakeBackMove
from edge.backoffice.switching.moved import FileKind, MovedFile
from edge.backoffice.switching.settings import switching_settings
from edge.core.command_bus import CommandBus
from edge.core.journal.projections import caught_up
from edge.core.journal.verify import verify
from edge.core.messages import Done
from edge.goods.stock.commands import Moved, MoveStock, SetLocation
from tests.flow.backoffice.test_switching import brought, moved
from tests.shop_fixture import CONFIG, SYSTEM, FakeClock, config, done, open_shop, run

GOODS = """\
Token,Item Name,Variation Name,SKU,Price,Current Quantity Main St,Current Quantity Market
T1,Mug,Regular,MUG,14.00,9,1
T2,Cap,Regular,CAP,20.00,9,2
T3,Tee,Regular,TEE,25.00,9,3
"""
STOCK = """\
SKU,Item,Location,On hand
MUG,Mug,Main St,5
MUG,Mug,Market,7
CAP,Cap,Main St,4
,Tee,Main St,3
GONE,Gone,Main St,2
"""


def on_hand(shop: CommandBus) -> dict[str, int]:
    return dict(shop.reader.execute("SELECT sku, on_hand FROM stock WHERE on_hand <> 0"))


def test_stock_of_a_place_comes_along_and_goes_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(), stocked=False) as shop:
            goods = MovedFile(str(brought(shop, tmp_path, "a.csv", GOODS)), "catalogue")
            stock = MovedFile(str(brought(shop, tmp_path, "b.csv", STOCK)), "stock", {"place": "Main St"})
            head = shop.head.seq
            dry, _ = await moved(shop, MoveIn((stock, goods), dry_run=True), clock)
            assert shop.head.seq == head
            job, notes = await moved(shop, MoveIn((stock, goods)), clock)
            assert on_hand(shop) == {"MUG": 5000, "CAP": 4000, "TEE": 3000}, "not the columns of the products"
            assert dry.counts == job.counts
            assert (job.counts["stocked"], job.counts["unknown_stock"]) == (3, 1)
            gone = next(note for note in notes if note.reason == "moved_no_product")
            assert (gone.value, gone.values) == ("Gone", {"quantity": "2"})
            again, _ = await moved(shop, MoveIn((stock,)), clock)
            assert again.counts["stock_known"] == 3
            assert isinstance(await shop.do(MoveStock("received", (Moved("CAP", 1000),)), SYSTEM), Done)
            await caught_up(shop, "stock_movements")
            back, notes = await moved(shop, TakeBackMove(job.id), clock)
            assert on_hand(shop) == {"CAP": 5000}
            assert back.counts["stock_back"] == 2
            assert [note.value for note in notes if note.reason == "stock_moved_since"] == ["CAP"]
            await caught_up(shop, "stock_movements")
            await moved(shop, MoveIn((stock, goods)), clock)
            assert on_hand(shop) == {"MUG": 5000, "CAP": 5000, "TEE": 3000}, "what was taken back may come again"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_products_with_stock_of_several_places_ask_which_this_shop_is(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(), stocked=False) as shop:
            settings = switching_settings(config(tmp_path, CONFIG))
            file = MovedFile(str(brought(shop, tmp_path, "a.csv", GOODS)), "catalogue")
            questions = [one for one in look_at_catalogue(settings, file).questions if one.id.startswith("place")]
            assert [one.heading for one in questions] == ["Current Quantity Main St", "Current Quantity Market"]
            said = MovedFile(file.path, "catalogue", {"place": questions[1].heading})
            assert not [one for one in look_at_catalogue(settings, said).questions if one.id.startswith("place")]
            await moved(shop, MoveIn((said,)), clock)
            assert on_hand(shop) == {"MUG": 1000, "CAP": 2000, "TEE": 3000}

    run(scenario())


@pytest.mark.parametrize("kind", ["catalogue", "stock"])
def test_stock_of_two_places_comes_to_the_locations_that_the_user_says(tmp_path: Path, kind: FileKind) -> None:
    main, market = "place:Current Quantity Main St", "place:Current Quantity Market"
    if kind == "stock":
        main, market = "place:Main St", "place:Market"

    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(), stocked=False) as shop:
            await done(shop, SetLocation("cellar", {"en": "Cellar"}), SYSTEM)
            goods = MovedFile(
                str(brought(shop, tmp_path, "a.csv", GOODS)), "catalogue", {main: "cellar", market: "main"}
            )
            files, wanted = (goods,), {"MUG": {"cellar": 9, "main": 1}, "TEE": {"cellar": 9, "main": 3}}
            if kind == "stock":
                answers = {main: "cellar", market: "main"}
                stock = MovedFile(str(brought(shop, tmp_path, "b.csv", STOCK)), "stock", answers)
                files, wanted = (stock, MovedFile(goods.path, "catalogue")), {"MUG": {"cellar": 5, "main": 7}}
            dry, _ = await moved(shop, MoveIn(files, dry_run=True), clock)
            job, notes = await moved(shop, MoveIn(files), clock)
            assert dry.counts == job.counts and job.counts["stocked"] == 3
            for sku, places in wanted.items():
                assert by_place(shop, sku) == {place: 1000 * units for place, units in places.items()}
            sums = next(note.values for note in notes if note.reason == "moved_stock")
            assert sums == ({"stock": "33", "unknown": "0"} if kind == "catalogue" else {"stock": "21", "unknown": "2"})
            await caught_up(shop, "stock_movements")
            back, _ = await moved(shop, TakeBackMove(job.id), clock)
            assert back.counts["stock_back"] == 3 and on_hand(shop) == {} and not by_place(shop, "MUG")
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_location_retired_since_the_answers_stops_the_move(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(), stocked=False) as shop:
            answers = {"place:Main St": "cellar", "place:Market": "leave"}
            stock = MovedFile(str(brought(shop, tmp_path, "b.csv", STOCK)), "stock", answers)
            job, _ = await moved(shop, MoveIn((stock,)), clock, "failed")
            assert job.message == "switching.changed_since"

    run(scenario())


def by_place(shop: CommandBus, sku: str) -> dict[str, int]:
    rows = shop.reader.execute("SELECT location, quantity FROM stock_row WHERE sku = ? AND quantity <> 0", (sku,))
    return dict(rows.fetchall())
