"""Quick keys: proposed from what sells, set for one till or for all, at the prices of now; what is gone stays put."""

from __future__ import annotations

from pathlib import Path

from edge.core.messages import Refused
from edge.counter.quick_keys.commands import SetQuickKeys
from edge.counter.quick_keys.layout import Key, KeyPage
from edge.counter.quick_keys.queries import proposed_keys, read_keys
from edge.counter.till.commands import AddLine, Pay
from edge.goods.catalog.commands import RetireProducts, SetProducts
from edge.goods.catalog.product import Product
from tests.catch_up import catch_up
from tests.shop_fixture import CASHIER, MILK, SYSTEM, FakeClock, done, open_shop, run

DAILY = (KeyPage({"en": "Daily"}, (Key(0, "milk"), Key(7, "beer", "red"))),)


def test_keys_of_one_till_and_of_all(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await done(shop, SetQuickKeys(DAILY), SYSTEM)
            await done(shop, SetQuickKeys((KeyPage({"en": "Bar"}, (Key(0, "beer"),)),), "2"), SYSTEM)
            await done(shop, SetProducts((Product("milk", price_minor=150),)), SYSTEM)
            await done(shop, RetireProducts(("beer",)), SYSTEM)
            (first,), (second,) = (read_keys(shop.reader, register, clock.at_us) for register in ("1", "2"))
            assert [(key.place, key.price_minor, key.gone) for key in first.keys] == [(0, 150, False), (7, 250, True)]
            assert [key.sku for key in second.keys] == ["beer"]
            refused = await shop.do(AddLine(sku="beer"), CASHIER)
            assert isinstance(refused, Refused)
            assert refused.code == "retired"
            await done(shop, SetQuickKeys((), "2"), SYSTEM)
            assert read_keys(shop.reader, "2", clock.at_us) == [first]

    run(scenario())


def test_two_keys_at_one_place_and_unknown_goods_are_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            twice = (KeyPage({"en": "Daily"}, (Key(0, "milk"), Key(0, "beer"))),)
            assert await shop.do(SetQuickKeys(twice), SYSTEM) == Refused("key_twice", {"page": 1})
            nobody = (KeyPage({"en": "Daily"}, (Key(0, "unicorn"),)),)
            assert await shop.do(SetQuickKeys(nobody), SYSTEM) == Refused("unknown_sku", {"sku": "unicorn"})

    run(scenario())


def test_what_sells_is_proposed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await done(shop, AddLine(MILK))
            await done(shop, Pay("cash"))
            await catch_up(shop)
            (page,) = proposed_keys(shop.reader)
            assert [key.sku for key in page.keys] == ["milk"]
            await done(shop, SetQuickKeys((page,)), SYSTEM)

    run(scenario())
