"""Catalogues of other systems: variants, taxes, units and prices become the shop's, and what stays open is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.backoffice.switching.commands import MoveIn
from edge.backoffice.switching.looking import look_at_file
from edge.backoffice.switching.moved import MovedFile
from edge.backoffice.switching.protocol import FileLook
from edge.backoffice.switching.settings import switching_settings
from edge.core.command_bus import CommandBus
from edge.goods.catalog.prices import price_at
from edge.goods.catalog.product import Product
from edge.goods.catalog.queries import find_by_sku
from tests.flow.backoffice.test_switching import NOW_US, brought, moved
from tests.shop_fixture import CONFIG, config, open_shop, run

WIX = """\
handleId,fieldType,name,collection,sku,price,surcharge,inventory,cost,productOptionName1,productOptionType1,\
productOptionDescription1
tee,Product,Blue Tee,Shirts,,20,,InStock,8,Size,DROP_DOWN,Small;Large
tee,Variant,,,TEE-S,,0,4,,,,Small
tee,Variant,,,,,2.50,6,,,,Large
mug,Product,Mug,Home,MUG,14,,9,,,,
"""
ECWID = """\
type,product_internal_id,product_sku,product_name,product_price,product_is_inventory_tracked,product_quantity,\
product_option_name,product_option_1_value,product_variation_sku,product_variation_option_Size
product,1001,TEE,Blue Tee,20,true,10,,,,
product_option,1001,,,,,,Size,Small,,
product_variation,1001,,,18.50,true,4,,,TEE-S,Small
product_variation,1001,,,22.50,true,6,,,TEE-L,Large
product,1002,MUG,Mug,14,true,9,,,,
"""
BIGCOMMERCE = """\
Item Type,Product ID,Product Name,Product Code/SKU,Price,Cost Price,Current Stock Level
Product,77,Blue Tee,TEE,20,8,10
  SKU,,"[S]Size=Small,[CS]Colour=Red",TEE-S,,,4
  SKU,,"[S]Size=Large,[CS]Colour=Red",TEE-L,22.50,,6
