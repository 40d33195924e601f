"""Files as suppliers and chains send them: what they say, say again, say differently, and do not say any more."""

import gzip
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.core.command_bus import CommandBus
from edge.core.jobs.store import Job, JobNote, read_job_notes
from edge.core.journal.verify import verify
from edge.core.messages import Done
from edge.goods.catalog.categories.queries import category_path
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.events import PriceChanged, ProductSet
from edge.goods.catalog.prices import price_history
from edge.goods.catalog.product import Product, Size
from edge.goods.catalog.queries import count_products, find_by_code, find_by_sku, with_costs
from edge.goods.ingest.from_config import import_settings
from edge.goods.ingest.import_folders import bring
from edge.goods.ingest.preview import preview_query
from edge.goods.quality.commands import DropHeld, ReleaseHeld
from edge.goods.quality.events import GateReason
from edge.goods.quality.queries import held_products
from tests.importing import ROOT, asked, csv_file, ean, job_runner, many, until
from tests.shop_fixture import CONFIG, SYSTEM, config, open_shop, run
from tests.unit.goods.test_import_formats import PRICE_FULL

CANNABIS = "shared/data/catalogue/cannabis_en/products_sample.csv"
HEBREW = CONFIG.replace('"EUR"', '"ILS"').replace('language = "en"', 'language = "he"')


async def imported(shop: CommandBus, path: Path, **how: Any) -> tuple[Job, list[JobNote]]:
    done = await shop.do(asked(shop, path, **how), SYSTEM)
    assert isinstance(done, Done), done
    async with job_runner(shop):
        job = await until(shop, int(done.result))
    return job, read_job_notes(shop.reader, job.id)


def counts(job: Job) -> dict[str, int]:
    return job.counts


def test_a_chains_price_file_is_taken_as_it_is_published(tmp_path: Path) -> None:
    path = tmp_path / "PriceFull7290027600007-413-202608140300.gz"
    path.write_bytes(gzip.compress(PRICE_FULL.format(encoding="UTF-8", root="root", item="item").encode("utf-16")))

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=HEBREW) as shop:
            job, notes = await imported(shop, path)
            assert (job.state, notes, counts(job)) == ("done", [], {"new": 2})
            milk, tomato = find_by_code(shop.reader, "7290000000022"), find_by_code(shop.reader, "7290000000015")
            assert milk is not None and tomato is not None
            assert (milk.names, milk.price_minor, milk.unit) == ({"he": "חלב טרי 3% & עוד"}, 690, "piece")
            assert (tomato.price_minor, tomato.unit, tomato.brand) == (590, "kg", "משק")
            later = tmp_path / "PriceFull7290027600007-413-202608150300.gz"
            text = PRICE_FULL.format(encoding="UTF-8", root="Root", item="Item").replace(
                ">6.90</ItemPrice>", ">7.20</ItemPrice>"
            )
            later.write_bytes(gzip.compress(text.encode("windows-1255")))
            job, _ = await imported(shop, later)
            assert counts(job) == {"price": 1, "same": 1}
            entries = price_history(shop.reader, milk.sku)
            assert [(entry.price_minor, entry.source) for entry in entries] == [
                (720, "PriceFull7290027600007-413"),
                (690, "PriceFull7290027600007-413"),
            ]

    run(scenario())  # fmt: skip


def test_a_dry_run_says_everything_and_changes_nothing(tmp_path: Path) -> None:
    path = many(tmp_path, 200, wrong=[3, 70])

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            head = shop.head
            dry, dry_notes = await imported(shop, path, dry_run=True)
            assert (dry.state, counts(dry), shop.head) == ("done", {"new": 198}, head)
            real, notes = await imported(shop, path)
            assert (counts(real), notes) == (counts(dry), dry_notes)
            again, _ = await imported(shop, path, dry_run=True)
            assert counts(again) == {"same": 198}

    run(scenario())


