"""An import that was a mistake is taken back: the shop is as it was, but for what someone changed since."""

from collections import Counter
from pathlib import Path
from typing import Any

from edge.core.command_bus import CommandBus
from edge.core.jobs.store import Job, JobNote, read_job_notes
from edge.core.journal.verify import verify
from edge.core.messages import Refused
from edge.goods.catalog.categories import queries as shop_categories
from edge.goods.catalog.commands import ChangePrice, SetProducts
from edge.goods.catalog.product import BundlePart, Product, Size
from edge.goods.catalog.queries import find_by_code, find_by_sku, read_products
from edge.goods.ingest.commands import TakeBackImport
from edge.goods.promotions.commands import SetPromotion
from edge.goods.promotions.promotion import Goods, PercentOff, Promotion
from edge.goods.quality.queries import count_held
from tests.importing import csv_file, ean, import_file, job_runner, queue_import, until
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run

NAMES = ("Apples", "Bread", "Cheese", "Dates")
OURS = "sku,ean,name,price\n" + "".join(
    f"{sku},{ean(number)},{name},{number}.00\n" for number, (sku, name) in enumerate(zip("abcd", NAMES, strict=True), 1)
)
THEIRS = (
    f"sku,ean,name,price,brand\na,{ean(1)},Ananas,1.10,X\nb,{ean(2)},Bread,2.20,\n"
    f"c,{ean(5)},Cheese,3.00,\nn,{ean(6)},New,9.00,\n"
)


async def take_back(shop: CommandBus, clock: FakeClock, job: Job, dry_run: bool = False) -> tuple[Job, list[JobNote]]:
    clock.advance(1)
    queued = await done(shop, TakeBackImport(job.id, dry_run), SYSTEM)
    async with job_runner(shop):
        ended = await until(shop, int(queued.result))
    return ended, read_job_notes(shop.reader, ended.id)


def products(shop: CommandBus) -> dict[str, Any]:
    """What is sold, by number."""
    found = read_products(shop.reader, ["a", "b", "c", "d", "n"])
    return {sku: product for sku, (_, product, retired) in found.items() if retired is None}


def shop_goods(shop: CommandBus, sku: str) -> Product:
    return read_products(shop.reader, [sku])[sku][1]


def test_what_an_import_changed_is_put_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(), stocked=False) as shop:
            await import_file(shop, csv_file(tmp_path, OURS, name="ours.csv"))
            before = products(shop)
            clock.advance(1)
            wrong, _ = await import_file(shop, csv_file(tmp_path, THEIRS, name="ours.csv"))
            assert products(shop) != before and find_by_code(shop.reader, ean(3)) is None
            ended, notes = await take_back(shop, clock, wrong)
            assert (ended.state, notes) == ("done", [])
            assert products(shop) == before
            found = find_by_code(shop.reader, ean(3))
            assert found is not None and found.sku == "c", "a barcode that was taken away is scanned again"
            gone = find_by_sku(shop.reader, "n")
            assert gone is not None and gone.retired_us is not None, "what was new is given up"
            assert verify(shop.reader, shop.registry).faults == ()
            head = shop.head
            same, _ = await import_file(shop, csv_file(tmp_path, OURS, name="ours.csv"))
            assert (same.counts, shop.head) == ({"same": 4}, head), "the source says what it said before"
            clock.advance(1)
            right, _ = await import_file(shop, csv_file(tmp_path, THEIRS, name="ours.csv"))
            assert right.state == "done"
            assert set(products(shop)) == {"a", "b", "c", "d", "n"}, "taken in again, all of it is sold"

    run(scenario())


def test_what_another_source_said_counts_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(), stocked=False) as shop:
            await import_file(shop, csv_file(tmp_path, OURS, name="ours.csv"))
            before = products(shop)
            clock.advance(1)
            wrong, _ = await import_file(shop, csv_file(tmp_path, THEIRS, name="theirs.csv"))
            assert products(shop) != before
            await take_back(shop, clock, wrong)
            assert products(shop) == before
            assert shop.reader.execute("SELECT count(*) FROM product_word WHERE source = 'theirs'").fetchone() == (0,)
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_what_was_changed_since_is_left_alone_and_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(), stocked=False) as shop:
            await import_file(shop, csv_file(tmp_path, OURS, name="ours.csv"))
            clock.advance(1)
            wrong, _ = await import_file(shop, csv_file(tmp_path, THEIRS, name="ours.csv"))
            await done(shop, ChangePrice("b", 250), SYSTEM)
            _, notes = await take_back(shop, clock, wrong)
            assert [(note.value, note.reason) for note in notes] == [("b", "changed_since")]
            assert (products(shop)["a"].price_minor, products(shop)["b"].price_minor) == (100, 250)
            head = shop.head
            _, again = await take_back(shop, clock, wrong)
            assert (len(again), shop.head) == (4, head), "taken back twice is taken back once"

    run(scenario())


