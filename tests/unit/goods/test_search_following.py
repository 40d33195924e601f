"""The index follows the catalogue and the sales: what changes is found as it is now."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.core.messages import Command, Done
from edge.counter.till.commands import AddLine, Pay
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import ChangePrice, RestoreProducts, RetireProducts, SetCategories, SetProducts
from edge.goods.catalog.product import Product
from edge.goods.search.popularity import add_sale
from edge.goods.search.project import AT_A_TIME
from edge.goods.search.queries import Search
from edge.goods.stock.commands import Moved, MoveStock
from tests.catch_up import catch_up
from tests.shop_fixture import SYSTEM, FakeClock, open_shop, run

SEARCH = Search("EUR")


async def do(shop: CommandBus, *commands: Command) -> None:
    for command in commands:
        assert isinstance(await shop.do(command, SYSTEM), Done)
    await catch_up(shop)


def sale(sku: str, pieces: int) -> tuple[Command, ...]:
    return AddLine(sku=sku, quantity=pieces * 1000), Pay("cash")


def found(shop: CommandBus, text: str, retired: bool = False) -> list[str]:
    return [product.sku for product in SEARCH.find(shop.reader, text, retired=retired).products]


def test_another_name_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await do(shop, SetProducts((Product("a", {"en": "Green tea"}, ("4006381333931",)),)))
            assert found(shop, "green") == ["a"]
            await do(shop, SetProducts((Product("a", {"en": "Black coffee"}, ("5000213101261",)),)))
            assert (found(shop, "green"), found(shop, "coffee")) == ([], ["a"])
            assert (found(shop, "3931"), found(shop, "1261")) == ([], ["a"])

    run(scenario())


def test_what_is_not_sold_any_more_is_found_only_if_asked_for(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, RetireProducts(("milk",)))
            for question in ("milk", "mlik", "milk", "4006381333931", "under 2"):
                assert found(shop, question) == []
                assert found(shop, question, retired=True) == ["milk"]
            await do(shop, RestoreProducts(("milk",)))
            assert found(shop, "mlik") == ["milk"]

    run(scenario())


def test_a_category_brings_its_names_and_those_above_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            top, below = Category("drinks", {"en": "Beverages"}), Category("hot", {"fr": "Chaud"}, "drinks")
            await do(shop, SetCategories((top, below)), SetProducts((Product("tea", {"en": "Tea"}, category="hot"),)))
            assert (found(shop, "beverage"), found(shop, "chaud")) == (["tea"], ["tea"])
            await do(shop, SetCategories((Category("drinks", {"en": "Liquids"}),)))
            assert (found(shop, "beverage"), found(shop, "liquid")) == ([], ["tea"])

    run(scenario())


def test_more_products_than_one_turn_takes_are_all_found(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            many = 2 * AT_A_TIME + 1
            commands = [SetProducts((Product(f"p{n}", {"en": f"Thing {n}"}),)) for n in range(many)]
            await do(shop, *commands)
            assert all(found(shop, f"thing {n}")[:1] == [f"p{n}"] for n in range(many))
            await do(shop, ChangePrice("p0", 5))
            assert shop.reader.execute("SELECT count(*) FROM search_todo").fetchone() == (0,)

    run(scenario())


def test_what_sells_comes_first_and_less_so_as_time_passes(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, stocked=False) as shop:
            await do(
                shop, SetProducts(tuple(Product(sku, {"en": f"Tea {sku}"}, (), 100) for sku in ("one", "two", "six")))
            )
            assert found(shop, "tea") == ["one", "two", "six"]
            await do(shop, *sale("six", 1) * 4)
            await do(shop, *sale("two", 5), MoveStock("lost", (Moved("one", -9000),)))
            assert found(shop, "tea") == ["six", "two", "one"]
            assert found(shop, "tea tw")[0] == "two", "what was typed counts more"
            clock.advance(5 * 28 * 24 * 3600)
            await do(shop, *sale("two", 1))
            assert found(shop, "tea") == ["two", "six", "one"]

    run(scenario())


def test_a_sale_counts_half_as_much_a_half_life_later() -> None:
    heat = add_sale(None, 10.0)
    for _ in range(7):
        heat = add_sale(heat, 10.0)
    assert 2 ** (heat - 10) == pytest.approx(8)
    assert 2 ** (add_sale(heat, 11.0) - 11) == pytest.approx(5)
    assert add_sale(heat, 3000.0) == pytest.approx(3000.0)
    assert add_sale(3000.0, 10.0) == pytest.approx(3000.0), "a clock that was wrong once does no harm to arithmetic"