def test_what_is_gone_is_given_up_only_where_it_was_asked_for_and_no_other_source_has_it(tmp_path: Path) -> None:
    whole = "ean,name,price\n" + "".join(f"{ean(n)},Thing {n},1.00\n" for n in range(10))
    short = "".join(line for line in whole.splitlines(True) if "Thing 3" not in line and "Thing 4" not in line)

    def retired(shop: CommandBus) -> list[int]:
        found = (find_by_code(shop.reader, ean(n)) for n in range(10))
        return [n for n, product in enumerate(found) if product is not None and product.retired_us is not None]

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await imported(shop, csv_file(tmp_path, whole, name="a.csv"))
            await imported(shop, csv_file(tmp_path, f"ean,name,price\n{ean(4)},Thing 4,1.20\n", name="b.csv"))
            path = csv_file(tmp_path, short, name="a.csv")
            await imported(shop, path)
            assert retired(shop) == []
            await imported(shop, path, retire_missing=True, dry_run=True)
            assert retired(shop) == []
            job, _ = await imported(shop, path, retire_missing=True)
            assert (job.state, counts(job)["retired"], retired(shop)) == ("done", 1, [3]), "b speaks of the other"
            await imported(shop, csv_file(tmp_path, whole, name="a.csv"), retire_missing=True)
            assert retired(shop) == [], "it is back"
            stump = "".join(whole.splitlines(True)[:6])
            job, _ = await imported(shop, csv_file(tmp_path, stump, name="a.csv"), retire_missing=True)
            assert (job.state, job.message, retired(shop)) == ("failed", "ingest.retire_many", [])
            assert job.told == {"count": 5, "of": 9, "percent": 20}
            job, _ = await imported(shop, tmp_path / "a.csv", retire_missing=True, retire_percent=60)
            assert (job.state, retired(shop)) == ("done", [5, 6, 7, 8, 9])
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_a_file_in_another_currency_is_refused_in_words(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            job, _ = await imported(shop, csv_file(tmp_path, f"ברקוד,שם,מחיר (₪)\n{ean(1)},חלב,6.90\n"))
            assert (job.state, job.message) == ("failed", "ingest.currency")
            assert job.told["found"] == "ILS"

    run(scenario())


def test_amounts_in_another_currency_are_left_out_and_the_rest_is_taken(tmp_path: Path) -> None:
    rows = (
        "sku,barcode,name,price,cost,currency\n"
        f"1,{ean(1)},Milk,1.20,0.80,EUR\n"
        f"2,{ean(2)},Tea,3.20,2.10,USD\n"
        f"3,{ean(3)},Rice,$4.00,1.00,\n"
        f"4,{ean(4)},Jam,5.00 EUR,CHF 2.00,eur\n"
    )

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            _, notes = await imported(shop, csv_file(tmp_path, rows))
            goods = [one for sku in "1234" if (one := find_by_sku(shop.reader, sku))]
            taken = {one.sku: (one.price_minor, one.cost_minor) for one in with_costs(shop.reader, goods)}
            assert taken == {"1": (120, 80), "2": (None, None), "3": (None, 100), "4": (500, None)}
            said = [(note.line, note.field, note.values["value"]) for note in notes if note.reason == "other_currency"]
            assert said == [(3, "price", "USD"), (3, "cost", "USD"), (4, "price", "$"), (5, "cost", "CHF")]

    run(scenario())


def test_a_price_alone_is_news_for_products_that_are_there(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            path = csv_file(tmp_path, "sku,price\nmilk,1.35\nnobody,2.00\n")
            job, notes = await imported(shop, path)
            assert (job.state, [(note.line, note.reason) for note in notes]) == ("done", [(3, "name_missing")])
            milk = find_by_sku(shop.reader, "milk")
            assert milk is not None
            assert (milk.price_minor, (milk.names or {})["en"]) == (135, "Milk")

    run(scenario())


def test_five_thousand_cannabis_products_as_people_typed_them(tmp_path: Path) -> None:
    found = [folder / CANNABIS for folder in (ROOT, ROOT.parent) if (folder / CANNABIS).exists()]
    if not found:
        pytest.skip(f"missing: {CANNABIS}")
    mapping = (
        '[columns]\nid = "sku"\nname = "name.en"\nbrand = "brand"\ncategory = "category"\nstrain = "attribute.strain"\n'
        'thc = "attribute.THC"\ncbd = "attribute.CBD"\nlab_test = "attribute.lab test"\n'
    )

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            job, notes = await imported(shop, found[0], mapping=mapping)
            assert (job.state, job.cursor) == ("done", 5139)
            assert [(note.field, note.reason) for note in notes] == [("name", "empty"), ("thc", "percent_range")]
            assert count_products(shop.reader) == 5138
            cream = find_by_sku(shop.reader, "8")
            assert cream is not None and cream.attributes is not None
            assert msgspec.to_builtins(cream.attributes["THC"]) == {
                "text": "5mg",
                "low": 5000,
                "high": 5000,
                "unit": "mg",
            }
            roll = find_by_sku(shop.reader, "1")
            assert roll is not None
            assert category_path(shop.reader, roll.id) == ("flowers", "flowers.pre-roll")
            typed = shop.reader.execute(
                "SELECT text, low, high, unit FROM product_attribute WHERE name IN ('THC', 'CBD')"
            )
            amounts = typed.fetchall()
            assert len(amounts) == 1254 + 240
            unread = [text for text, low, _, unit in amounts if low is None or unit not in ("mg", "%")]
            assert unread == ["350%"], "no percentage, but a text"
            head = shop.head
            again, _ = await imported(shop, found[0], mapping=mapping)
            assert (counts(again), shop.head) == ({"same": 5138}, head)
            assert len(prices_and_products(shop)) == 5138

    run(scenario(), limit_s=120)  # fmt: skip


def prices_and_products(shop: CommandBus) -> list[str]:
    query = "SELECT type FROM journal WHERE type IN (?, ?)"
    return [kind for (kind,) in shop.reader.execute(query, (ProductSet.__name__, PriceChanged.__name__))]


def test_a_chains_in_house_number_does_not_take_over_another_product(tmp_path: Path) -> None:
    """The chain's 1009 is a baguette, the shop's own 1009 a yoghurt: its barcode goes on being scanned."""
    shops = f"sku,ean,name,price\n1009,{ean(7)},Strawberry yoghurt,4.90\n1010,{ean(8)},Milk,1.20\n"
    chain = f"code,name,price\n1009,Whole baguette,6.00\n{ean(8)},Lait,1.30\n"

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await imported(shop, csv_file(tmp_path, shops, name="shop.csv"))
            job, _ = await imported(shop, csv_file(tmp_path, chain, name="chain.csv"))
            assert counts(job) == {"held": 1, "changed": 1}, "1009 waits for a yes; a barcode says which product it is"
            yoghurt = find_by_code(shop.reader, ean(7))
            assert yoghurt is not None
            assert (yoghurt.names, yoghurt.price_minor) == ({"en": "Strawberry yoghurt"}, 490)
            (waiting,) = held_products(shop.reader)
            assert (waiting.product.sku, waiting.product.names) == ("1009", {"en": "Whole baguette"})
            assert waiting.gate == GateReason("same_number"), "its price is no further away than that of anything new"
            said_yes = await shop.do(ReleaseHeld(("1009",), "chain"), SYSTEM)
            assert isinstance(said_yes, Done)
            baguette = find_by_code(shop.reader, ean(7))
            assert baguette is not None and baguette.names == {"en": "Whole baguette"}, "whoever says yes means it"
            assert baguette.codes == tuple(sorted(("1009", "0" + ean(7)))), "and no source loses its codes"
            again, _ = await imported(shop, csv_file(tmp_path, chain, name="chain.csv"))
            assert counts(again)["same"] == 2

    run(scenario())


def test_a_number_that_two_share_without_prices_is_reported(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await imported(shop, csv_file(tmp_path, f"sku,ean,name,price\n12,{ean(7)},Flowers,\n", name="shop.csv"))
            _, notes = await imported(shop, csv_file(tmp_path, "code,name,price\n12,Bread,2.00\n", name="chain.csv"))
            assert [(note.value, note.reason) for note in notes] == [("12", "number_of_another")]
            same, _ = await imported(shop, csv_file(tmp_path, "code,name,price\n12,FLOWERS,2.00\n", name="b.csv"))
            assert counts(same) == {"changed": 1}, "the same name is the same product"

    run(scenario())


def test_a_dry_run_shows_old_beside_new(tmp_path: Path) -> None:
    first = f"sku,ean,name,price,brand\na,{ean(1)},Apples,1.00,X\nb,{ean(2)},Bread,2.00,X\n"
    later = f"sku,ean,name,price,brand\na,{ean(1)},Pears,1.10,X\nb,{ean(2)},Bread,2.00,X\nc,{ean(3)},New,3.00,X\n"

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await imported(shop, csv_file(tmp_path, first, name="ours.csv"))
            job, notes = await imported(shop, csv_file(tmp_path, later, name="ours.csv"), dry_run=True)
            shown = [(note.line, note.field, note.value, note.values["before"], note.values["after"]) for note in notes]
            assert sorted(shown) == [(2, "name.en", "a", "Apples", "Pears"), (2, "price", "a", "1.00", "1.10")]
            assert job.refused == 0, "a change is no fault"
            other, notes = await imported(shop, csv_file(tmp_path, later, name="other.csv"), dry_run=True)
            assert {note.field for note in notes} == {"name.en", "price"}, "also of a source that is new"
            assert other.counts["new"] == 1

    run(scenario())


def test_a_product_called_as_anothers_is_proposed_as_the_same_and_a_no_is_remembered(tmp_path: Path) -> None:
    ours = (
        Product("kush", {"en": "Harbour Kush"}, (ean(1),), 2000, brand="Leaf", size=Size(3_500, "g")),
        Product("haze", {"en": "Island Haze"}, (), 1500, brand="Leaf", size=Size(7_000, "g")),
        Product("red", {"en": "Shirt"}, (), 900, brand="Loom", size=Size(1_000, "piece"), axes={"colour": "red"}),
    )
    head = "sku,ean,name,brand,size,price\n"
    theirs = (
        f"9001,{ean(2)},LEAF Harbour Kush 3.5g,Leaf,3.5 g,21.00\n",
        "9002,,Island Haze™,leaf,7 g,15.00\n",
        "9003,,Harbour Kush,Leaf,7 g,39.00\n",
        "9004,,Harbour Kush,Other,3.5 g,22.00\n",
    )

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            assert isinstance(await shop.do(SetProducts(ours), SYSTEM), Done)
            path = csv_file(tmp_path, head + "".join(theirs), name="province 2026-11-20.csv")
            dry, notes = await imported(shop, path, dry_run=True)
            asked_of = [(note.value, note.reason, note.values) for note in notes if note.reason == "same_product"]
            assert asked_of == [("9001", "same_product", {"sku": "kush"}), ("9002", "same_product", {"sku": "haze"})]
            job, _ = await imported(shop, path)
            assert counts(job) == counts(dry) == {"held": 2, "new": 2}, "another size or brand is another product"
            waiting = held_products(shop.reader)
            assert [(held.product.sku, held.proposed_sku) for held in waiting] == [("9001", "kush"), ("9002", "haze")]
            assert isinstance(await shop.do(ReleaseHeld(("9001",), "province"), SYSTEM), Done)
            assert isinstance(await shop.do(DropHeld(("9002",), "province"), SYSTEM), Done)
            assert held_products(shop.reader) == []
            kush = find_by_code(shop.reader, ean(2))
            assert kush is not None and kush.sku == "kush", "both numbers of an article scan as one product"
            assert find_by_sku(shop.reader, "9001") is None
            haze = find_by_sku(shop.reader, "9002")
            assert haze is not None and haze.price_minor == 1500, "a no: it is a product of its own"
            head_seq = shop.head
            again, _ = await imported(shop, path)
            assert (counts(again), held_products(shop.reader), shop.head) == ({"same": 4}, [], head_seq)
            later = (
                head + theirs[0].replace("21.00", "21.50") + theirs[1].replace("15.00", "15.20") + "".join(theirs[2:])
            )
            job, _ = await imported(shop, csv_file(tmp_path, later, name="province 2026-11-21.csv"))
            assert (counts(job), held_products(shop.reader)) == ({"price": 2, "same": 2}, []), "nobody is asked twice"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


@pytest.mark.parametrize(
    ("shares", "asked_about"),
    [(["0.21"] * 20, ("THC",)), (["0.21"] * 19, ()), ([*["0.21"] * 20, "18"], ()), (["0.2 %"] * 25, ())],
)
def test_a_column_of_percentages_is_asked_about_where_twenty_are_one_or_less(
    tmp_path: Path, shares: list[str], asked_about: tuple[str, ...]
) -> None:
    rows = "".join(f"{ean(number)},Thing {number},1.00,{share}\n" for number, share in enumerate(shares))
    path = csv_file(tmp_path, "barcode,name,price,THC\n" + rows)

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            look = preview_query(import_settings(config(tmp_path)))
            brought = bring(shop.path.parent, path)
            assert look(shop.reader, str(brought)).shares == asked_about
            await imported(shop, path)
            found = find_by_code(shop.reader, ean(0))
            assert found is not None and found.attributes is not None
            assert found.attributes["THC"].high in (210, 200), "nothing is multiplied that nobody said is a share"

    run(scenario())


def test_a_column_of_cbd_is_asked_about_beside_one_of_thc_alone(tmp_path: Path) -> None:
    def rows(more: str) -> str:
        return "".join(f"{ean(number)},Thing {number},1.00,0.4{more}\n" for number in range(20))

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            look = preview_query(import_settings(config(tmp_path)))
            for name, header, more, asked in (
                ("a.csv", "CBD", "", ()),
                ("b.csv", "CBD,THC", ",18", ()),
                ("c.csv", "CBD,THC", ",0.21", ("CBD", "THC")),
            ):
                path = csv_file(tmp_path, f"barcode,name,price,{header}\n{rows(more)}", name=name)
                shares = look(shop.reader, str(bring(shop.path.parent, path))).shares
                assert sorted(shares) == list(asked), "most plants have less than 1 % of it"

    run(scenario())


def test_two_numbers_of_one_source_are_two_products(tmp_path: Path) -> None:
    rows = "".join(f"{number},Harbour Kush,Leaf,3.5 g,20.00\n" for number in (9001, 9002))
    path = csv_file(tmp_path, "sku,name,brand,size,price\n" + rows, name="province.csv")

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            job, _ = await imported(shop, path)
            assert (counts(job), held_products(shop.reader)) == ({"new": 2}, [])
            other = csv_file(tmp_path, path.read_text().replace("900", "700"), name="wholesaler.csv")
            job, _ = await imported(shop, other)
            assert counts(job) == {"held": 2}, "each may be the one that another source has"

    run(scenario())
