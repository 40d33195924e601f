"""Cannabis outside the hours of the law, at each door: refused, or asked about where an authority may have given leave,
and noted; in the words that staff read."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from edge.core.messages import Done
from edge.counter.till.commands import AddLine, AnswerQuestion, LineSold, Pay, SellBasket
from edge.counter.till.events import SoldOutsideHours
from edge.foundation.opening_hours.commands import SetHours
from edge.foundation.opening_hours.rules import StoreHours
from edge.foundation.settings.commands import SetSetting
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import MANAGER, BundlePart, Product, Source
from edge.lib.i18n import LANGUAGES, translate
from edge.ordering.orders.commands import (
    AddToCart,
    HandOverOrder,
    MoveOrder,
    OpenCart,
    PlaceOrder,
    ReplaceLine,
)
from tests.ordering import CARD, STAFF, do, refused
from tests.shop_fixture import CASHIER, CONFIG, SYSTEM, FakeClock, open_shop, run

KINDS = (Category("weed", {"en": "Cannabis"}, regulated="cannabis"), Category("flower", {"en": "Flower"}, "weed"))
GOODS = (
    Product("bud", {"en": "Bud"}, (), 3500, category="flower"),
    Product("leaf", {"en": "Leaf"}, (), 3500, category="flower"),
    Product("gift", {"en": "Gift"}, (), 5000, parts=(BundlePart("bud", 1000), BundlePart("milk", 1000))),
)
PLACES = {"ON": "America/Toronto", "QC": "America/Montreal", "IL": "America/Chicago"}


def shop_in(part: str, more: str = "") -> str:
    country = "US" if part == "IL" else "CA"
    placed = f'country = "{country}"\nprovince = "{part}"\n[tax]'
    return CONFIG.replace("Europe/Paris", PLACES[part]).replace("[tax]", placed) + more


def clock_at(part: str, text: str) -> FakeClock:
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(PLACES[part]))
    return FakeClock(int(local.timestamp() * 1e6))


async def put_goods(shop: Any) -> None:
    await do(shop, SetCategories(KINDS, Source(MANAGER)), SYSTEM)
    await do(shop, SetProducts(GOODS, Source(MANAGER)), SYSTEM)


def sale_of(sku: str) -> SellBasket:
    return SellBasket((LineSold(sku=sku),), CARD, age_checked=99)


@pytest.mark.parametrize(
    ("part", "late", "hours"), [("ON", "2026-11-26T23:00", "09:00 23:00"), ("IL", "2026-11-26T22:00", "06:00 22:00")]
)
def test_outside_the_laws_hours_no_door_sells_it_whoever_says_yes(
    tmp_path: Path, part: str, late: str, hours: str
) -> None:
    clock = clock_at(part, late)

    async def scenario() -> None:
        async with open_shop(tmp_path, clock, text=shop_in(part)) as shop:
            await put_goods(shop)
            for door in (AddLine(sku="bud"), AddLine(sku="gift"), sale_of("bud"), sale_of("gift")):
                no = await refused(shop, door, CASHIER)
                assert (no.code, no.answer) == ("hours_by_law", "")
                assert f"{no.values['from']} {no.values['until']}" == hours
                for language in LANGUAGES:
                    said = translate(language, f"refused.{no.code}", **no.values)
                    assert hours.split()[1] in said and str(no.values["by"]) in said and late[-5:] in said
            cart = await do(shop, OpenCart("kiosk"))
            assert (await refused(shop, AddToCart(cart.id, sku="bud", age_said=99))).code == "hours_by_law"
            await do(shop, AddToCart(cart.id, sku="milk"))
            await do(shop, sale_of("milk"), CASHIER)  # of all else nothing changes
            clock.advance(-3600)
            await do(shop, sale_of("gift"), CASHIER)

    run(scenario())


def test_a_line_that_came_in_time_is_not_paid_too_late(tmp_path: Path) -> None:
    clock = clock_at("ON", "2026-11-26T22:55")

    async def scenario() -> None:
        async with open_shop(tmp_path, clock, text=shop_in("ON")) as shop:
            await put_goods(shop)
            basket = await do(shop, AddLine(sku="bud"), CASHIER)
            await do(shop, AnswerQuestion(basket.questions[0].id), CASHIER)
            clock.advance(600)
            assert (await refused(shop, Pay("card"), CASHIER)).code == "hours_by_law"

    run(scenario())


def test_an_order_is_asked_at_the_hour_it_is_for_and_again_when_it_is_handed_over(tmp_path: Path) -> None:
    clock = clock_at("ON", "2026-11-26T23:30")

    async def scenario() -> None:
        async with open_shop(tmp_path, clock, text=shop_in("ON")) as shop:
            await put_goods(shop)
            await do(shop, SetHours(StoreHours()), SYSTEM)  # never closed
            cart = await do(shop, OpenCart("phone"))
            cart = await do(shop, AddToCart(cart.id, sku="bud", age_said=99))
            now = PlaceOrder(cart.id, cart.total_minor)
            assert (await refused(shop, now)).code == "hours_by_law"
            eight, ten = (clock.at_us + int(hours * 3600e6) for hours in (8.5, 10.5))
            early = msgspec.structs.replace(now, slot_from_us=eight)
            assert (await refused(shop, early)).code == "hours_by_law"
            order = await do(shop, msgspec.structs.replace(now, slot_from_us=ten))
            for state in ("accepted", "preparing", "ready"):
                await do(shop, MoveOrder(order.id, state), STAFF)
            hand_over = HandOverOrder(order.id, CARD, id_checked=True)
            assert (await refused(shop, hand_over, STAFF)).code == "hours_by_law"
            clock.advance(10 * 3600)
            await do(shop, hand_over, STAFF)

    run(scenario())


def test_what_goes_in_the_place_of_something_has_hours_too(tmp_path: Path) -> None:
    clock = clock_at("ON", "2026-11-26T20:00")

    async def scenario() -> None:
        async with open_shop(tmp_path, clock, text=shop_in("ON")) as shop:
            await put_goods(shop)
            cart = await do(shop, OpenCart("phone"))
            cart = await do(shop, AddToCart(cart.id, sku="bud", age_said=99))
            order = await do(shop, PlaceOrder(cart.id, cart.total_minor, substitutes=True))
            await do(shop, MoveOrder(order.id, "accepted"), STAFF)
            clock.advance(4 * 3600)
            other = ReplaceLine(order.id, order.goods.sold_lines[0].id, "leaf")
            assert (await refused(shop, other, STAFF)).code == "hours_by_law"

    run(scenario())


def test_where_an_authority_may_have_given_leave_it_is_asked_and_noted(tmp_path: Path) -> None:
    clock = clock_at("QC", "2026-11-28T21:30")

    async def scenario() -> None:
        async with open_shop(tmp_path, clock, text=shop_in("QC")) as shop:
            await put_goods(shop)
            asked = await refused(shop, sale_of("bud"), CASHIER)
            assert (asked.code, asked.values["until"]) == ("hours_by_leave", "21:00")
            done = await shop.do(msgspec.structs.replace(sale_of("bud"), answers=(asked.answer,)), CASHIER)
            assert isinstance(done, Done)
            assert SoldOutsideHours("cannabis", "bud", "hours_by_leave") in done.events
            cart = await do(shop, OpenCart("kiosk"))
            no = await refused(shop, AddToCart(cart.id, sku="bud", age_said=99))
            assert (no.code, no.answer) == ("hours_by_leave", ""), "no customer says yes to that"

    run(scenario())


def test_a_shop_has_narrower_hours_and_may_sell_all_the_same(tmp_path: Path) -> None:
    clock = clock_at("ON", "2026-11-26T21:30")

    async def scenario() -> None:
        async with open_shop(tmp_path, clock, text=shop_in("ON", '[hours]\ncannabis = "10:00-21:00"\n')) as shop:
            await put_goods(shop)
            asked = await refused(shop, sale_of("bud"), CASHIER)
            assert (asked.code, asked.values["until"]) == ("hours_own", "21:00")
            done = await shop.do(msgspec.structs.replace(sale_of("bud"), answers=(asked.answer,)), CASHIER)
            assert isinstance(done, Done) and SoldOutsideHours("cannabis", "bud", "hours_own") in done.events
            for wrong in ("21:00", "10:00-10:00", "25:00-26:00", 21):
                said = await refused(shop, SetSetting("hours.cannabis", wrong), SYSTEM)
                assert said.code == "setting_wrong"
            await do(shop, SetSetting("hours.cannabis", "10:00-22:00"), SYSTEM)
            await do(shop, sale_of("bud"), CASHIER)
            clock.advance(7200)
            assert (await refused(shop, sale_of("bud"), CASHIER)).code == "hours_by_law", "the law's hours are no wider"

    run(scenario())
