"""What a supplier's file may not do: sell for nothing, leave the tree of categories, make a second product."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.counter.till.commands import AddLine, LineSold, SellBasket
from edge.goods.catalog.categories import presets
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import MANAGER, BundlePart, Product, Size, Source, Value
from edge.goods.catalog.queries import find_by_code, find_by_sku
from edge.goods.ingest.mapping.category_words import supplier_words, words_of
from edge.goods.quality.commands import ReleaseHeld
from edge.goods.quality.dried_equivalents import dried_proposals
from edge.goods.quality.queries import held_products
from edge.lib.regions.place import Jurisdiction
from edge.ordering.orders.commands import AddToCart, OpenCart
from tests.importing import csv_file, ean, import_file
from tests.ordering import CARD, do, refused
from tests.shop_fixture import CASHIER, CONFIG, SYSTEM, open_shop, run

OCS = """OCS Variant Number,Product Name,Brand,Category,GTIN,Unit Price,Price,THC,Dried equivalent
101,Blue Dream,North,Dried Flower,{0},20.00,35.00,18-22 %,3.5 g
102,Blue Dream Joints,North,Dried Flower > Pre-Rolled,{1},5.00,12.00,118-122 %,1 g
103,Mystery Box,North,Gift Ideas,{2},5.00,12.00,,
"""


async def stocked(shop: CommandBus) -> None:
    await do(shop, SetCategories(presets.load("cannabis"), Source(MANAGER)), SYSTEM)


def test_a_price_of_nothing_waits_for_approval(tmp_path: Path) -> None:
    file = csv_file(tmp_path, f"ean,name,price\n{ean(1)},Gift,0\n{ean(2)},Cheese,2.00\n", name="feed.csv")

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            job, _ = await import_file(shop, file)
            assert job.counts == {"held": 1, "new": 1}
            assert find_by_code(shop.reader, ean(1)) is None, "nobody sells it for nothing"
            (held,) = held_products(shop.reader)
            assert (held.reason, held.was_minor, held.price_minor) == ("invalid_price", None, 0)
            head = shop.head
            await import_file(shop, file)
            assert shop.head == head, "what waits already is not written again"
            assert isinstance(await shop.do(ReleaseHeld((held.product.sku,), "feed"), SYSTEM), Done)
            sold = find_by_code(shop.reader, ean(1))
            assert sold is not None and sold.price_minor == 0
            await import_file(shop, file)
            assert not held_products(shop.reader)

    run(scenario())


def test_a_price_that_falls_to_nothing_waits_even_where_no_price_jumps(tmp_path: Path) -> None:
    text = CONFIG + "[catalog]\nprice_jump_percent = 0\n"
    feed = "ean,name,price\n{0},Cheese,{1}\n"

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=text) as shop:
            await import_file(shop, csv_file(tmp_path, feed.format(ean(2), "2.00"), name="feed.csv"))
            await import_file(shop, csv_file(tmp_path, feed.format(ean(2), "0.00"), name="feed.csv"))
            found = find_by_code(shop.reader, ean(2))
            assert found is not None and found.price_minor == 200
            assert [held.was_minor for held in held_products(shop.reader)] == [200]

    run(scenario())


def test_a_suppliers_words_are_categories_of_the_tree_with_its_age_and_limit(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await stocked(shop)
            before = read_categories(shop.reader)
            _, notes = await import_file(shop, csv_file(tmp_path, OCS.format(*map(ean, (1, 2, 3))), name="ocs.csv"))
            assert read_categories(shop.reader) == before, "none is made"
            flower, joints = (find_by_code(shop.reader, ean(number)) for number in (1, 2))
            assert flower is not None and joints is not None
            assert (flower.category, joints.category) == ("cannabis-flower", "cannabis-pre-rolls")
            assert find_by_code(shop.reader, ean(3)) is None
            assert {(note.reason, note.value) for note in notes} >= {
                ("category_unknown", "Gift Ideas"),
                ("percent_range", "118-122 %"),
            }
            thc = (joints.attributes or {})["THC"]
            assert (thc.text, thc.low, thc.high) == ("118-122 %", None, None)
            no = await refused(shop, SellBasket((LineSold(sku=flower.sku),), CARD), CASHIER)
            assert no.code == "age_not_checked"
            ten = SellBasket((LineSold(sku=flower.sku, quantity=10_000),), CARD, age_checked=21)
            assert (await refused(shop, ten, CASHIER)).code == "purchase_limit"

    run(scenario())


def test_a_name_that_the_shop_has_makes_no_second_category(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            dairy = Category("dairy", {"en": "Milk and eggs", "fr": "Lait et œufs"})
            await do(shop, SetCategories((dairy,), Source(MANAGER)), SYSTEM)
            text = f"ean,name,price,category\n{ean(1)},Milk,1.20,Milk and  Eggs\n{ean(2)},Oats,2.00,Cereals\n"
            await import_file(shop, csv_file(tmp_path, text, name="feed.csv"))
            milk, oats = (find_by_code(shop.reader, ean(number)) for number in (1, 2))
            assert milk is not None and oats is not None
            assert (milk.category, oats.category) == ("dairy", "cereals"), "where nothing is regulated, others are made"

    run(scenario())


def test_every_word_of_suppliers_is_a_category_of_a_tree() -> None:
    known = {category.id for name in presets.names() for category in presets.load(name)}
    assert set(supplier_words().values()) <= known
    assert words_of(presets.load("cannabis")).id_of(" dried  FLOWER ") == "cannabis-flower"
    assert words_of(()).id_of("dried flower") is None


@pytest.mark.parametrize("padded", [False, True])
def test_one_article_number_is_one_product_of_two_sources(tmp_path: Path, padded: bool) -> None:
    code = "0" + ean(7) if padded else ean(7)
    first = f"sku,ean,name,price\nA1,{ean(7)},Cheese,2.00\n"
    second = f"sku,ean,name,brand,price\nB9,{code},Cheese by Dana,Dana,2.10\n"

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await import_file(shop, csv_file(tmp_path, first, name="one.csv"))
            job, notes = await import_file(shop, csv_file(tmp_path, second, name="two.csv"))
            assert (job.counts, notes) == ({"changed": 1}, [])
            assert find_by_sku(shop.reader, "B9") is None
            one = find_by_sku(shop.reader, "A1")
            assert one is not None and (one.brand, one.price_minor) == ("Dana", 210)
            again, _ = await import_file(shop, csv_file(tmp_path, second, name="two.csv"))
            assert again.counts == {"same": 1}

    run(scenario())


def test_a_measure_of_the_law_that_is_no_number_sells_nothing(tmp_path: Path) -> None:
    def flower(sku: str, value: Value | None) -> Product:
        said = {"dried equivalent": value} if value else {}
        return Product(sku, {"en": sku.title()}, (), 3500, category="cannabis-flower", attributes=said)

    unknown = {
        "text": Value("3.5 g"),
        "none": None,
        "zero": Value("0 g", 0, 0, "g"),
        "open": Value("up to 3 g", None, 3000, "g"),
        "heavy": Value("3.5 kg", 3500, 3500, "kg"),
    }
    goods = (
        *(flower(sku, value) for sku, value in unknown.items()),
        flower("range", Value("2-3.5 g", 2000, 3500, "g")),
        Product("pair", {"en": "Pair"}, (), 6000, parts=(BundlePart("text", 1000), BundlePart("range", 1000))),
    )

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop)
            await do(shop, SetProducts(goods, Source(MANAGER)), SYSTEM)
            cart = await do(shop, OpenCart("phone"))
            for sku in (*unknown, "pair"):
                sale = SellBasket((LineSold(sku=sku),), CARD, age_checked=21)
                no = await refused(shop, sale, CASHIER)
                assert (no.code, no.values["attribute"]) == ("limit_unknown", "Counts as dried cannabis"), sku
                assert (await refused(shop, AddToCart(cart.id, sku=sku, age_said=21))).code == "limit_unknown"
            most = SellBasket((LineSold(sku="range", quantity=8000),), CARD, age_checked=21)
            assert isinstance(await shop.do(most, CASHIER), Done), "28 g"
            more = SellBasket((LineSold(sku="range", quantity=9000),), CARD, age_checked=21)
            assert (await refused(shop, more, CASHIER)).code == "purchase_limit", "31.5 g, by the high end"
            named = flower("text", Value("3.5 g", 3500, 3500, "g"))
            await do(shop, SetProducts((named,), Source(MANAGER)), SYSTEM)
            basket = await do(shop, AddLine(sku="text"), CASHIER)
            assert basket.questions, "a manager said the number: it is sold"

    run(scenario())


def test_what_weighs_so_much_of_a_class_is_proposed_and_sold_behind_a_confirmation(tmp_path: Path) -> None:
    """Schedule 3 of the Cannabis Act, of each class what counts as one gram; as on the packages of what is sold."""
    wanted: dict[str, tuple[str, Size | None, dict[str, Value], str, int]] = {
        "bud": ("cannabis-flower", Size(3_500, "g"), {}, "dried", 3_500),
        "joints": ("cannabis-pre-rolls", Size(2_000, "g"), {}, "dried", 2_000),
        "gummies": ("cannabis-edibles", Size(9_000, "g"), {}, "solids", 600),
        "cola": ("cannabis-drinks", Size(355_000, "ml"), {}, "beverages", 623),
        "oil": (
            "cannabis-oils",
            Size(30_000, "ml"),
            {"THC": Value("25 mg/ml", 25_000, 25_000, "mg/ml")},
            "liquids",
            429,
        ),
        "strong": (
            "cannabis-oils",
            Size(30_000, "ml"),
            {"THC": Value("5 %", 5_000, 5_000, "%")},
            "concentrates",
            120_000,
        ),
        "vape": ("cannabis-vapes", None, {"net weight": Value("0.5 g", 500, 500, "g")}, "concentrates", 2_000),
        "seeds": ("cannabis-seeds", Size(4_000, "piece"), {}, "seeds", 4_000),
    }
    none: dict[str, tuple[str, Size | None, dict[str, Value]]] = {
        "said": ("cannabis-flower", Size(3_500, "g"), {"dried equivalent": Value("4 g", 4_000, 4_000, "g")}),
        "weightless": ("cannabis-flower", None, {}),
        "capsules": ("cannabis-capsules", Size(9_000, "g"), {}),
        "grinder": ("cannabis-accessories", Size(90_000, "g"), {}),
    }

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop)
            said = {sku: of[:3] for sku, of in wanted.items()} | none
            goods = [
                Product(sku, {"en": sku}, (), 3500, category=category, size=size, attributes=attributes)
                for sku, (category, size, attributes) in said.items()
            ]
            await do(shop, SetProducts(tuple(goods), Source("supplier")), SYSTEM)
            ontario = Jurisdiction("CA", "ON")
            found = dried_proposals(shop.reader, ontario)
            assert {one.sku: (one.kind, one.proposed) for one in found} == {sku: of[3:] for sku, of in wanted.items()}
            assert dried_proposals(shop.reader, Jurisdiction("US", "NY")) == [], "its law counts otherwise"
            sale = SellBasket((LineSold(sku="bud"),), CARD, age_checked=21)
            assert (await refused(shop, sale, CASHIER)).code == "limit_unknown", "nothing proposed counts"
            bud = next(one for one in found if one.sku == "bud")
            yes = SetProducts((Product("bud", attributes={bud.attribute: bud.value}),), Source(MANAGER))
            await do(shop, yes, SYSTEM)
            assert isinstance(await shop.do(sale, CASHIER), Done)
            assert "bud" not in {one.sku for one in dried_proposals(shop.reader, ontario)}

    run(scenario())
