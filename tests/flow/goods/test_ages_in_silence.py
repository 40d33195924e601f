"""Ages, categories and limits never vanish because a newer word does not mention them; cannabis without a category is
not sold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edge.core.messages import Refused
from edge.counter.till.commands import AddLine, LineSold, Pay, SellBasket
from edge.goods.catalog.categories import presets
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.categories.queries import read_category
from edge.goods.catalog.commands import SetCategories, SetProducts, UndoChanges, WithdrawWord
from edge.goods.catalog.product import MANAGER, BundlePart, Product, Source, Value
from edge.goods.catalog.queries import find_by_sku
from edge.goods.modifiers.commands import SetModifierGroup
from edge.goods.modifiers.modifier import Modifier, ModifierGroup
from edge.goods.quality.commands import ReleaseHeld
from edge.goods.quality.events import GateReason
from edge.goods.quality.queries import held_products
from edge.ordering.orders.commands import AddToCart, OpenCart
from tests.flow.counter.test_ages import NOON_US, ONTARIO
from tests.importing import csv_file, import_file
from tests.ordering import CARD, do, refused
from tests.shop_fixture import CASHIER, SYSTEM, FakeClock, open_shop, run

SUPPLIER = Source("supplier.csv", "1" * 64)
NEWER = Source("supplier.csv", "2" * 64)
GIN = Product(
    *("gin", {"en": "Gin", "fr": "Genièvre"}, ("5901234123457",), 2500),
    min_age=18,
    brand="Harbour",
    category="cannabis-flower",
    attributes={"dried equivalent": Value("1 g", 1000, 1000, "g")},
)


def product(shop: Any, sku: str) -> Product:
    found = shop.read(lambda db: find_by_sku(db, sku))
    assert found is not None
    return found  # type: ignore[no-any-return]


def test_a_newer_word_leaves_what_it_does_not_mention(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(NOON_US), text=ONTARIO) as shop:
            await do(shop, SetCategories(presets.load("cannabis"), Source(MANAGER)), SYSTEM)
            for first, then in ((SUPPLIER, NEWER), (Source(MANAGER), Source(MANAGER))):
                await do(shop, SetProducts((GIN,), first), SYSTEM)
                newer = Product("gin", {"en": "Gin"}, price_minor=2600, attributes={"colour": Value("clear")})
                await do(shop, SetProducts((newer,), then), SYSTEM)
                now = product(shop, "gin")
                assert (now.price_minor, now.min_age, now.brand, now.category) == (2600, 18, "Harbour", GIN.category)
                assert now.names == {"en": "Gin", "fr": "Genièvre"} and now.codes == ("05901234123457",)
                assert set(now.attributes or ()) == {"dried equivalent", "colour"}
                no = await refused(shop, SellBasket((LineSold(sku="gin"),), CARD, age_checked=18), CASHIER)
                assert (no.code, no.values["age"]) == ("age_not_checked", 19)
                many = SellBasket((LineSold(sku="gin", quantity=31_000),), CARD, age_checked=19)
                assert (await refused(shop, many, CASHIER)).code == "purchase_limit"

    run(scenario())


def test_a_category_named_again_keeps_its_law(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(NOON_US), text=ONTARIO) as shop:
            await do(shop, SetCategories(presets.load("cannabis"), Source(MANAGER)), SYSTEM)
            await do(shop, SetProducts((GIN,), SUPPLIER), SYSTEM)
            for name in ("cannabis", "cannabis-flower"):
                await do(shop, SetCategories((Category(name, {"en": "Green"}),), Source("erp")), SYSTEM)
            no = await refused(shop, SellBasket((LineSold(sku="gin"),), CARD, age_checked=18), CASHIER)
            assert (no.code, no.values["age"]) == ("age_not_checked", 19)
            many = SellBasket((LineSold(sku="gin", quantity=31_000),), CARD, age_checked=19)
            assert (await refused(shop, many, CASHIER)).code == "purchase_limit"
            known = shop.read(lambda db: read_category(db, "cannabis"))
            assert known.names["en"] == "Green" and set(known.names) >= {"en", "fr"}
            await do(shop, SetCategories((Category("cannabis", {"en": "Tea"}),), Source(MANAGER), whole=True), SYSTEM)
            assert shop.read(lambda db: read_category(db, "cannabis")) == Category("cannabis", {"en": "Tea"})

    run(scenario())


@pytest.mark.parametrize("cell", ["tea", "tobacco-free,0"])
def test_a_file_that_takes_the_law_from_goods_is_asked_about(cell: str, tmp_path: Path) -> None:
    """Moved to a category without a restriction, or given a lower age: nothing of it applies before someone agrees."""
    category, age = [*cell.split(","), ""][:2]

    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(NOON_US), text=ONTARIO) as shop:
            kinds = (
                *presets.load("cannabis"),
                Category("tea", {"en": "Tea"}),
                Category("tobacco-free", {"en": "Papers"}),
            )
            await do(shop, SetCategories(kinds, Source(MANAGER)), SYSTEM)
            await do(shop, SetProducts((GIN,), SUPPLIER), SYSTEM)
            text = f"sku,name,price,category,min_age\ngin,Gin,26.00,{category},{age}\n"
            path = csv_file(tmp_path, text, name="supplier.csv")
            await import_file(shop, path)
            now = product(shop, "gin")
            assert (now.category, now.min_age) == (GIN.category, 18)
            (held,) = held_products(shop.reader)
            assert held.gate == GateReason("less_law", {"category": category})
            await import_file(shop, csv_file(tmp_path, text + "jar,Jar,1.00,tea,\n", name="supplier.csv"))
            assert len(held_products(shop.reader)) == 1, "it is asked once"
            await do(shop, ReleaseHeld(("gin",), held.source.name), SYSTEM)
            assert product(shop, "gin").category == category

    run(scenario())


def test_the_same_word_twice_in_one_command_is_one_word(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(NOON_US), text=ONTARIO) as shop:
            await do(shop, SetProducts((Product("gin", {"en": "Gin"}, (), 2500),), SUPPLIER), SYSTEM)
            twice = (Product("gin", min_age=18), Product("gin", price_minor=2600))
            await do(shop, SetProducts(twice, NEWER), SYSTEM)
            assert ((now := product(shop, "gin")).min_age, now.price_minor) == (18, 2600)

    run(scenario())


def test_what_is_said_as_a_whole_or_withdrawn_goes(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(NOON_US), text=ONTARIO) as shop:
            rum = Product("rum", {"en": "Rum"}, (), 2500, min_age=18, brand="Harbour")
            await do(shop, SetProducts((rum,), SUPPLIER), SYSTEM)
            await do(shop, WithdrawWord("rum", SUPPLIER.name, ("brand",)), SYSTEM)
            assert ((now := product(shop, "rum")).brand, now.min_age) == ("", 18)
            await do(shop, SetProducts((Product("rum", {"en": "Rum"}),), SUPPLIER, whole=True), SYSTEM)
            assert (product(shop, "rum")).min_age == 0
            await do(shop, SetProducts((Product("rum", min_age=18),), SUPPLIER), SYSTEM)
            said = shop.read(lambda db: find_by_sku(db, "rum"))
            await do(shop, SetProducts((Product("rum", min_age=0),), NEWER), SYSTEM)  # said aloud, it holds
            last = shop.read(lambda db: find_by_sku(db, "rum"))
            assert last.min_age == 0
            await do(shop, UndoChanges((("rum", said.seq + 1, last.seq),), NEWER), SYSTEM)
            assert (product(shop, "rum")).min_age == 18

    run(scenario())


def test_cannabis_without_a_category_is_not_sold(tmp_path: Path) -> None:
    """A mapped catalogue says THC and no category: at no door it goes out, alone or in a bundle, whatever the age."""
    dream = Product("AB-2", {"en": "Blue Dream"}, (), 3000, attributes={"THC": Value("210 mg/g", 210000, 210000)})
    kit = Product("kit", {"en": "Kit"}, (), 4000, parts=(BundlePart("AB-2", 1000),))

    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(NOON_US), text=ONTARIO) as shop:
            await do(shop, SetCategories(presets.load("cannabis"), Source(MANAGER)), SYSTEM)
            await do(shop, SetProducts((dream, kit), Source("aglc")), SYSTEM)
            cart = await do(shop, OpenCart())
            for sku in ("AB-2", "kit"):
                doors = (SellBasket((LineSold(sku=sku),), CARD, age_checked=40), AddLine(sku=sku))
                for no in [await refused(shop, door, CASHIER) for door in doors] + [
                    await refused(shop, AddToCart(cart.id, sku=sku, age_said=40))
                ]:
                    assert (no.code, no.values["name"]) == ("category_missing", "Blue Dream")
            gram = {"dried equivalent": Value("1 g", 1000, 1000, "g")}
            given = Product("AB-2", category="cannabis-flower", attributes=gram)
            await do(shop, SetProducts((given,), Source(MANAGER)), SYSTEM)
            no = await refused(shop, SellBasket((LineSold(sku="AB-2"),), CARD), CASHIER)
            assert (no.code, no.values["age"]) == ("age_not_checked", 19)
            sold = await shop.do(SellBasket((LineSold(sku="AB-2"),), CARD, age_checked=19), CASHIER)
            assert not isinstance(sold, Refused)

    run(scenario())


@pytest.mark.parametrize("chosen", [(), ("extra/dream",)], ids=["the product", "its option"])
def test_cannabis_that_waits_in_a_basket_is_not_paid_for(chosen: tuple[str, ...], tmp_path: Path) -> None:
    """What it is was said after it was added: neither till nor kiosk sells it before it has a category."""
    dream, sku = Product("AB-2", {"en": "Blue Dream"}, (), 3000), "tea" if chosen else "AB-2"
    option = Modifier("dream", {"en": "Dream"}, 300, adds=(BundlePart("AB-2", 1000),))

    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(NOON_US), text=ONTARIO) as shop:
            await do(shop, SetCategories(presets.load("cannabis"), Source(MANAGER)), SYSTEM)
            await do(shop, SetProducts((dream, Product("tea", {"en": "Tea"}, (), 300)), Source("aglc")), SYSTEM)
            extra = ModifierGroup("extra", {"en": "Extra"}, (option,), products=("tea",))
            await do(shop, SetModifierGroup(extra), SYSTEM)
            await do(shop, AddLine(sku=sku, modifiers=chosen), CASHIER)
            cart = await do(shop, OpenCart())
            await do(shop, AddToCart(cart.id, sku=sku, modifiers=chosen))
            thc = {"THC": Value("210 mg/g", 210000, 210000)}
            await do(shop, SetProducts((Product("AB-2", attributes=thc),), Source("aglc")), SYSTEM)
            no = await refused(shop, Pay("card"), CASHIER)
            assert (no.code, no.values["name"]) == ("category_missing", "Blue Dream")
            assert (await do(shop, AddToCart(cart.id, sku="milk"))).gone == (1,)
            again = AddToCart(cart.id, sku=sku, modifiers=chosen, age_said=40)
            assert (await refused(shop, again)).code == "category_missing"

    run(scenario())


@pytest.mark.parametrize("name", ["thc", "THC %", "Total THC", "thc_max", "Delta-9 THC", "THCA", "Dried Equivalent"])
def test_cannabis_is_known_by_whatever_its_thc_is_called(name: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(NOON_US), text=ONTARIO) as shop:
            kush = Product("K-1", {"en": "Kush"}, (), 3000, attributes={name: Value("20")})
            await do(shop, SetProducts((kush,), Source("sqdc")), SYSTEM)
            no = await refused(shop, SellBasket((LineSold(sku="K-1"),), CARD, age_checked=40), CASHIER)
            assert no.code == "category_missing"
            tea = Product("tea", {"en": "Tea"}, (), 300, attributes={"thcore": Value("1"), "Bath count": Value("2")})
            await do(shop, SetProducts((tea,), Source("sqdc")), SYSTEM)
            assert await do(shop, SellBasket((LineSold(sku="tea"),), CARD), CASHIER)

    run(scenario())


@pytest.mark.parametrize("header", ["THC", "THC Content", "Taux de THC", "THC Min,THC Max", "thc_level (%)", "THCA"])
def test_a_file_whose_column_of_thc_has_another_name_sells_to_no_one(header: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(NOON_US), text=ONTARIO) as shop:
            cells = ",".join("20" for _ in header.split(","))
            await import_file(shop, csv_file(tmp_path, f"sku,name,price,{header}\nK-1,Kush,30.00,{cells}\n"))
            assert product(shop, "K-1").price_minor == 3000
            no = await refused(shop, SellBasket((LineSold(sku="K-1"),), CARD, age_checked=40), CASHIER)
            assert no.code == "category_missing"

    run(scenario())
