"""Categories are a tree; products, bundles and packs speak only of what there is; what was cancelled is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.app.appliance import plant
from edge.core.command_bus import CommandBus
from edge.core.messages import Done, Outcome
from edge.goods.catalog.categories import presets
from edge.goods.catalog.categories.category import DEPTH_LIMIT, Attribute, Category
from edge.goods.catalog.categories.queries import category_path, children, read_category
from edge.goods.catalog.commands import RestoreProducts, RetireProducts, SetCategories, SetProducts
from edge.goods.catalog.product import BundlePart, Pack, Product, Size, Source, Supply, Value
from edge.goods.catalog.queries import count_products, find_by_code, find_by_sku, with_costs
from edge.lib.errors import ConfigError
from edge.lib.i18n import LANGUAGES
from tests.importing import ean
from tests.shop_fixture import CONFIG, SYSTEM, config, open_shop, run


def category(id: str, parent: str = "", **more: object) -> Category:
    return Category(id, {"en": id.title()}, parent, **more)  # type: ignore[arg-type]


async def done(shop: CommandBus, command: object) -> Done:
    outcome = await shop.do(command, SYSTEM)  # type: ignore[arg-type]
    assert isinstance(outcome, Done), outcome
    return outcome


def code(outcome: Outcome) -> str:
    return getattr(outcome, "code", "")


def test_a_tree_has_paths_and_no_circles(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            thc = Attribute("range", "%", required=True, low=0, high=100_000)
            tree = (category("food"), category("drinks", "food"), category("beer", "drinks", attributes={"THC": thc}))
            assert len((await done(shop, SetCategories(tree))).events) == 3
            assert (await done(shop, SetCategories(tree))).events == ()
            assert [child.id for child in children(shop.reader)] == ["food"]
            assert [child.id for child in children(shop.reader, "food")] == ["drinks"]
            found = read_category(shop.reader, "beer")
            assert found is not None
            assert found.attributes["THC"] == thc
            await done(shop, SetProducts((Product("ale", {"en": "Ale"}, category="beer"), Product("x", {"en": "X"}))))
            ale, other = (find_by_sku(shop.reader, sku) for sku in ("ale", "x"))
            assert ale is not None
            assert other is not None
            assert category_path(shop.reader, ale.id) == ("food", "drinks", "beer")
            assert category_path(shop.reader, other.id) == ()
            assert code(await shop.do(SetCategories((category("food", "beer"),)), SYSTEM)) == "category_circle"
            assert code(await shop.do(SetCategories((category("a", "nothing"),)), SYSTEM)) == "category_gap"
            deep = tuple(category(f"d{n}", f"d{n - 1}" if n else "") for n in range(DEPTH_LIMIT + 1))
            assert code(await shop.do(SetCategories(deep), SYSTEM)) == "category_deep"
            await done(shop, SetCategories(deep[:-1]))
            assert code(await shop.do(SetCategories((category("d0", "beer"),)), SYSTEM)) == "category_deep"

    run(scenario())


def test_all_that_can_be_said_of_a_product_is_kept(tmp_path: Path) -> None:
    whole = Product(
        "oil",
        {"en": "Oil", "he": "שמן"},
        ("0" + ean(1),),
        4900,
        "reduced",
        "piece",
        21,
        category="oils",
        brand="Turtle",
        packs=(Pack("0" + ean(2), 12, 50000, "box of 12"),),
        size=Size(15_000, "ml"),
        container="bottle",
        box=12,
        deposit_minor=30,
        cost_minor=2000,
        supplies=(Supply("Farm", "T-1", 1900),),
        expiry_days=365,
        minimum=6000,
        attributes={"THC": Value("15-21%", 15_000, 21_000, "%"), "strain": Value("indica")},
        variant_of="oils",
        axes={"strength": "strong"},
        pictures=("oil.png",),
    )

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await done(shop, SetCategories((category("oils"),)))
            await done(shop, SetProducts((whole,), Source("a list", "aa", 3)))
            sold = find_by_sku(shop.reader, "oil")
            assert sold is not None
            assert (sold.cost_minor, sold.supplies) == (None, None), "no business of who sells it"
            (found,) = with_costs(shop.reader, [sold])
            assert {field: getattr(found, field) for field in Product.__struct_fields__ if field != "parts"} == {
                field: getattr(whole, field) for field in Product.__struct_fields__ if field != "parts"
            }
            case = find_by_code(shop.reader, ean(2))
            assert case is not None
            assert (case.units, case.price_minor, case.names["en"]) == (12, 50000, "Oil, box of 12")

    run(scenario())


def test_nothing_speaks_of_what_there_is_not(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            tea = Product("tea", {"en": "Tea"}, price_minor=5)
            await done(shop, SetProducts((tea, Product("set", {"en": "Set"}, parts=(BundlePart("tea", 1000),)))))
            for wrong, why in (
                (Product("a", {"en": "A"}, category="nowhere"), "category_unknown"),
                (Product("a", {"en": "A"}, tax_class="luxury"), "tax_class_unknown"),
                (Product("a", {"en": "A"}, parts=(BundlePart("nothing", 1000),)), "part_unknown"),
                (Product("a", {"en": "A"}, parts=(BundlePart("a", 1000),)), "part_unknown"),
                (Product("a", {"en": "A"}, unit="kg", packs=(Pack("1", 2),)), "pieces_only"),
                (Product("a", {"en": "A"}, packs=(Pack("4006381333932", 2),)), "code_wrong"),
                (Product("a", {"en": "A"}, (ean(1),), packs=(Pack("0" + ean(1), 2),)), "code_twice"),
                (Product("a", {"en": "A"}, packs=(Pack(ean(1), 2), Pack(ean(1), 3))), "code_twice"),
            ):
                assert code(await shop.do(SetProducts((wrong,)), SYSTEM)) == why
            both = (Product("b", {"en": "B"}, parts=(BundlePart("c", 1000),)), Product("c", {"en": "C"}))
            await done(shop, SetProducts(both))

    run(scenario())


def test_a_pack_has_no_code_of_another_product(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await done(shop, SetProducts((Product("tea", {"en": "Tea"}, (ean(1),)),)))
            mate = Product("mate", {"en": "Mate"}, (), packs=(Pack(ean(1), 6), Pack(ean(2), 12)))
            assert (await done(shop, SetProducts((mate,)))).result == (("mate", "0" + ean(1), "tea"),)
            found = find_by_sku(shop.reader, "mate")
            assert found is not None
            assert [pack.units for pack in found.packs or ()] == [12]
            await done(shop, SetProducts((Product("tea", {"en": "Tea"}, ()),)))
            assert (await done(shop, SetProducts((mate,)))).result == ()
            case = find_by_code(shop.reader, ean(1))
            assert case is not None
            assert (case.sku, case.units) == ("mate", 6)

    run(scenario())


def test_of_two_sources_on_one_code_the_one_that_says_one_unit_holds(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await done(shop, SetProducts((Product("tea", {"en": "Tea"}, (ean(1),)),), Source("one")))
            packed = Product("tea", packs=(Pack(ean(1), 6), Pack(ean(2), 12)))
            await done(shop, SetProducts((packed,), Source("two")))
            found = find_by_code(shop.reader, ean(1))
            assert found is not None
            assert (found.units, [pack.units for pack in found.packs or ()]) == (1, [12])
            assert (await done(shop, SetProducts((packed,), Source("two")))).events == ()

    run(scenario())


def test_what_is_given_up_stays_known(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            before = count_products(shop.reader)
            assert len((await done(shop, RetireProducts(("milk", "milk"), Source("a list")))).events) == 1
            assert (await done(shop, RetireProducts(("milk",)))).events == ()
            found = find_by_sku(shop.reader, "milk")
            assert found is not None
            assert (found.retired_us, count_products(shop.reader)) == (1_800_000_000_000_000, before - 1)
            assert len((await done(shop, RestoreProducts(("milk",)))).events) == 1
            assert count_products(shop.reader) == before
            assert code(await shop.do(RetireProducts(("milk", "nothing")), SYSTEM)) == "unknown_sku"
            assert count_products(shop.reader) == before, "nothing of it happened"

    run(scenario())


def test_a_shop_begins_with_the_trees_it_chose_and_may_change_them(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            for name in presets.names():
                await plant(shop, (name,))
            flower = read_category(shop.reader, "cannabis-flower")
            assert flower is not None
            assert flower.attributes["THC"] == Attribute("range", "%", required=True, low=0, high=100_000)
            head = shop.head
            await plant(shop, presets.names())
            assert shop.head == head
            await done(shop, SetCategories((category("cannabis-flower", "cannabis"),), whole=True))
            await plant(shop, presets.names())
            changed = read_category(shop.reader, "cannabis-flower")
            assert changed is not None
            assert changed.attributes == {}, "what people changed stays changed"

    run(scenario())


def test_a_tree_that_there_is_not_is_said_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"Category tree 'flowers' not found\. Available: .*cannabis"):
        config(tmp_path, CONFIG + '[catalog]\ntrees = ["flowers"]\n')


def test_every_tree_speaks_three_languages() -> None:
    assert presets.names()
    for name in presets.names():
        for entry in presets.load(name):
            assert set(entry.names) == set(LANGUAGES), entry.id
            for key, attribute in entry.attributes.items():
                assert attribute.names is None or set(attribute.names) == set(LANGUAGES), key
