"""A shop's own list without numbers: goods are called by their name, and begin with what the list says is on hand."""

from __future__ import annotations

from pathlib import Path

from edge.core.messages import Done
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product, Size
from edge.goods.catalog.queries import find_by_sku
from edge.goods.quality.events import GateReason
from edge.goods.quality.queries import count_held, held_products
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.queries import read_stock
from tests.importing import csv_file, ean, import_file, job_runner, queue_import, until
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run

LIST = "Name,Price,Stock on hand\nRye  bread,4.50,12\nBaguette,1.20,0\nFlour by weight,2.00,3\n"


def test_a_bakers_list_needs_no_numbers_and_says_what_is_there(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(), stocked=False) as shop:
            path = csv_file(tmp_path, LIST, name="bread.csv")
            queued = await queue_import(shop, path, dry_run=True)
            async with job_runner(shop):
                told = await until(shop, queued)
            assert (told.counts, find_by_sku(shop.reader, "Rye bread")) == ({"new": 3, "stocked": 2}, None)
            clock.advance(1)
            job, notes = await import_file(shop, path)
            assert (job.counts, notes) == ({"new": 3, "stocked": 2}, [])
            assert read_stock(shop.reader, "Rye bread") == 12_000
            await done(shop, RecordMovement("Rye bread", "out", units=5_000), SYSTEM)
            clock.advance(1)
            path = csv_file(tmp_path, LIST.replace("4.50", "4.60"), name="bread.csv")
            again, _ = await import_file(shop, path)
            assert again.counts == {"price": 1, "same": 2}
            assert read_stock(shop.reader, "Rye bread") == 7_000, "what was sold since is not there again"

    run(scenario())


def test_among_numbered_goods_one_without_waits_for_approval(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), stocked=False) as shop:
            text = f"ean,name,price,in stock\n{ean(1)},Milk,1.00,4\n,Roll,0.50,9\n,BREAD,,\n,Total: 2,1.50,13\n"
            job, notes = await import_file(shop, csv_file(tmp_path, text))
            assert job.counts == {"new": 1, "held": 1, "stocked": 1}
            assert [(note.line, note.field) for note in notes] == [(4, "ean"), (5, "ean")]
            assert (count_held(shop.reader), find_by_sku(shop.reader, "Roll")) == (1, None)
            (roll,) = held_products(shop.reader)
            assert (roll.reason, roll.gate) == ("gate", GateReason("no_number")), "and says why"


def test_among_numbered_goods_one_without_may_be_one_that_the_shop_has(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), stocked=False) as shop:
            kush = Product("kush", {"en": "Harbour Kush"}, brand="Leaf", size=Size(3_500, "g"), price_minor=2200)
            assert isinstance(await shop.do(SetProducts((kush,)), SYSTEM), Done)
            text = f"ean,name,brand,size,price\n{ean(1)},Island Haze,Leaf,3.5 g,20\n,Harbour Kush,Leaf,3.5 g,22\n"
            await import_file(shop, csv_file(tmp_path, text, name="province.csv"))
            (held,) = held_products(shop.reader)
            assert held.proposed_sku == "kush"

    run(scenario())


def test_what_lies_at_a_supplier_is_not_the_shops(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(), stocked=False) as shop:
            text = f"Code,Name,Price,Supplier,In stock\n{ean(1)},Milk,1.00,Dairy,400\n"
            job, _ = await import_file(shop, csv_file(tmp_path, text))
            assert job.counts == {"new": 1}

    run(scenario())
