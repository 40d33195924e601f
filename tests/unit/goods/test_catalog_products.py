"""Products set at the door: what is written, what is left alone, and who has a code."""

from pathlib import Path

from edge.core.command_bus import CommandBus
from edge.core.messages import Done, Refused
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.events import PriceChanged, ProductSet
from edge.goods.catalog.product import Product
from edge.goods.catalog.queries import find_by_code, find_by_sku, owners_of
from tests.importing import ean
from tests.shop_fixture import SYSTEM, open_shop, run


def tea(*codes: str, price: int | None = 100, name: str = "Tea", sku: str = "tea") -> Product:
    return Product(sku, {"en": name}, codes, price)


async def put(shop: CommandBus, *products: Product) -> Done:
    done = await shop.do(SetProducts(products), SYSTEM)
    assert isinstance(done, Done), done
    return done


def test_what_is_the_same_is_left_alone_and_a_price_alone_is_a_price(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await put(shop, tea(ean(2), ean(1)))
            assert (await put(shop, tea(ean(1), ean(2), ean(1)))).events == ()
            assert (await put(shop, tea(ean(1), ean(2), price=120))).events == (PriceChanged("tea", 120, 100),)
            (renamed,) = (await put(shop, tea(ean(1), ean(2), price=None, name="Green tea"))).events
            assert isinstance(renamed, ProductSet)
            assert renamed.product.price_minor == 120, "no price is no new price"
            assert (await put(shop, tea(ean(1), ean(2), price=None, name="Green tea"))).events == ()

    run(scenario())


def test_the_same_product_twice_in_one_command_ends_as_the_second_says(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await put(shop, tea(ean(1)), tea(ean(2), price=200), tea(ean(2), price=300))
            found = find_by_sku(shop.reader, "tea")
            assert found is not None
            assert found.price_minor == 300
            assert find_by_code(shop.reader, ean(1)) is None
            assert find_by_code(shop.reader, ean(2)) == found

    run(scenario())


def test_a_code_stays_with_who_has_it_until_that_one_gives_it_up(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            one, two = "0" + ean(1), "0" + ean(2)
            assert (await put(shop, tea(ean(1)), tea(ean(1), ean(2), sku="mate"))).result == (("mate", one, "tea"),)
            assert owners_of(shop.reader, [one, two]) == {one: "tea", two: "mate"}
            assert (await put(shop, tea(ean(1), sku="mate"), tea(ean(2)))).result == (("mate", one, "tea"),)
            assert owners_of(shop.reader, [one, two]) == {two: "tea"}, "both in one command: each gave up its own"
            await put(shop, tea(ean(1), sku="mate"))
            assert owners_of(shop.reader, [one, two]) == {one: "mate", two: "tea"}

    run(scenario())


def test_a_wrong_code_is_refused_and_nothing_of_the_command_happens(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            refused = await shop.do(SetProducts((tea(ean(1)), tea("4006381333932", sku="mate"))), SYSTEM)
            assert isinstance(refused, Refused)
            assert refused.code == "code_wrong"
            assert find_by_sku(shop.reader, "tea") is None

    run(scenario())
