"""Attributes count in likeness where the categories of both products declare them, over the range that these declare as
long as few products say otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.goods.catalog.categories.category import Attribute, Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import Product, Value
from edge.ordering.recommend.similar.product_index import ProductIndex
from tests.shop_fixture import SYSTEM, done, open_shop, run

FAT = Attribute("number", "%", low=0, high=40_000)
ROOT = Category("food", {"en": "Food"}, attributes={"fat": FAT})
KINDS = (ROOT, Category("cheese", {"en": "Cheese"}, "food"), Category("bread", {"en": "Bread"}, "food"))


def goods(sku: str, fat: int, category: str = "cheese", unit: str = "%", salt: int = 0) -> Product:
    said = {"fat": Value(f"{fat} {unit}", fat * 1000, fat * 1000, unit)}
    if salt:
        said["salt"] = Value(f"{salt} g", salt * 1000, salt * 1000, "g")
    return Product(sku, {"en": "Round of the valley"}, (), category=category, attributes=said)


def test_a_declared_range_stands_in_for_what_few_products_say(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await done(shop, SetCategories(KINDS), SYSTEM)
            those = (goods("a", 10), goods("b", 20), goods("c", 10, "bread"), goods("d", 10, unit="mg"))
            await done(
                shop,
                SetProducts((*those, goods("u", 20, unit=""), goods("e", 10, salt=5), goods("f", 10, salt=9))),
                SYSTEM,
            )

            def features(sku: str, other: str) -> float | None:
                (found,) = (one for one in ProductIndex().like(shop.reader, sku) if one.sku == other)
                return found.parts.features

            assert features("a", "b") == pytest.approx(0.75), "10 of the 40 that food may have"
            assert features("a", "c") == 1.0, "both are below what declares it"
            assert features("a", "d") is None, "another unit says nothing"
            assert features("a", "u") == features("a", "b"), "a number alone is in the unit of its category"
            assert features("e", "f") == 1.0, "nobody declares salt"
            many = tuple(goods(f"m{n}", 10 + n % 2 * 20) for n in range(20))
            await done(shop, SetProducts(many), SYSTEM)
            assert features("a", "b") == pytest.approx(0.5), "of 20 products most lie between 10 and 30"

    run(scenario())


def test_terpenes_count_as_a_list_whether_named_or_measured(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            plants = Category("flower", {"en": "Flower"}, attributes={"terpenes": Attribute("text")})
            await done(shop, SetCategories((plants, Category("tea", {"en": "Tea"}))), SYSTEM)

            def flower(sku: str, named: str = "", category: str = "flower", **shares: int) -> Product:
                said = {f"terpene.{name}": Value(f"{of} %", of * 1000, of * 1000, "%") for name, of in shares.items()}
                said |= {"terpenes": Value(named)} if named else {}
                return Product(sku, {"en": "Bud"}, (), category=category, attributes=said)

            those = (
                flower("a", myrcene=1, limonene=2),
                flower("b", myrcene=3, pinene=1),
                flower("c", "Limonene, Myrcene"),
                flower("d", pinene=1, linalool=0),
                flower("e", "tea", category="tea", myrcene=1),
            )
            await done(shop, SetProducts(those), SYSTEM)
            found = {one.sku: one.parts.features for one in ProductIndex().like(shop.reader, "a")}
            assert (found["b"], found["c"], found["d"]) == (pytest.approx(1 / 3), 1.0, 0.0), "shared / all"
            assert found.get("e") is None, "nobody declares them of tea"

    run(scenario())
