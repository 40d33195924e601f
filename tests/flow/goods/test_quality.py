"""Prices that jump wait for confirmation; what looks wrong is counted and shown; sources say how fresh they are."""

from pathlib import Path

from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.journal.verify import verify
from edge.core.messages import Actor, Command, Done, Refused
from edge.goods.catalog.categories.category import Attribute, Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import MANAGER, Product, Size, Source, Value
from edge.goods.catalog.queries import find_by_sku
from edge.goods.catalog.sources.precedence import SourcePrecedence
from edge.goods.catalog.sources.queries import lineage
from edge.goods.quality.commands import DropHeld, HoldAgain, ReleaseHeld
from edge.goods.quality.events import EVENTS
from edge.goods.quality.queries import held_products, quality_report, source_freshness
from edge.lib.regions.place import Jurisdiction
from tests.importing import csv_file, ean, import_file
from tests.shop_fixture import SYSTEM, done, open_shop, run

CODES = [ean(number) for number in range(4)]


def prices(folder: Path, *texts: str) -> Path:
    rows = "".join(f"{code},Thing {code},{text}\n" for code, text in zip(CODES, texts, strict=False))
    return csv_file(folder, "ean,name,price\n" + rows, name="feed 2026-11-20.csv")


def price(shop: CommandBus, number: int) -> int | None:
    found = find_by_sku(shop.reader, "0" + CODES[number])
    return found.price_minor if found else None


async def do(shop: CommandBus, *commands: Command, actor: Actor = SYSTEM) -> None:
    for command in commands:
        outcome = await shop.do(command, actor)
        assert isinstance(outcome, Done), outcome


