"""A dish whose part is out: not offered at kiosks and on phones, unless the kitchen makes it anyway."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from msgspec import structs

from edge.core.command_bus import CommandBus
from edge.counter.till.commands import AddLine, Pay
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import BundlePart, Product, Size
from edge.goods.catalog.queries import find_by_sku
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.queries import available_of, read_stock
from edge.ordering.orders.carts.cart_stock import portions_left
from edge.ordering.orders.commands import AddToCart, OpenCart, PlaceOrder
from tests import ordering
from tests.browser.serving import serve
from tests.flow.ordering.test_orders_http import AT_KIOSK, PHONES, Client, browser
from tests.shop_fixture import SYSTEM, done, open_shop, run

LONG = Product(
    "long",
    {"en": "Gin and tonic"},
    ("40170725",),
    900,
    parts=(BundlePart("gin", 40_000, "ml"), BundlePart("tonic", 1_000), BundlePart("ice", 200)),
)
GOODS = (
    Product("gin", {"en": "Gin"}, size=Size(700_000, "ml")),
    Product("tonic", {"en": "Tonic"}),
    Product("ice", {"en": "Ice"}, unit="kg"),
    LONG,
)


async def _stocked(shop: CommandBus, tonics: int) -> None:
    await done(shop, SetProducts(GOODS), SYSTEM)
    await done(shop, RecordMovement("gin", "in", units=2_000), SYSTEM)
    await done(shop, RecordMovement("tonic", "in", units=tonics * 1_000), SYSTEM)


def _left(shop: CommandBus) -> dict[str, int]:
    found = find_by_sku(shop.reader, "long")
    assert found is not None
    return portions_left(shop.reader, [found])


def test_portions_are_those_of_the_scarcest_part_that_someone_counts(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await done(shop, SetProducts(GOODS), SYSTEM)
            assert _left(shop) == {}, "nobody counts any of it"
            await done(shop, RecordMovement("gin", "in", units=2_000), SYSTEM)
            assert _left(shop) == {"long": 35_000}, "two bottles; of the rest nobody knows"
            await done(shop, RecordMovement("tonic", "in", units=3_000), SYSTEM)
            assert _left(shop) == {"long": 3_000}
            cart = await ordering.do(shop, OpenCart("kiosk"))
            await ordering.do(shop, AddToCart(cart.id, sku="long", quantity=2_000))
            assert _left(shop) == {"long": 1_000}, "two were promised"
            refused = await ordering.refused(shop, AddToCart(cart.id, sku="long", quantity=2_000))
            assert refused.code == "not_enough"

    run(scenario())


@pytest.mark.parametrize("stops", ["", "yes", "no"])
def test_what_is_out_is_ordered_only_where_the_kitchen_makes_it_anyway(
    tmp_path: Path, stops: Literal["", "yes", "no"]
) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False) as shop:
            await _stocked(shop, 1)
            await done(shop, SetProducts((structs.replace(LONG, stop_when_out=stops),)), SYSTEM)
            await done(shop, AddLine(code="40170725", quantity=2_000))
            await done(shop, Pay("cash"))
            assert read_stock(shop.reader, "tonic") == -1_000, "a till sells it, whatever is said to be there"
            cart = await ordering.do(shop, OpenCart("phone"))
            if stops != "no":
                assert _left(shop) == {"long": 0}
                assert (await ordering.refused(shop, AddToCart(cart.id, sku="long"))).code == "not_enough"
                return
            assert _left(shop) == {}
            cart = await ordering.do(shop, AddToCart(cart.id, sku="long"))
            before = available_of(shop.reader, ["gin"])
            await ordering.do(shop, PlaceOrder(cart.id, cart.total_minor, name="Dana", phone="050-1234567"))
            assert available_of(shop.reader, ["gin"]) == before, "what does not stop it is not promised either"

    run(scenario())


def test_its_card_says_so_and_its_page_takes_no_order(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, PHONES) as served, browser() as http:
            await _stocked(served.shop, 1)
            client = Client(http, served.url)
            assert 'id="put"' in (await client.ask("GET", "/kiosk/goods/long", **AT_KIOSK))[1]
            await done(served.shop, RecordMovement("tonic", "out", units=1_000), SYSTEM)
            for base in ("/kiosk", "/shop"):
                headers = AT_KIOSK if base == "/kiosk" else {}
                _, page = await client.ask("GET", f"{base}/goods/long", **headers)
                assert 'id="put"' not in page and "sold-out" in page, base

    run(scenario())
