"""Deliveries to other member states of the European Union: whose VAT they have, and what the return there needs."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from edge.accounting import books
from edge.accounting.books import fec
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import facts
from edge.core.messages import Refused
from edge.counter.till.commands import AddTip, Pay, RefundSale, VoidLastSale
from edge.counter.till.delivered_sales import DeliveredSales, read_abroad_by_year, read_delivered_sales
from edge.counter.till.from_config import till_settings
from edge.counter.till.live_settings import live
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import MANAGER, Product, Source
from edge.lib.regions.eu_vat import member_states
from edge.lib.tax.rules import Taxed
from edge.ordering.delivery.commands import SetZone
from edge.ordering.delivery.zones import DeliveryZone
from edge.ordering.orders.commands import (
    AddToCart,
    AddToOrder,
    ChangeOrder,
    HandOverOrder,
    LineWanted,
    OpenCart,
    PlaceOrder,
    SetOrderAddress,
    TakeUpOrder,
)
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.paying.advances import TakeAdvance
from edge.ordering.orders.paying.order_payments import AskForPayment
from edge.ordering.orders.paying.payments_part import OrderPaymentsPart
from edge.ordering.web_orders.commands import SetWebChannel, TakeWebOrder
from edge.ordering.web_orders.web_order import WebChannel, read_order
from edge.runtime.config import ConfigError, parse
from tests.card_shop import CardShop, card_shop, device_of
from tests.counter_shop import paid
from tests.ordering import CARD, STAFF, do, kept, refused, sales, whole
from tests.shop_fixture import CONFIG, SYSTEM, FakeClock, config, open_shop, run
from tests.shop_fixture import MANAGER as BOSS

FRANCE = CONFIG[: CONFIG.index("[tax]")] + 'country = "FR"\n[tax]\n'
OSS = FRANCE + "oss = true\n"
PANEL = "[panel]\nport = 0\n"
GOODS = (
    Product("lamp", {"en": "Lamp"}, (), 600_000, "standard"),
    Product("book", {"en": "Book"}, (), 2_140, "reduced"),
    Product("wine", {"en": "Wine"}, (), 1_000, "standard", category="drinks"),
    Product("fee", {"en": "Delivery"}, (), None, "", unit="service"),
)
NORMAL, REDUCED = '"VAT", percent = "20"', '"VAT", percent = "5.5"'
OWN_NAMES = (
    CONFIG.replace("[tax]", 'country = "FR"\n[tax]')
    .replace(NORMAL, NORMAL.replace("VAT", "TVA normale"))
    .replace(REDUCED, REDUCED.replace("VAT", "TVA reduite"))
)
HOME = DeliveryZone("home", "Paris", ("75",), "fee", 0)
GERMANY = DeliveryZone("germany", "Germany", ("DE",), "fee", 0, province="DE")
SPAIN = DeliveryZone("spain", "Spain", ("ES",), "fee", 0, province="ES")
DOOR = {"fulfilment": "delivery", "name": "Dana", "phone": "0612345678", "address": "1 Main St"}


async def stocked(shop: CommandBus, zones: tuple[DeliveryZone, ...] = (HOME, GERMANY, SPAIN)) -> None:
    await do(shop, SetCategories((Category("drinks", {"en": "Drinks"}, regulated="alcohol"),), Source(MANAGER)), SYSTEM)
    await do(shop, SetProducts(GOODS, Source(MANAGER)), SYSTEM)
    for zone in zones:
        await do(shop, SetZone(zone), SYSTEM)


async def cart_of(shop: CommandBus, *skus: str, pieces: int = 1) -> str:
    cart = await do(shop, OpenCart("phone"))
    for sku in skus:
        await do(shop, AddToCart(cart.id, sku=sku, quantity=1000 * pieces, age_said=18))
    return str(cart.id)


async def delivered(shop: CommandBus, minor: int, sku: str = "lamp", to: str = "DE-10115") -> KeptOrder:
    placed: KeptOrder = await do(shop, PlaceOrder(await cart_of(shop, sku), minor, **DOOR, postal_code=to))
    await do(shop, HandOverOrder(placed.id, CARD), STAFF)
    return placed


def test_the_stores_own_vat_applies_until_sales_abroad_exceed_10000_euros(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=FRANCE + PANEL) as shop:
            await stocked(shop)
            for to in ("DE-10115", "DE10115", "75001", "ES-28001"):
                await delivered(shop, 600_000, to=to)
            rows = [sale.taxes for sale in sales(shop)]
            french = Taxed("TVA", 20_000, 500_000, 100_000)
            assert rows == [(french,), (french,), (french,), (Taxed("TVA ES", 21_000, 495_868, 104_132),)]
            assert [sale.delivered_to for sale in sales(shop)] == ["DE", "DE", "", "ES"]
            assert read_abroad_by_year(shop.reader) == {2027: 1_495_868}
            await whole(shop)

    run(scenario())


def test_what_comes_back_doesnt_count_towards_them(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=FRANCE + PANEL) as shop:
            await stocked(shop)
            await delivered(shop, 600_000)
            (sale,) = sales(shop)
            await do(shop, RefundSale(sale.number, reason="back"), BOSS)
            assert read_abroad_by_year(shop.reader) == {2027: 0}
            await delivered(shop, 600_000)
            await do(shop, VoidLastSale("mistake"), BOSS)
            assert read_abroad_by_year(shop.reader) == {2027: 0}
            assert read_delivered_sales(shop.reader, "2027-01-01", "2027-12-31") == []
            await whole(shop)

    run(scenario())


def test_last_years_sales_count_too_and_older_ones_no_more(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, stocked=False, text=FRANCE + PANEL) as shop:
            await stocked(shop)
            await delivered(shop, 600_000)
            await delivered(shop, 600_000)
            await delivered(shop, 600_000)
            year_s = 366 * 86_400
            for _ in range(3):
                clock.advance(year_s)
                await delivered(shop, 2_140, "book")
            named = [[row.name for row in sale.taxes] for sale in sales(shop)]
            assert named == [["TVA"], ["TVA"], ["TVA DE"], ["TVA DE"], ["TVA"], ["TVA"]]

    run(scenario())


def test_a_store_in_the_one_stop_shop_charges_the_vat_of_the_country_from_the_first_sale(tmp_path: Path) -> None:
    own = OSS + '[[tax.abroad]]\ncountry = "DE"\nclass = "reduced"\npercent = "7"\n' + PANEL

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=own) as shop:
            await stocked(shop)
            await delivered(shop, 2_140, "book")
            await delivered(shop, 2_140, "book", to="ES-28001")
            book, there = (sale.taxes for sale in sales(shop))
            assert book == (Taxed("TVA DE", 7_000, 2_000, 140),)
            assert there == (Taxed("TVA ES", 21_000, 1_769, 371),), "nobody named Spain's rate for books"
            (sale, _) = sales(shop)
            await do(shop, RefundSale(sale.number, reason="back"), BOSS)
            assert read_delivered_sales(shop.reader, "2027-01-01", "2027-12-31") == [
                DeliveredSales("ES", "TVA ES", 21_000, 1_769, 371)
            ]
            await whole(shop)

    run(scenario())


def test_an_order_moved_to_another_country_is_taxed_there(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=OSS + PANEL) as shop:
            await stocked(shop)
            placed = await do(shop, PlaceOrder(await cart_of(shop, "lamp"), 600_000, **DOOR, postal_code="75001"))
            await do(shop, SetOrderAddress(placed.id, "1 Main St", "DE-10115", 600_000), STAFF)
            assert kept(shop, placed).goods.delivered_to == "DE"
            await do(shop, HandOverOrder(placed.id, CARD), STAFF)
            assert [row.name for row in sales(shop)[0].taxes] == ["TVA DE"]

    run(scenario())


@pytest.mark.parametrize("code", ["ES-35001", "ES 51001"])
def test_nothing_goes_where_a_country_has_another_vat(tmp_path: Path, code: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=OSS + PANEL) as shop:
            await stocked(shop)
            no = await refused(shop, PlaceOrder(await cart_of(shop, "lamp"), 600_000, **DOOR, postal_code=code))
            assert no == Refused("no_tax_there", {"province": f"ES {code}"})

    run(scenario())


def test_what_law_keeps_from_the_young_stays_in_the_country(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=OSS + PANEL) as shop:
            await stocked(shop)
            wanted = PlaceOrder(await cart_of(shop, "wine"), 1_000, **DOOR, postal_code="DE-10115")
            assert (await refused(shop, wanted)).code == "regulated_stays"

    run(scenario())


def test_a_zone_abroad_is_told_from_ours_by_its_countrys_letters(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=OSS + PANEL) as shop:
            await stocked(shop)
            for prefix, country, why in (
                ("10", "DE", "zone_needs_country"),
                ("CH-80", "CH", "zone_no_province"),
                ("H2", "QC", "zone_no_province"),
            ):
                wanted = SetZone(DeliveryZone("x", "X", (prefix,), "fee", province=country))
                assert (await refused(shop, wanted, SYSTEM)).code == why

    run(scenario())


def test_a_postal_code_without_its_country_is_told_how_to_say_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=OSS + PANEL) as shop:
            await stocked(shop)
            no = await refused(shop, PlaceOrder(await cart_of(shop, "lamp"), 600_000, **DOOR, postal_code="10115"))
            assert no == Refused("no_delivery_there_here", {"postal_code": "10115", "example": "DE-10115"})
            far = await refused(shop, PlaceOrder(await cart_of(shop, "lamp"), 600_000, **DOOR, postal_code="IT-00100"))
            assert far == Refused("no_delivery_there", {"postal_code": "IT00100"})

    run(scenario())


def test_provinces_of_canada_are_told_apart_from_countries_of_the_same_letters(tmp_path: Path) -> None:
    canada = CONFIG[: CONFIG.index("[tax]")].replace("EUR", "CAD") + 'province = "QC"\n[tax]\n' + PANEL

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=canada) as shop:
            await do(shop, SetProducts((msgspec.structs.replace(GOODS[0], price_minor=1_000), GOODS[3])), SYSTEM)
            await do(shop, SetZone(DeliveryZone("sk", "Regina", ("S4",), "fee", province="SK")), SYSTEM)
            cart = await cart_of(shop, "lamp")
            placed = await do(shop, PlaceOrder(cart, 1_050, **{**DOOR, "phone": "5145550100"}, postal_code="S4P 3Y2"))
            await do(shop, HandOverOrder(placed.id, CARD), STAFF)
            assert read_delivered_sales(shop.reader, "2027-01-01", "2027-12-31") == [
                DeliveredSales("SK", "GST", 5_000, 1_000, 50)
            ]

    run(scenario())


@pytest.mark.parametrize(
    ("registered", "minor", "more"),
    [("", 1_575, []), ('registered = ["QC"]\n', 1_675, [DeliveredSales("QC", "QST", 9_975, 1_000, 100)])],
)
def test_goods_with_two_taxes_of_canada_count_once(
    tmp_path: Path, registered: str, minor: int, more: list[DeliveredSales]
) -> None:
    text = CONFIG[: CONFIG.index("[tax]")].replace("EUR", "CAD") + 'province = "AB"\n[tax]\n' + registered + PANEL
    goods = (msgspec.structs.replace(GOODS[0], price_minor=1_000), Product("book", {"en": "Book"}, (), 500, "federal"))

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=text) as shop:
            await do(shop, SetProducts((*goods, GOODS[3])), SYSTEM)
            for province, prefix, code, total in (("ON", "M5", "M5V 3L9", 1_655), ("QC", "H2", "H2X 1Y4", minor)):
                zone = DeliveryZone(province.lower(), province, (prefix,), "fee", 0, province=province)
                await do(shop, SetZone(zone), SYSTEM)
                door = {**DOOR, "phone": "4165550100", "postal_code": code}
                placed = await do(shop, PlaceOrder(await cart_of(shop, "lamp", "book"), total, **door))
                await do(shop, HandOverOrder(placed.id, CARD), STAFF)
            assert read_delivered_sales(shop.reader, "2027-01-01", "2027-12-31") == [
                DeliveredSales("ON", "HST", 13_000, 1_000, 130),
                DeliveredSales("ON", "GST", 5_000, 500, 25),
                DeliveredSales("QC", "GST", 5_000, 1_500, 75),
                *more,
            ]

    run(scenario())


def test_rates_that_the_shop_named_itself_are_of_different_goods(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=OWN_NAMES) as shop:
            await stocked(shop)
            cart = await cart_of(shop, "lamp", "book")
            placed = await do(shop, PlaceOrder(cart, 602_140, **DOOR, postal_code="DE-10115"))
            await do(shop, HandOverOrder(placed.id, CARD), STAFF)
            assert read_delivered_sales(shop.reader, "2027-01-01", "2027-12-31") == [
                DeliveredSales("DE", "TVA normale", 20_000, 500_000, 100_000),
                DeliveredSales("DE", "TVA reduite", 5_500, 2_028, 112),
            ]

    run(scenario())


def test_of_an_order_prepaid_below_the_threshold_and_handed_over_above_it_nothing_counts_twice(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=FRANCE + PANEL) as shop:
            await stocked(shop)
            cart = await cart_of(shop, "lamp")
            early = await do(shop, PlaceOrder(cart, 600_000, **DOOR, postal_code="DE-10115"))
            await do(shop, TakeAdvance(early.id, 300_000), STAFF)
            await paid(shop, "card")
            await delivered(shop, 600_000, to="ES-28001")
            await delivered(shop, 600_000, to="ES-28001")
            await do(shop, HandOverOrder(early.id, CARD), STAFF)
            found = read_delivered_sales(shop.reader, "2027-01-01", "2027-12-31")
            assert [(row.country, row.rate, row.net_minor) for row in found] == [
                ("DE", 20_000, 250_000),
                ("DE", 19_000, 252_101),
                ("ES", 20_000, 1_000_000),
            ]

    run(scenario())


async def order_to(shop: CommandBus, minor: int, *skus: str, pieces: int = 1, to: str = "DE-10115") -> KeptOrder:
    cart = await cart_of(shop, *skus, pieces=pieces)
    placed: KeptOrder = await do(shop, PlaceOrder(cart, minor, **DOOR, postal_code=to))
    return placed


async def paid_by_terminal(
    counter: CardShop, folder: Path, text: str, order: KeptOrder, minor: int | None = None
) -> None:
    """So much of an order is paid ahead, as no register sells it."""
    await do(counter.shop, AskForPayment(order.id, minor, way="terminal"), STAFF)
    await counter.ends("captured")
    settings = live(till_settings(config(folder, text + device_of("sim")))).at
    await OrderPaymentsPart(counter.shop, lambda db: settings(db).on("2026-11-01")).look()


@pytest.mark.parametrize("online", [False, True])
@pytest.mark.parametrize(
    ("pieces", "row"),
    [
        (2, Taxed("TVA", 20_000, 1_000_000, 200_000)),
        (3, Taxed("TVA DE", 19_000, 1_512_605, 287_395)),
    ],
)
def test_an_order_paid_ahead_counts_by_its_goods_without_taxes(
    tmp_path: Path, pieces: int, row: Taxed, online: bool
) -> None:
    text = FRANCE + PANEL

    async def scenario() -> None:
        async with card_shop(tmp_path, base=text) as counter:
            shop = counter.shop
            await stocked(shop)
            order = await order_to(shop, pieces * 600_000, "lamp", pieces=pieces)
            ahead_minor = 1_200_000 if pieces == 2 else 10_000
            if online:
                await paid_by_terminal(counter, tmp_path, text, order, ahead_minor)
            else:
                await do(shop, TakeAdvance(order.id, ahead_minor), STAFF)
                await paid(shop, "card")
            assert kept(shop, order).advance_minor == ahead_minor
            await do(shop, HandOverOrder(order.id, () if pieces == 2 else CARD), STAFF)
            assert sales(shop)[-1].taxes == (row,), "all of it, whatever was paid ahead"
            await whole(shop)

    run(scenario())


def test_deposits_and_tips_dont_count_towards_the_threshold(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=FRANCE + PANEL) as shop:
            await stocked(shop)
            lamp = msgspec.structs.replace(GOODS[0], deposit_minor=100)
            await do(shop, SetProducts((lamp,), Source(MANAGER)), SYSTEM)
            order = await order_to(shop, 1_200_200, "lamp", pieces=2)
            laid = await do(shop, TakeUpOrder(order=order.id), STAFF)
            assert not laid.questions
            await do(shop, AddTip(500), STAFF)
            sale = await paid(shop, "card")
            assert (sale.total_minor, sale.taxes) == (1_200_700, (Taxed("TVA", 20_000, 1_000_000, 200_000),))
            assert read_abroad_by_year(shop.reader) == {2027: 1_000_000}

    run(scenario())


@pytest.mark.parametrize("country", ["AT", "DE"])
def test_a_till_whose_tax_files_know_their_own_rates_alone_sells_none_abroad(tmp_path: Path, country: str) -> None:
    text = CONFIG.replace("[tax]", f'country = "{country}"\n[tax]\noss = true')

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=text) as shop:
            await stocked(shop, (SPAIN,))
            no = await refused(shop, PlaceOrder(await cart_of(shop, "lamp"), 600_000, **DOOR, postal_code="ES-28001"))
            assert no.code == "no_tax_there"

    run(scenario())


@pytest.mark.parametrize("country", ["AT", "DE"])
def test_such_a_till_takes_no_order_that_exceeds_the_threshold(tmp_path: Path, country: str) -> None:
    text = CONFIG.replace("[tax]", f'country = "{country}"\n[tax]')

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=text) as shop:
            await stocked(shop, (SPAIN,))
            cart = await cart_of(shop, "lamp", pieces=3)
            no = await refused(shop, PlaceOrder(cart, 1_800_000, **DOOR, postal_code="ES-28001"))
            assert no == Refused("no_tax_there", {"province": "ES"})
            order = await order_to(shop, 1_200_000, "lamp", pieces=2, to="ES-28001")
            more = AddToOrder(order.id, sku="lamp", accepted_total_minor=1_800_000)
            assert await refused(shop, more, STAFF) == no
            (line,) = order.goods.lines
            assert await refused(shop, ChangeOrder(order.id, (LineWanted(line.id, 3_000),)), STAFF) == no
            await do(shop, HandOverOrder(order.id, CARD), STAFF)

    run(scenario())


@pytest.mark.parametrize("country", ["AT", "DE"])
def test_what_it_took_before_is_paid_and_handed_over_at_its_own_rates(tmp_path: Path, country: str) -> None:
    text = CONFIG.replace("[tax]", f'country = "{country}"\n[tax]')

    async def scenario() -> None:
        async with card_shop(tmp_path, base=text) as counter:
            shop = counter.shop
            await stocked(shop, (SPAIN,))
            before, after, online, unpaid = [await order_to(shop, 600_000, "lamp", to="ES-28001") for _ in range(4)]
            await do(shop, TakeAdvance(before.id), STAFF)
            await paid(shop, "card")
            for _ in range(2):
                await delivered(shop, 600_000, to="ES-28001")
            cart = await cart_of(shop, "lamp")
            no = await refused(shop, PlaceOrder(cart, 600_000, **DOOR, postal_code="ES-28001"))
            assert no == Refused("no_tax_there", {"province": "ES"})
            await do(shop, TakeAdvance(after.id), STAFF)
            await paid(shop, "card")
            await paid_by_terminal(counter, tmp_path, text, online)
            for order in (before, after, online):
                await do(shop, HandOverOrder(order.id, ()), STAFF)
            await do(shop, TakeUpOrder(order=unpaid.id), STAFF)
            await paid(shop, "card")
            home = Taxed("VAT", 20_000, 500_000, 100_000)
            assert [sale.taxes for sale in sales(shop) if sale.taxes] == [(home,)] * 6
            assert read_abroad_by_year(shop.reader) == {2026: 3_000_000}
            await whole(shop)

    run(scenario())


def test_a_prepaid_order_whose_country_the_shop_no_longer_taxes_says_so(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=FRANCE + PANEL) as shop:
            await stocked(shop)
            order = await order_to(shop, 600_000, "lamp")
            await do(shop, TakeAdvance(order.id), STAFF)
            await paid(shop, "card")
        async with open_shop(tmp_path, stocked=False) as shop:
            no = await refused(shop, HandOverOrder(order.id, ()), STAFF)
            assert no == Refused("no_tax_there", {"province": "DE"})
            await do(shop, TakeUpOrder(order=order.id), STAFF)
            assert await refused(shop, Pay("card"), STAFF) == no

    run(scenario())


def test_the_rates_are_those_of_27_states_and_a_wrong_one_is_named() -> None:
    now = {country: state.standard[-1].rate for country, state in member_states().items()}
    assert len(now) == 27 and min(now.values()) == 17_000 and max(now.values()) == 27_000
    for state in member_states().values():
        assert list(state.standard) == sorted(state.standard, key=lambda one: one.since)
    assert (now["EE"], now["RO"], now["SK"], now["FI"]) == (24_000, 21_000, 23_000, 25_500)
    with pytest.raises(ConfigError, match="isn't a member state"):
        parse(OSS + '[[tax.abroad]]\ncountry = "CH"\nclass = "reduced"\npercent = "7"\n' + PANEL, Path("config.toml"))


def test_the_books_keep_each_countrys_vat_apart(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=OSS + PANEL) as shop:
            await stocked(shop)
            await delivered(shop, 600_000)
            await delivered(shop, 600_000, to="75001")
            header, *rows = (line.split("\t") for line in fec.lines(books.entries(facts(shop.reader, shop.registry))))
            found = {row[header.index("CompteNum")]: row[header.index("CompteLib")] for row in rows}
            assert found["44571DE1900"] == "TVA collectée DE 19 %" and found["445712000"] == "TVA collectée 20 %"

    run(scenario())


def test_a_web_order_from_abroad_is_in_no_zone_at_home_whose_codes_begin_as_its_country(tmp_path: Path) -> None:
    ireland = CONFIG.replace("[tax]", 'country = "IE"\n[tax]\noss = true', 1)
    place = {"name": "Ana", "phone": "0612345678", "address1": "Calle 1", "zip": "28013", "country_code": "ES"}
    told = {
        "id": 902,
        "line_items": [{"sku": "lamp", "quantity": 1}],
        "total_price": "6000.00",
        "currency": "EUR",
        "financial_status": "paid",
        "shipping_address": place,
    }

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=ireland) as shop:
            await stocked(shop, (DeliveryZone("east", "East", ("E",), "fee"),))
            await do(shop, SetWebChannel(WebChannel("web", "Web", "shopify")), SYSTEM)
            order = read_order("shopify", json.dumps(told).encode(), 2)
            assert (await refused(shop, TakeWebOrder("web", order), SYSTEM)).code == "no_delivery_there"

    run(scenario())


@pytest.mark.parametrize(("country", "taxed"), [("DE", "TVA DE"), ("FR", "TVA"), ("", "TVA")])
def test_a_web_shops_order_goes_to_the_country_that_it_names(tmp_path: Path, country: str, taxed: str) -> None:
    place = {"name": "Dana", "phone": "0612345678", "address1": "1 Main St", "zip": "75172", "country_code": country}
    told = {
        "id": 901,
        "line_items": [{"sku": "lamp", "quantity": 1}],
        "total_price": "6000.00",
        "currency": "EUR",
        "financial_status": "paid",
        "shipping_address": place,
    }

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=OSS + PANEL) as shop:
            await stocked(shop)
            await do(shop, SetWebChannel(WebChannel("web", "Web", "shopify")), SYSTEM)
            order = read_order("shopify", json.dumps(told).encode(), 2)
            taken = await do(shop, TakeWebOrder("web", order), SYSTEM)
            again = await do(shop, TakeWebOrder("web", order), SYSTEM)
            assert again == taken, "the same message once more changes nothing"
            await do(shop, HandOverOrder(taken.order, CARD), STAFF)
            assert [row.name for row in sales(shop)[0].taxes] == [taxed]

    run(scenario())