Product,78,Mug,MUG,14,6,9
"""
SUMUP = """\
Item name,Variations,Option set 1,Option 1,Price,Tax rate (%),Quantity,SKU,Category
Shirt,,,,,20%,,,Clothes
,,Size,S,25.00,20%,4,SH-S,
,,Size,M,27.00,20%,5,SH-M,
Coffee,Small,,,2.80,5.5%,,CO-S,Drinks
,Large,,,3.40,5.5%,,CO-L,
"""
FRANPOS = """\
*Product Name*,SKU,*Price*,Member Price,Wholesale price,Price 2,Cost,*Category*,Tags,Brand name
Kibble,KIB,"€ 1,018.99","€ 1,016.99",,€ 900.50,€ 9.10,Dog Food >> Dry Food,"dog, salmon",Barkwell
Toy,TOY,€ 4.50,,€ 3.00,,€ 1.90,Dog Gear,,
"""
MEWS = """\
id,sku,composite_sku,composite_quantity,handle,name,retail_price,supply_price
1,GIN,,,gin,Gin,6.50,1.20
2,GT,,,gt,Gin & Tonic,9.50,
,,GIN,2,gt,,,
"""


def look(shop: CommandBus, folder: Path, path: Path, answers: dict[str, str] | None = None) -> FileLook:
    settings = switching_settings(config(folder, CONFIG))
    found = look_at_file(settings, MovedFile(str(path), "unknown", answers or {}), NOW_US)
    assert found.look is not None, found
    return found.look


async def taken(shop: CommandBus, path: Path, answers: dict[str, str] | None = None) -> None:
    await moved(shop, MoveIn((MovedFile(str(path), "catalogue", answers or {}),)))


def product(shop: CommandBus, sku: str) -> Product:
    found = find_by_sku(shop.reader, sku)
    assert found is not None, sku
    return found


@pytest.mark.parametrize(
    ("text", "large", "taken_minor"),
    [(WIX, "Blue Tee Large", 1400), (ECWID, "TEE-L", 5500), (BIGCOMMERCE, "TEE-L", 3650)],
    ids=["wix", "ecwid", "bigcommerce"],
)
def test_rows_below_a_product_are_its_variants_with_their_own_price(
    tmp_path: Path, text: str, large: str, taken_minor: int
) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            path = brought(shop, tmp_path, "items.csv", text)
            found = look(shop, tmp_path, path)
            assert (found.counts["products"], found.counts["variants"]) == (3, 1), found
            assert "variants" in found.rules
            prices = next(one for one in found.sums if "price" in one.heading.casefold())
            said = (prices.taken_minor, prices.left_minor, prices.difference_minor)
            assert said == (taken_minor, 2000, 0), "a price of the product above isn't counted once more"
            await taken(shop, path)
            assert find_by_sku(shop.reader, "TEE") is None, "what is only sold in sizes isn't sold itself"
            small, other = product(shop, "TEE-S"), product(shop, large)
            assert (other.price_minor, other.variant_of) == (2250, "TEE-S")
            assert (small.axes or {})["Size"] == "Small" and (other.axes or {})["Size"] == "Large"
            assert (small.names or {})["en"].startswith("Blue Tee Small")
            assert product(shop, "MUG").variant_of is None

    run(scenario())


def test_taxes_are_matched_by_their_rate_and_asked_where_they_stay_open(tmp_path: Path) -> None:
    text = "SKU,Name,Price,Tax\nA,Mug,14.00,VAT 20%\nB,Bread,2.00,5.5\nC,Gift,3.00,Special\nD,Card,4.00,\n"

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            path = brought(shop, tmp_path, "items.csv", text)
            found = look(shop, tmp_path, path)
            assert [(ask.id, ask.rows) for ask in found.questions] == [("tax:special", 1)]
            assert {"standard", "reduced", "default", "leave"} == set(found.questions[0].choices)
            assert (found.complete_percent, found.taxes) == (75, {"standard": 2, "reduced": 1})
            left = look(shop, tmp_path, path, {"tax:special": "leave"})
            assert (left.questions, left.taxes) == ((), found.taxes), "its products stay out, and nothing is asked"
            answers = {"tax:special": "reduced"}
            found = look(shop, tmp_path, path, answers)
            assert (found.questions, found.complete_percent) == ((), 100)
            await taken(shop, path, answers)
            classes = [product(shop, sku).tax_class or None for sku in "ABCD"]
            assert classes == ["standard", "reduced", "reduced", None]

    run(scenario())


def test_taxes_in_columns_of_their_own_and_goods_without_tax(tmp_path: Path) -> None:
    header = "SKU,Item Name,Price,Tax - City (14.5%),Tax - State (5.5%)"
    square = f"{header}\nA,Mug,14.00,Y,Y\nB,Bread,2.00,N,Y\nC,Book,9.00,N,N\n"

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            path = brought(shop, tmp_path, "items.csv", square)
            assert [ask.id for ask in look(shop, tmp_path, path).questions] == ["tax:no"]
            await taken(shop, path, {"tax:no": "default"})
            assert [product(shop, sku).tax_class or None for sku in "ABC"] == ["standard", "reduced", None]

    run(scenario())


def test_a_unit_that_isnt_known_is_asked(tmp_path: Path) -> None:
    text = "Артикул;Наименование;Единица измерения;Цена\n1;Капучино;порц;2,50\n2;Кофе;кг;19,00\n3;Чай;коробка;4,00\n"

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            path = brought(shop, tmp_path, "items.csv", text)
            (ask,) = look(shop, tmp_path, path).questions
            assert (ask.id, ask.rows) == ("unit:коробка", 1)
            await taken(shop, path, {ask.id: "piece"})
            assert [product(shop, sku).unit for sku in "123"] == ["piece", "kg", "piece"]

    run(scenario())


def test_prices_without_tax_are_asked_and_become_the_shops(tmp_path: Path) -> None:
    text = "Réf.;Désignation;P.A. HT;P.V. HT;TVA %\nA;Savon;2,10;5,00;20\nB;Pain;0,50;2,00;5,5\n"

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            path = brought(shop, tmp_path, "items.csv", text)
            (ask,) = look(shop, tmp_path, path).questions
            assert (ask.id, ask.heading, ask.choices) == ("prices", "P.V. HT", ("add_tax", "as_is"))
            answers = {"prices": "add_tax"}
            found = look(shop, tmp_path, path, answers)
            assert [(one.file_minor, one.taken_minor, one.left_minor) for one in found.sums] == [
                (700, 700, 0),
                (260, 260, 0),
            ]
            await taken(shop, path, answers)
            assert [product(shop, sku).price_minor for sku in "AB"] == [600, 211]

    run(scenario())


def test_a_column_of_strange_taxes_is_left_out_as_a_whole(tmp_path: Path) -> None:
    rows = "".join(f"S{number},Good {number},1.00,T{number}x\n" for number in range(20))

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            path = brought(shop, tmp_path, "items.csv", f"SKU,Name,Price,Tax Code\n{rows}")
            (ask,) = look(shop, tmp_path, path).questions
            assert (ask.id, ask.choices) == ("column:Tax Code", ("leave",))
            found = look(shop, tmp_path, path, {ask.id: "leave"})
            assert (found.questions, found.complete_percent, found.counts["products"]) == ((), 100, 20)

    run(scenario())


def test_money_of_another_currency_and_thousands_are_read_or_refused(tmp_path: Path) -> None:
    text = 'SKU,Name,Price,Till fee\nA,Sofa,"€1,004.00","€1,100.50"\n'

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            found = look(shop, tmp_path, brought(shop, tmp_path, "a.csv", text))
            assert found.sums[0].taken_minor == 100_400
            assert [ask.id for ask in found.questions] == ["money:Till fee"]
            settings = switching_settings(config(tmp_path, CONFIG))
            path = brought(shop, tmp_path, "b.csv", 'SKU,Name,"Price, ₴"\nA,Sofa,10\n')
            refused = look_at_file(settings, MovedFile(str(path), "unknown"), NOW_US)
            assert refused.look is None and refused.why == "ingest.currency", "nobody sells hryvnias for euros"

    run(scenario())


def test_how_odoo_keeps_goods_is_no_category(tmp_path: Path) -> None:
    odoo = (
        "Internal Reference,Name,Product Type,Sales Price\n"
        "A,Mug,Storable Product,14.00\nB,Napkin,Consumable,0.10\nC,Delivery,Service,5.00\n"
    )
    other = "SKU,Name,Product Type,Price\nD,Tee,Shirt,19.90\nE,Repair,Service,9.00\n"

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            path = brought(shop, tmp_path, "odoo.csv", odoo)
            found = look(shop, tmp_path, path)
            assert "Product Type" in found.unused and "with_category" not in found.counts
            assert found.complete_percent == 100
            await taken(shop, path, {})
            assert not any(product(shop, sku).category for sku in "ABC")
            found = look(shop, tmp_path, brought(shop, tmp_path, "other.csv", other))
            assert found.counts["with_category"] == 2

    run(scenario())


def test_variants_below_a_name_without_a_name_of_their_own_are_that_products(tmp_path: Path) -> None:
    """As SumUp's template has them: the first row of a product may only name it."""

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            path = brought(shop, tmp_path, "items.csv", SUMUP)
            found = look(shop, tmp_path, path)
            assert (found.counts["products"], found.counts["variants"], found.complete_percent) == (4, 2, 100), found
            await taken(shop, path)
            medium, large = product(shop, "SH-M"), product(shop, "CO-L")
            assert (medium.names, medium.variant_of, medium.axes) == ({"en": "Shirt M"}, "SH-S", {"Size": "M"})
            assert (large.names, large.variant_of, large.price_minor) == ({"en": "Coffee Large"}, "CO-S", 340)

    run(scenario())