def test_a_price_that_jumps_waits_for_approval_and_a_no_holds(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await import_file(shop, prices(tmp_path, "1.00", "2.00", "3.00"))
            job, _ = await import_file(shop, prices(tmp_path, "1.40", "20.00", "0.30", "4.00"))
            assert job.counts == {"price": 1, "held": 2, "new": 1}
            assert [price(shop, number) for number in range(4)] == [140, 200, 300, 400]
            waiting = held_products(shop.reader)
            moves = [(held.was_minor, held.price_minor, held.source.line) for held in waiting]
            assert moves == [(200, 2000, 3), (300, 30, 4)]
            head = shop.head
            await import_file(shop, prices(tmp_path, "1.40", "20.00", "0.30", "4.00"))
            assert shop.head == head, "what waits already is not written again"
            yes, no = waiting[0].product.sku, waiting[1].product.sku
            await do(shop, ReleaseHeld((yes,), "feed"), DropHeld((no,), "feed"))
            assert [price(shop, number) for number in range(4)] == [140, 2000, 300, 400]
            word = lineage(shop.reader, yes, SourcePrecedence(()))["price_minor"]
            assert (word.source.name, word.source.line) == ("feed", 3), "the file said so, not who said yes"
            assert held_products(shop.reader) == []
            again = await shop.do(ReleaseHeld((yes,), "feed"), SYSTEM)
            assert again == Refused("not_held", {"sku": yes, "source": "feed"})
            head = shop.head
            await import_file(shop, prices(tmp_path, "1.40", "20.00", "0.30", "4.00"))
            assert (shop.head, held_products(shop.reader)) == (head, []), "nobody is asked twice"
            await import_file(shop, prices(tmp_path, "1.40", "20.00", "0.20", "4.00"))
            assert [held.price_minor for held in held_products(shop.reader)] == [20], "another price, another question"
            await import_file(shop, prices(tmp_path, "1.40", "20.00", "3.10", "4.00"))
            assert (price(shop, 2), held_products(shop.reader)) == (310, [])
            told = (fact.event for fact in facts(shop.reader, shop.registry))
            kinds = [type(event).__name__ for event in told if isinstance(event, EVENTS)]
            assert kinds == ["ProductHeld", "ProductHeld", "HeldReleased", "HeldDropped", "ProductHeld"]
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_what_looks_wrong_is_counted_with_examples_and_left_alone(tmp_path: Path) -> None:
    thc = Attribute("range", "%", required=True, low=0, high=100_000)
    flower = {"THC": thc, "kind": Attribute("choice", choices=("a", "b"))}
    size, rum = Size(500_000, "g"), {"alcohol": Value("40%", 40000, 40000, "%")}
    odd = {"THC": Value("130%", 130_000, 130_000, "%"), "kind": Value("c")}
    milligrams = {"THC": Value("5 mg", 5000, 5000, "mg")}
    wrong = (
        Product("ok", {"en": "Oat flakes"}, (CODES[0],), 300, category="food"),
        Product("free", {"en": "Free sample"}, (CODES[1],), 0, category="food"),
        Product("test", {"en": "Test product"}, (), 100, category="food"),
        Product("x", {"en": "X"}, (CODES[2],), None),
        Product("42", {"en": "4200 12"}, (CODES[3],), 100, category="food", cost_minor=200),
        Product("twin1", {"en": "Rice"}, (ean(10),), 100, category="food", size=size),
        Product("twin2", {"en": "Rice"}, (ean(11),), 120, category="food", size=size),
        Product("rum", {"en": "Old rum"}, (ean(12),), 2000, category="food", attributes=rum),
        Product("he", {"he": "לחם שחור"}, (ean(17),), 100, category="food"),
        Product("f1", {"en": "Flower one"}, (ean(13),), 1000, category="flower"),
        Product("f2", {"en": "Flower two"}, (ean(14),), 1000, category="flower", attributes=odd),
        Product("f3", {"en": "Flower three"}, (ean(15),), 1000, category="flower", attributes=milligrams),
        Product("f4", {"en": "Flower four"}, (ean(16),), 1000, category="flower", attributes={"THC": Value("a lot")}),
    )

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await do(
                shop,
                SetCategories((Category("food", {"en": "Food"}), Category("flower", {"en": "Flower"}, "food", flower))),
                SetProducts(wrong),
            )
            head = shop.head
            found = {finding.check: finding for finding in quality_report(shop.reader, Jurisdiction(), "en")}
            assert {check: [example.sku for example in finding.examples] for check, finding in found.items()} == {
                "no_price": ["x"],
                "free": ["free"],
                "no_category": ["x"],
                "no_code": ["test"],
                "no_name_here": ["he"],
                "name_short": ["x"],
                "name_number": ["42"],
                "name_test": ["test"],
                "costs_more": ["42"],
                "age_missing": ["rum", "f2", "f3", "f4"],
                "twins": ["twin1", "twin2"],
                "attribute_missing": ["f1"],
                "attribute_no_number": ["f4"],
                "attribute_unit": ["f3"],
                "attribute_range": ["f2"],
                "attribute_choice": ["f2"],
            }
            assert (found["attribute_range"].attribute, found["attribute_range"].category) == ("THC", "flower")
            assert found["twins"].count == 2
            assert shop.head == head

    run(scenario())


def test_cannabis_without_a_thc_figure_is_found(tmp_path: Path) -> None:
    plain = Category("weed", {"en": "Cannabis"}, regulated="cannabis")
    seeds = Category("seeds", {"en": "Seeds"}, "weed", {"THC": Attribute("range", unit="%")})
    goods = (
        Product("kush", {"en": "Kush"}, (ean(1),), 1000, category="weed"),
        Product("haze", {"en": "Haze"}, (ean(2),), 1000, category="weed", attributes={"Total THC": Value("20 %")}),
        Product("seed", {"en": "Seed"}, (ean(3),), 1000, category="seeds"),
        Product("tea", {"en": "Tea"}, (ean(4),), 1000, category="food"),
    )

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await do(shop, SetCategories((plain, seeds, Category("food", {"en": "Food"}))), SetProducts(goods))
            found = {one.check: one for one in quality_report(shop.reader, Jurisdiction(), "en")}
            assert [one.sku for one in found["thc_missing"].examples] == ["kush"]

    run(scenario())


def test_how_far_a_price_may_jump_is_said_by_category(tmp_path: Path) -> None:
    tree = (
        Category("strict", {"en": "Strict"}, price_jump_percent=10),
        Category("below", {"en": "Parent category"}, "strict"),
        Category("free", {"en": "Free"}, "strict", price_jump_percent=0),
    )
    placed = [Product("0" + code, category=id) for code, id in zip(CODES, ("strict", "below", "free"), strict=False)]

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await import_file(shop, prices(tmp_path, "1.00", "2.00", "3.00", "4.00"))
            await do(shop, SetCategories(tree), SetProducts(tuple(placed)))
            await import_file(shop, prices(tmp_path, "1.20", "2.40", "9.00", "4.80"))
            assert [price(shop, number) for number in range(4)] == [100, 200, 900, 480]
            assert [held.price_minor for held in held_products(shop.reader)] == [120, 240]

    run(scenario())


def test_sources_say_how_fresh_they_are(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await import_file(shop, prices(tmp_path, "1.00", "2.00"))
            by_name = {source.source: source for source in source_freshness(shop.reader)}
            feed = by_name["feed"]
            assert (feed.products, feed.rows, feed.file) == (2, 2, "feed 2026-11-20.csv")
            assert feed.seen_us is not None
            assert (by_name[""].products, by_name[""].seen_us) == (4, None), "set by hand"

    run(scenario())


def test_a_decision_on_what_waits_is_undone_unless_the_product_changed_since(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await import_file(shop, prices(tmp_path, "1.00", "2.00"))
            await import_file(shop, prices(tmp_path, "10.00", "20.00"))
            before = [(one.product, one.source, one.was_minor) for one in held_products(shop.reader)]
            first, second = (product.sku for product, *_ in before)
            yes = (await done(shop, ReleaseHeld((first,), "feed"), SYSTEM)).result
            no = (await done(shop, DropHeld((second,), "feed"), SYSTEM)).result
            assert ([price(shop, number) for number in range(2)], held_products(shop.reader)) == ([1000, 200], [])
            await do(shop, HoldAgain((*yes, *no)))
            assert [price(shop, number) for number in range(2)] == [100, 200]
            assert [(one.product, one.source, one.was_minor) for one in held_products(shop.reader)] == before

            yes = (await done(shop, ReleaseHeld((first,), "feed"), SYSTEM)).result
            await do(shop, SetProducts((Product(first, price_minor=300),), Source(MANAGER)))
            changed = await shop.do(HoldAgain(yes), SYSTEM)
            assert changed == Refused("held_changed", {"sku": first})
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())