MADE = (
    f"sku,ean,name,price,category\na,{ean(1)},Apples,1.00,Fruit/Pomes\nx,{ean(7)},Kale,2.00,Greens/Cabbages\n"
    f"b,{ean(2)},Bread,9.00,\n"
)


def categories(shop: CommandBus) -> set[str]:
    return set(shop_categories.parents(shop.reader))


async def made(shop: CommandBus, clock: FakeClock, folder: Path) -> Job:
    """An import that makes four categories, changes one product, brings another, and asks about a third's price."""
    await import_file(shop, csv_file(folder, OURS, name="ours.csv"))
    clock.advance(1)
    wrong, _ = await import_file(shop, csv_file(folder, MADE, name="ours.csv"))
    assert (wrong.state, wrong.counts["held"], wrong.counts["categories"]) == ("done", 1, 4)
    return wrong


def test_categories_and_what_waits_go_with_the_import_that_brought_them(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(), stocked=False) as shop:
            before = categories(shop)
            wrong = await made(shop, clock, tmp_path)
            new = categories(shop) - before
            assert (len(new), count_held(shop.reader)) == (4, 1)
            head = shop.head
            looked, notes = await take_back(shop, clock, wrong, dry_run=True)
            would = Counter(note.reason for note in notes)
            assert would == {"would_be_as_before": 1, "would_be_given_up": 1, "would_not_wait": 1, "would_go": 4}
            assert (looked.refused, shop.head) == (0, head), "looking changes nothing"
            ended, notes = await take_back(shop, clock, wrong)
            assert (ended.state, ended.cursor, notes) == ("done", looked.total, [])
            assert (categories(shop), count_held(shop.reader)) == (before, 0)
            assert verify(shop.reader, shop.registry).faults == ()
            clock.advance(1)
            again, _ = await import_file(shop, csv_file(tmp_path, MADE, name="ours.csv"))
            assert (again.state, again.counts["held"]) == ("done", 1), "the same price is asked about again"
            assert categories(shop) - before == new
            assert products(shop)["a"].category in new and shop_goods(shop, "x").category in new

    run(scenario())


def test_a_category_that_something_uses_stays(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(), stocked=False) as shop:
            before = categories(shop)
            wrong = await made(shop, clock, tmp_path)
            cabbages = shop_goods(shop, "x").category
            pomes = products(shop)["a"].category
            assert cabbages and pomes
            off = Promotion("cabbage", {"en": "Cabbage week"}, PercentOff(10_000), goods=Goods(categories=(cabbages,)))
            await done(shop, SetPromotion(off), SYSTEM)
            await done(shop, SetProducts((Product("d", category=pomes),)), SYSTEM)
            _, notes = await take_back(shop, clock, wrong, dry_run=True)
            stay = {note.value for note in notes if note.reason == "category_used"}
            assert {cabbages, pomes} < stay and len(stay) == 4, "those above them, too"
            ended, notes = await take_back(shop, clock, wrong)
            assert {note.value for note in notes} == stay == categories(shop) - before
            assert (ended.state, ended.refused) == ("done", 4)
            assert products(shop)["a"].category is None, "what it said of goods is put back all the same"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_what_a_recipe_takes_by_the_size_that_an_import_brought_keeps_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(), stocked=False) as shop:
            await import_file(shop, csv_file(tmp_path, f"sku,ean,name,price\na,{ean(1)},Gin,40\nb,{ean(2)},Rum,30\n"))
            clock.advance(1)
            sized = f"sku,ean,name,price,size\na,{ean(1)},Gin,41,700 ml\nb,{ean(2)},Rum,31,700 ml\n"
            wrong, _ = await import_file(shop, csv_file(tmp_path, sized))
            fizz = Product("fizz", {"en": "Fizz"}, (ean(7),), 900, parts=(BundlePart("a", 40_000, "ml"),))
            await done(shop, SetProducts((fizz,)), SYSTEM)
            ended, notes = await take_back(shop, clock, wrong)
            assert (ended.state, [(note.value, note.reason) for note in notes]) == ("done", [("a", "changed_since")])
            assert shop_goods(shop, "a").size == Size(700_000, "ml"), "a glass of it is still 40 of 700"
            assert (shop_goods(shop, "b").size, shop_goods(shop, "b").price_minor) == (None, 3000)

    run(scenario())


def test_a_dry_run_lists_the_categories_that_would_be_new(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            before = categories(shop)
            job = await queue_import(shop, csv_file(tmp_path, MADE), dry_run=True)
            async with job_runner(shop):
                ended = await until(shop, job)
            notes = read_job_notes(shop.reader, job)
            assert (ended.counts["categories"], categories(shop)) == (4, before)
            assert [(note.field, note.values["after"]) for note in notes] == [
                ("category", name) for name in ("Fruit", "Pomes", "Greens", "Cabbages")
            ]

    run(scenario())


def test_only_an_import_that_has_ended_is_taken_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            refused = await shop.do(TakeBackImport(77), SYSTEM)
            assert refused == Refused("import_unknown", {"job": 77})

    run(scenario())