def test_a_second_price_becomes_a_price_list_and_marks_come_along(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            path = brought(shop, tmp_path, "items.csv", FRANPOS)
            found = look(shop, tmp_path, path)
            assert "price_lists" in found.rules and not found.questions, found
            sums = {one.heading: (one.taken_minor, one.difference_minor) for one in found.sums}
            assert sums["Member Price"] == (101_699, 0) and sums["Price 2"] == (90_050, 0)
            await taken(shop, path)
            at_us = shop.now_us()
            prices = {name: price_at(shop.reader, "KIB", at_us, name) for name in ("store", "member", "price-2")}
            assert prices == {"store": 101_899, "member": 101_699, "price-2": 90_050}
            assert price_at(shop.reader, "TOY", at_us, "wholesale") == 300
            kibble = product(shop, "KIB")
            assert kibble.attributes and kibble.attributes["tags"].text == "dog, salmon"
            assert kibble.brand == "Barkwell"

    run(scenario())


def test_an_unknown_price_becomes_a_list_by_its_answer_with_the_shops_tax(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            text = "Name,SKU,Price (excl. VAT),Festival rate\nTee,TEE,10.00,8.00\n"
            path = brought(shop, tmp_path, "items.csv", text)
            found = look(shop, tmp_path, path)
            asked = {one.id: one.choices for one in found.questions}
            assert "list" in asked["money:Festival rate"] and "prices" in asked
            await taken(shop, path, {"money:Festival rate": "list", "prices": "add_tax"})
            assert price_at(shop.reader, "TEE", shop.now_us(), "festival-rate") == 960

    run(scenario())


def test_what_a_composite_product_holds_comes_below_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            path = brought(shop, tmp_path, "items.csv", MEWS)
            assert look(shop, tmp_path, path).counts["recipes"] == 1
            await taken(shop, path)
            (part,) = product(shop, "GT").parts or ()
            assert (part.sku, part.quantity) == ("GIN", 2000)

    run(scenario())


def test_amounts_that_may_be_thousands_are_asked(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            text = "SKU;Producto;Precio Venta Bruto;Costo Neto\nA-1;Café;5.990;2.500\nA-2;Té;19.990;9.000\n"
            path = brought(shop, tmp_path, "goods.csv", text)
            found = look(shop, tmp_path, path)
            assert [(one.id, one.choices, one.heading) for one in found.questions] == [
                ("decimal", ("point", "comma"), "5.990")
            ]
            found = look(shop, tmp_path, path, {"decimal": "comma"})
            assert (found.questions, found.left, found.complete_percent) == ((), (), 100)
            assert [(one.file_minor, one.taken_minor) for one in found.sums] == [
                (2_598_000, 2_598_000),
                (1_150_000, 1_150_000),
            ]
            await taken(shop, path, {"decimal": "comma"})
            assert (product(shop, "A-1").price_minor, product(shop, "A-2").price_minor) == (599_000, 1_999_000)

    run(scenario())


def test_a_row_that_is_left_out_counts_once_whatever_its_cells(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            path = brought(shop, tmp_path, "goods.csv", "SKU,Name,Price,Cost\nA,Mug,$4.00,$1.00\nB,Cup,$3.00,$1.00\n")
            assert [(one.why, one.rows) for one in look(shop, tmp_path, path).left] == [("other_currency", 2)]

    run(scenario())
