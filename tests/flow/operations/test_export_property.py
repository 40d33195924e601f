"""Whatever a shop has: its export changes nothing there, and makes an empty shop one with the same export."""

import csv
import random
from pathlib import Path

import pytest

from edge.core.messages import Command
from edge.goods.catalog.categories.category import Attribute, Category
from edge.goods.catalog.commands import RetireProducts, SetCategories, SetPrice, SetProducts
from edge.goods.catalog.product import BundlePart, Pack, Product, Size, Supply, Value
from edge.goods.ingest.catalog_export import export
from tests.flow.operations.test_export import WITH_ZERO, done
from tests.importing import ean, import_file
from tests.shop_fixture import open_shop, run

HOUR_US, DAY_US = 3_600_000_000, 86_400_000_000
WORDS = ("Milk", "=cola, 2", "חלב 3%", 'a "b"', "Crème; brûlée", "-1", "007", "1,5 l", "yes")


def catalogue(seed: int, now_us: int) -> list[Command]:
    """Some of everything: categories (more than products, some without any), packs, parts, prices in every state."""
    draw = random.Random(seed)
    word = lambda: f"{draw.choice(WORDS)} {draw.randrange(99)}"  # noqa: E731
    ids = [f"c{n}" for n in range(draw.randrange(3, 12))]
    kinds = {"THC": Attribute("range", "%", low=0, high=100_000), "kind": Attribute("choice", choices=("a", "b, c"))}
    tree = [
        Category(id, {"en": word(), "he": word()}, draw.choice(["", *ids[:n]]), kinds if draw.random() < 0.4 else {})
        for n, id in enumerate(ids)
    ]
    values = (Value("15-21%", 15_000, 21_000, "%"), Value(word()), Value("some", 1, None, "mg"), Value("<1%"))
    singles = [
        Product(
            f"{draw.choice(('p', '00', 'x/'))}{n}",
            {"en": word(), "fr": word()},
            (ean(10 * n),),
            draw.choice([None, draw.randrange(1, 99_999)]),
            category=draw.choice([None, *ids]),
            brand=draw.choice([None, word()]),
            packs=(Pack(ean(10 * n + 1), 6, draw.choice([None, 500]), word()), Pack(ean(10 * n + 2), 12)),
            size=draw.choice([None, Size(330_000, "ml")]),
            deposit_minor=draw.choice([None, 25]),
            cost_minor=draw.choice([None, 120]),
            supplies=(Supply(word(), word(), draw.choice([None, 80])), Supply(word())),
            attributes={"THC": draw.choice(values), word(): draw.choice(values)},
            pictures=draw.choice([None, ("a b.png",)]),
        )
        for n in range(draw.randrange(1, 7))
    ]
    skus = [one.sku for one in singles]
    bundle = Product(
        "bundle", {"en": word()}, (), 900, parts=(BundlePart(skus[0], 1500),), variant_of=skus[0], axes={"a": "b"}
    )
    menu = Product("a menu", {"en": word()}, (), 1_900, parts=(BundlePart("bundle", 500, loss_permille=125),))
    lists = [
        SetPrice(draw.choice(skus), draw.randrange(500), draw.choice(["store", "member", "staff"]), begins, ends)
        for begins, ends in ((None, now_us + DAY_US), (now_us + DAY_US, None), (now_us + HOUR_US, now_us + DAY_US))
    ]
    retired = RetireProducts(tuple(draw.sample(skus, len(skus) // 3)))
    return [
        SetCategories(tuple(tree)),
        SetProducts((*singles, bundle, menu)),
        *lists,
        SetPrice(skus[-1], 70, "member"),
        retired,
    ]


@pytest.mark.parametrize("seed", range(2))
def test_an_export_is_the_whole_catalogue(tmp_path: Path, seed: int) -> None:
    async def scenario() -> None:
        first, second = tmp_path / "all.csv", tmp_path / "again.csv"
        async with open_shop(tmp_path / "one", stocked=False, text=WITH_ZERO) as shop:
            await done(shop, *catalogue(seed, shop.now_us()))
            export(shop.reader, first, "csv", "EUR")
            head = shop.head
            job, notes = await import_file(shop, first)
            assert (job.state, notes, shop.head) == ("done", [], head)
        async with open_shop(tmp_path / "two", stocked=False, text=WITH_ZERO) as shop:
            job, notes = await import_file(shop, first)
            assert (job.state, notes) == ("done", [])
            export(shop.reader, second, "csv", "EUR")
            head = shop.head
            await import_file(shop, first)
            assert shop.head == head, "the same file again is nothing new"
        assert read(second) == read(first)

    run(scenario())


def read(path: Path) -> tuple[dict[str, dict[str, str]], set[str]]:
    """Products by sku, prices with an end without when they began, and the categories' definitions."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [{key: text for key, text in row.items() if text} for row in csv.DictReader(file)]
    trees = {row.pop("category_tree") for row in rows if "category_tree" in row}
    for row in rows:
        for key in [key for key in row if key.startswith("plan.") and key.endswith(".from")]:
            if key.replace(".from", ".until") in row:
                row.pop(key)
    return {row["sku"]: row for row in rows if row}, trees
