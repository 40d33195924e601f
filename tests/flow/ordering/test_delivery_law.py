"""Goods that are brought to another province: taxed as its law says, and what is regulated stays where it is."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge.core.messages import Done, Refused
from edge.counter.till.commands import Pay
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import MANAGER, Product, Source
from edge.goods.stock.queries import read_stock
from edge.ordering.delivery.commands import SetZone
from edge.ordering.delivery.zones import DeliveryZone
from edge.ordering.orders.carts.cart import CartView
from edge.ordering.orders.commands import (
    AddToCart,
    AddToOrder,
    HandOverOrder,
    OpenCart,
    PlaceOrder,
    SetOrderAddress,
    TakeUpOrder,
)
from tests.ordering import CARD, STAFF, do, kept, refused, sales, whole
from tests.shop_fixture import CONFIG, SYSTEM, open_shop, run

ONTARIO = CONFIG[: CONFIG.index("[tax]")].replace("EUR", "CAD") + 'province = "ON"\n[tax]\n'
REGISTERED = ONTARIO + 'registered = ["QC"]\n'
PANEL = "[panel]\nport = 0\n"
OWN = CONFIG.replace("[tax]", 'province = "ON"\n[tax]')
GOODS = (
    Product("cheese", {"en": "Cheese"}, (), 120, "standard"),
    Product("cider", {"en": "Cider"}, (), 500, "standard", category="drinks"),
    Product("fee", {"en": "Delivery"}, (), None, "", unit="service"),
)
TOWN = DeliveryZone("town", "Town", ("M5",), "fee", 300)
OVER = DeliveryZone("over", "Over the border", ("H2",), "fee", 300, province="QC")
DOOR = {"fulfilment": "delivery", "name": "Dana", "phone": "4165550100", "address": "1 King St"}
QUEBEC = {**DOOR, "postal_code": "H2X 1Y4"}


async def stocked(shop: object) -> None:
    await do(shop, SetCategories((Category("drinks", {"en": "Drinks"}, regulated="alcohol"),), Source(MANAGER)), SYSTEM)
    await do(shop, SetProducts(GOODS, Source(MANAGER)), SYSTEM)
    for zone in (TOWN, OVER):
        await do(shop, SetZone(zone), SYSTEM)


async def cheese_cart(shop: object, sku: str = "cheese") -> CartView:
    cart = await do(shop, OpenCart("phone"))
    made: CartView = await do(shop, AddToCart(cart.id, sku=sku, quantity=2000, age_said=19))
    return made


@pytest.mark.parametrize(
    ("text", "minor", "taxes"),
    [
        (ONTARIO, 567, [("GST", 27)]),
        (REGISTERED, 621, [("GST", 27), ("QST", 54)]),
    ],
)
@pytest.mark.parametrize("at_the_till", [False, True])
def test_the_taxes_are_those_of_where_it_is_brought(
    tmp_path: Path, text: str, minor: int, taxes: list[tuple[str, int]], at_the_till: bool
) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=text + PANEL) as shop:
            await stocked(shop)
            cart = await cheese_cart(shop)
            assert (await refused(shop, PlaceOrder(cart.id, 610, **QUEBEC))).values["is_minor"] == minor
            placed = await do(shop, PlaceOrder(cart.id, minor, **QUEBEC))
            assert placed.goods.total_minor == minor
            if at_the_till:
                laid = await do(shop, TakeUpOrder(order=placed.id), STAFF)
                assert not laid.questions, "nothing is another sum than was promised"
                await do(shop, Pay("card"), STAFF)
            else:
                await do(shop, HandOverOrder(placed.id, CARD), STAFF)
            (sale,) = sales(shop)
            assert sale.total_minor == minor
            assert [(row.name, row.tax_minor) for row in sale.taxes] == taxes
            await whole(shop)

    run(scenario())


def test_an_order_that_moves_over_the_border_is_taxed_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=ONTARIO + PANEL) as shop:
            await stocked(shop)
            cart = await cheese_cart(shop)
            box = await refused(shop, PlaceOrder(cart.id, 567, **{**QUEBEC, "address": "PO Box 7"}))
            assert box.code == "delivery_post_box"
            wrong = await refused(shop, PlaceOrder(cart.id, 567, **{**QUEBEC, "postal_code": "H2X 1Y"}))
            assert wrong.code == "postal_code_wrong"
            placed = await do(shop, PlaceOrder(cart.id, 567, **QUEBEC))
            assert placed.zone == "over"
            back = await do(shop, SetOrderAddress(placed.id, "1 King St", "M5V 3L9", 610), STAFF)
            assert (back.zone, back.goods.total_minor) == ("town", 610)
            await do(shop, SetOrderAddress(placed.secret, "2 rue Milton", "H2X 1Y4", 567))
            assert kept(shop, placed).goods.total_minor == 567
            await whole(shop)

    run(scenario())


def test_where_no_table_is_known_nothing_is_taxed_as_at_home(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=OWN) as shop:
            await do(shop, SetZone(msgspec.structs.replace(OVER, fee="mystery")), SYSTEM)
            cart = await cheese_cart(shop, "milk")  # of a class of the shop's own
            no = await refused(shop, PlaceOrder(cart.id, 540, **QUEBEC))
            assert no == Refused("no_tax_there", {"province": "QC"})

    run(scenario())


def test_what_is_regulated_leaves_the_province_by_no_door(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=ONTARIO + PANEL) as shop:
            await stocked(shop)
            stays = {"name": "Cider", "province": "QC"}
            cart = await cheese_cart(shop, "cider")
            no = await refused(shop, PlaceOrder(cart.id, 1400, **QUEBEC), STAFF)
            assert (no.code, no.values, no.answer) == ("regulated_stays", stays, ""), "no yes helps"
            here = await do(shop, PlaceOrder(cart.id, 1469, **{**DOOR, "postal_code": "M5V 3L9"}))
            away = await refused(shop, SetOrderAddress(here.id, "2 rue Milton", "H2X 1Y4", 1400), STAFF)
            assert (away.code, away.values) == ("regulated_stays", stays)
            there = await do(shop, PlaceOrder((await cheese_cart(shop)).id, 567, **QUEBEC))
            added = await refused(shop, AddToOrder(there.id, sku="cider", accepted_total_minor=1092), STAFF)
            assert (added.code, added.values) == ("regulated_stays", stays)

    run(scenario())


def test_a_fee_has_no_stock_and_is_sold_by_its_zone_alone(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=ONTARIO + PANEL) as shop:
            await stocked(shop)
            cart = await do(shop, OpenCart("phone"))
            assert (await refused(shop, AddToCart(cart.id, sku="fee"))).code == "service_apart"
            placed = await do(shop, PlaceOrder((await cheese_cart(shop)).id, 610, **{**DOOR, "postal_code": "M5V 3L9"}))
            assert isinstance(await shop.do(HandOverOrder(placed.id, CARD), STAFF), Done)
            assert read_stock(shop.reader, "fee") == 0
            assert read_stock(shop.reader, "cheese") == -2000

    run(scenario())
