"""A catalogue that was exported and is imported again is the same catalogue, in every format."""

from pathlib import Path

import pytest

from edge.app.demo_shop import demo_catalog
from edge.core.command_bus import CommandBus
from edge.core.messages import Command, Done
from edge.goods.catalog.categories.category import Attribute, Category
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.catalog.commands import RetireProducts, SetCategories, SetPrice, SetProducts
from edge.goods.catalog.product import BundlePart, Pack, Product, Size, Value
from edge.goods.catalog.queries import count_products, find_by_sku
from edge.goods.ingest.catalog_export import export
from edge.lib.tables import FORMATS, Format
from tests.importing import ean, import_file
from tests.shop_fixture import CONFIG, SYSTEM, open_shop, run

CATEGORIES = (Category("drinks", {"en": "Drinks"}), Category("drinks.beer", {"en": "Beer"}, "drinks"))
WITH_ZERO = CONFIG.replace("[panel]", '[[tax.class]]\nid = "exempt"\n[panel]')
RICH = (
    Product("beer", {"en": "Beer", "he": "בירה"}, (ean(1), ean(2)), 250, min_age=18, category="drinks.beer",
            packs=(Pack(ean(3), 6, 1400, "Six"),), size=Size(330_000, "ml"), deposit_minor=25,
            attributes={"alcohol": Value("4.5 %", 4500, 4500, "%"), "odd": Value("a bit", 1, None, "mg")}),
    Product("chips", {"en": "=Chips"}, (ean(4),), None),
    Product("party", {"en": "Party"}, (), 2000, parts=(BundlePart("beer", 6000), BundlePart("chips", 1000))),
    Product("gone", {"en": "Gone"}, (ean(5),), 100),
)  # fmt: skip


async def done(shop: CommandBus, *commands: Command) -> None:
    for command in commands:
        outcome = await shop.do(command, SYSTEM)
        assert isinstance(outcome, Done), outcome


@pytest.mark.parametrize("form", FORMATS)
def test_the_whole_catalogue_comes_back_as_it_was(tmp_path: Path, form: Format) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=WITH_ZERO) as shop:
            demo_catalog.write(tmp_path / "demo.csv")
            await import_file(shop, tmp_path / "demo.csv")
            await done(
                shop,
                SetCategories(
                    (Category("drinks", {"en": "Drinks"}), Category("drinks.beer", {"en": "Beer"}, "drinks"))
                ),
                SetProducts(RICH),
                RetireProducts(("gone",)),
                SetPrice("beer", 230, "member"),
                SetPrice("beer", 199, "store", 1_900_000_000_000_000, 1_900_000_600_000_000),
            )
            head = shop.head
            out = tmp_path / f"all.{form}"
            count = export(shop.reader, out, form, "EUR")
            assert count == len(demo_catalog.products()) + len(RICH)
            job, notes = await import_file(shop, out)
            assert (job.state, notes) == ("done", [])
            assert job.counts == {"same": count}
            assert shop.head == head, "nothing was written"

    run(scenario())


def test_what_was_changed_in_an_export_is_all_that_changes(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            out = tmp_path / "all.csv"
            export(shop.reader, out, "csv", "EUR")
            out.write_text(out.read_text("utf-8").replace("1.20", "1.25").replace("Beer", "Ale"), "utf-8")
            head = shop.head
            job, notes = await import_file(shop, out)
            assert (job.state, notes, shop.head.seq) == ("done", [], head.seq + 2)

    run(scenario())


def test_an_empty_shop_gets_the_categories_too(tmp_path: Path) -> None:
    attribute = Attribute("range", "%", required=True, names={"fr": "Alcool"})
    tree = (
        Category("z", {"en": "Top", "he": "ראש"}),
        Category("a.b", {"en": "Parent category"}, "z", {"ABV": attribute}),
    )

    async def scenario() -> None:
        out = tmp_path / "all.csv"
        async with open_shop(tmp_path / "one") as shop:
            product = Product("rum", {"en": "Rum"}, (ean(1),), 900, category="a.b")
            await done(shop, SetCategories(tree), SetProducts((product,)))
            export(shop.reader, out, "csv", "EUR")
        async with open_shop(tmp_path / "other", stocked=False) as shop:
            job, notes = await import_file(shop, out)
            assert (job.state, notes) == ("done", [])
            assert sorted(read_categories(shop.reader), key=lambda category: category.id) == [tree[1], tree[0]]
            assert count_products(shop.reader) == 5
            rum = find_by_sku(shop.reader, "rum")
            assert rum is not None and rum.category == "a.b"

    run(scenario())
