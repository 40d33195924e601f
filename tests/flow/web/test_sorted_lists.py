"""The lists of goods and of stock in the order of a column: all of them once, a page at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.storage.database import Connection
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.listing.filter import Filter
from edge.goods.catalog.listing.sorting import read_sorted
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import RecordMovement, SetLocation, TransferLine, TransferStock
from edge.goods.stock.lists.sorting import list_sorted
from tests.shop_fixture import SYSTEM, done, open_shop, run

GOODS = (
    Product("b", {"en": "Pear", "fr": "Poire"}, ("4001",), 300, brand="orchard"),
    Product("c", {"en": "apple", "fr": "Pomme"}, ("4002",), 100),
    Product("a", {"en": "Fig", "fr": "figue"}, ("4003",), brand="Grove"),
    Product("d", {"en": "Plum"}, ("4004",), 200, brand="Grove"),
)
OURS = {one.sku for one in GOODS}


def goods(db: Connection, sort: str, language: str = "en") -> str:
    found, skip = "", 0
    while True:
        page = read_sorted(db, Filter(), sort, language, skip, 2, 0)
        found += "".join(one.sku for one in page.products if one.sku in OURS)
        if page.after is None:
            return found
        skip = page.after


def stock(db: Connection, sort: str, location: str = "", status: str = "") -> str:
    found, skip = "", 0
    while True:
        page = list_sorted(db, sort, "en", skip, 2, location, "", status, "")
        found += "".join(one.sku for one in page.items if one.sku in OURS)
        if not page.after:
            return found
        skip = int(page.after)


def test_marks_on_letters_stand_beside_the_letters(tmp_path: Path) -> None:
    async def scenario() -> None:
        names = ("Zebra", "élan", "Eggs", "ångström", "apple", "שלג", "Ærø")
        marked = tuple(Product(sku, {"en": name}, brand=name) for sku, name in zip("abcdefg", names, strict=True))
        async with open_shop(tmp_path, stocked=False) as shop:
            await done(shop, SetProducts(marked), SYSTEM)
            for column in ("name", "brand"):
                page = read_sorted(shop.reader, Filter(), column, "en", 0, 10, 0)
                assert "".join(one.sku for one in page.products) == "gdecbaf"

    run(scenario())


def test_each_column_sorts_both_ways_page_by_page_and_what_says_nothing_is_last(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await done(shop, SetProducts(GOODS), SYSTEM)
            db = shop.reader
            assert (goods(db, "name"), goods(db, "-name")) == ("cabd", "dbac")
            assert goods(db, "name", "fr") == "adbc", "what has no name in it is called as in English"
            assert (goods(db, "sku"), goods(db, "-sku")) == ("abcd", "dcba")
            assert (goods(db, "price"), goods(db, "-price")) == ("cdba", "bdca")
            assert (goods(db, "brand"), goods(db, "-brand")) == ("adbc", "badc")
            await done(shop, SetLocation("bar", {"en": "Bar"}, "bar"), SYSTEM)
            for sku, units, expiry in (("a", 9_000, "2027-03-01"), ("b", 2_000, ""), ("d", 5_000, "2027-02-01")):
                await done(shop, RecordMovement(sku, "in", units=units, expiry=expiry), SYSTEM)
            await done(shop, TransferStock("main", "bar", (TransferLine("a", 1_000), TransferLine("d", 3_000))), SYSTEM)
            assert (stock(db, "on_hand"), stock(db, "-on_hand")) == ("cbda", "adbc")
            assert (stock(db, "expiry"), stock(db, "-expiry")) == ("dabc", "adbc")
            assert (stock(db, "-on_hand", "bar"), stock(db, "name", "bar")) == ("da", "ad")
            assert stock(db, "name", status="normal") == "abd"
            with pytest.raises(KeyError):
                stock(db, "1; DROP TABLE product")

    run(scenario())
