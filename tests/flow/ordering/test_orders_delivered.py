"""Orders that are brought: zones with their fees, hours and room, drivers, attempts, and what papers say of people."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from edge.core.messages import Refused
from edge.core.people.forgetting import ForgetPerson
from edge.counter.till.commands import TenderGiven
from edge.foundation.opening_hours.commands import SetHours
from edge.foundation.opening_hours.rules import OpenSpan, StoreHours
from edge.foundation.printing.commands import CopyPrint, SettlePrint
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.personal import readable
from edge.foundation.printing.queries import read_print_job
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.ordering.delivery.commands import SetZone
from edge.ordering.delivery.queries import read_zones
from edge.ordering.delivery.zones import DeliveryZone
from edge.ordering.orders.commands import (
    AddToCart,
    CancelOrder,
    ChangeOrder,
    HandOverOrder,
    LineWanted,
    MoveOrder,
    OpenCart,
    PlaceOrder,
    PrintRun,
    SetOrderSlot,
)
from edge.ordering.orders.fulfilment.slot_choice import slots_to
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.paying.advances import TakeAdvance
from tests.counter_shop import paid
from tests.ordering import CARD, STAFF, do, kept, milk_cart, milk_order, refused, sales, whole
from tests.shop_fixture import BEER, CASHIER, SYSTEM, FakeClock, open_shop, run

HOUR_US = 3_600_000_000
PARIS = ZoneInfo("Europe/Paris")


def hour_of(at_us: int) -> int:
    return datetime.fromtimestamp(at_us / 1e6, PARIS).hour


def test_delivery_by_zone_fee_and_proof(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            zone = DeliveryZone("town", "Town", ("750",), "mystery", 300, 200, 1000)
            await do(shop, SetZone(zone), SYSTEM)
            twice = DeliveryZone("other", "Other", ("750",), "mystery")
            assert (await refused(shop, SetZone(twice), SYSTEM)).code == "zone_prefix_twice"
            cart = await milk_cart(shop)
            to: Any = {"fulfilment": "delivery", "name": "Dana", "phone": "0123456789", "address": "1 rue Haute"}
            far = await refused(shop, PlaceOrder(cart.id, 240, postal_code="13001", **to))
            assert far.code == "no_delivery_there"
            assert (await refused(shop, PlaceOrder(cart.id, 240, fulfilment="delivery"))).code == "delivery_needs"
            dearer = await refused(shop, PlaceOrder(cart.id, 240, postal_code="75 011", **to))
            assert dearer == Refused("price_changed", {"was_minor": 240, "is_minor": 540})
            order = await do(shop, PlaceOrder(cart.id, 540, postal_code="75 011", **to))
            assert (order.zone, order.goods.fee_minor) == ("town", 300)
            for to_state in ("accepted", "preparing", "ready"):
                await do(shop, MoveOrder(order.id, to_state), STAFF)
            assert (await refused(shop, MoveOrder(order.id, "out_for_delivery"), STAFF)).code == "driver_missing"
            await do(shop, MoveOrder(order.id, "out_for_delivery", driver="u1"), STAFF)
            await do(shop, MoveOrder(order.id, "failed", reason="nobody at home"), STAFF)
            await do(shop, MoveOrder(order.id, "ready"), STAFF)
            await do(shop, MoveOrder(order.id, "out_for_delivery", driver="u1"), STAFF)
            await do(shop, HandOverOrder(order.id, (TenderGiven("cash"),)), STAFF)
            now = kept(shop, order)
            assert (now.state, now.attempts, now.driver) == ("delivered", 1, "u1")
            assert sales(shop)[0].total_minor == 540
            await whole(shop)

    run(scenario())


@pytest.mark.parametrize("waived", [False, True])
def test_at_a_door_where_nobody_is_old_enough_the_fee_of_the_way_is_kept(tmp_path: Path, waived: bool) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, SetZone(DeliveryZone("town", "Town", ("750",), "mystery", 300)), SYSTEM)
            cart = await do(shop, OpenCart("kiosk"))
            cart = await do(shop, AddToCart(cart.id, code=BEER, age_said=18))
            to: Any = {"fulfilment": "delivery", "name": "Dana", "phone": "0123456789", "address": "1 rue Haute"}
            total_minor = cart.total_minor + 300
            order = await do(shop, PlaceOrder(cart.id, total_minor, postal_code="75011", **to))
            await do(shop, TakeAdvance(order.id), STAFF)
            await paid(shop, "card")
            for state in ("accepted", "preparing", "ready"):
                await do(shop, MoveOrder(order.id, state), STAFF)
            await do(shop, MoveOrder(order.id, "out_for_delivery", driver="u1"), STAFF)
            await do(shop, HandOverOrder(order.id, CARD, id_failed=True, fee_waived=waived), STAFF)
            now = kept(shop, order)
            assert (now.state, now.owed_minor) == ("cancelled", total_minor if waived else total_minor - 300)
            fees = [sale for sale in sales(shop) if all(line.sku == "mystery" for line in sale.lines)]
            assert [sale.total_minor for sale in fees] == ([] if waived else [300])
            await whole(shop)

    run(scenario())


def test_a_third_attempt_is_a_managers_and_papers_forget_whom_they_were_for(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, SetZone(DeliveryZone("town", "Town", ("750",), "mystery", 300)), SYSTEM)
            cart = await milk_cart(shop, channel="phone")
            to: Any = {"fulfilment": "delivery", "name": "Dana", "phone": "0123456789", "address": "1 rue Haute"}
            order = await do(shop, PlaceOrder(cart.id, 540, postal_code="75011", **to))
            out = MoveOrder(order.id, "out_for_delivery", driver="u1")
            for state in ("accepted", "preparing", "ready"):
                await do(shop, MoveOrder(order.id, state), STAFF)
            for _ in range(2):
                await do(shop, out, STAFF)
                await do(shop, PrintRun("u1"), STAFF)
                await do(shop, MoveOrder(order.id, "failed", reason="nobody at home"), STAFF)
                await do(shop, MoveOrder(order.id, "ready"), STAFF)
            assert await refused(shop, out, STAFF) == Refused("attempts_over", {"attempts": 2})
            await do(shop, out, SYSTEM)
            await do(shop, MoveOrder(order.id, "failed", reason="nobody at home"), STAFF)
            await do(shop, CancelOrder(order.id, "nobody at home"), STAFF)
            jobs = [read_print_job(shop.reader, id) for (id,) in shop.reader.execute("SELECT id FROM print_job")]
            papers = [job.document for job in jobs if job is not None and job.kind == "order"]
            stored = msgspec.json.encode(papers)
            assert len(papers) == 3 and not any(said in stored for said in (b"Dana", b"0123456789", b"rue Haute"))
            assert all("1 rue Haute" in plain_text(readable(shop.reader, paper)) for paper in papers)
            await do(shop, ForgetPerson(order.id), SYSTEM)
            texts = [plain_text(readable(shop.reader, paper)) for paper in papers]
            assert all("P01" in text and "Dana" not in text and "rue Haute" not in text for text in texts)

    run(scenario())


def test_a_paper_is_copied_by_whoever_may_have_it_made(tmp_path: Path) -> None:
    """A driver's list says where people live: at the till no one has it again who could not have asked for it."""

    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, SetZone(DeliveryZone("town", "Town", ("750",), "mystery", 300)), SYSTEM)
            cart = await milk_cart(shop, channel="phone")
            to: Any = {"fulfilment": "delivery", "name": "Dana", "phone": "0123456789", "address": "1 rue Haute"}
            order = await do(shop, PlaceOrder(cart.id, 540, postal_code="75011", **to))
            for state in ("accepted", "preparing", "ready"):
                await do(shop, MoveOrder(order.id, state), STAFF)
            await do(shop, MoveOrder(order.id, "out_for_delivery", driver="u1"), STAFF)
            await do(shop, PrintRun("u1"), STAFF)
            picking, run_of_u1 = (
                id for (id,) in shop.reader.execute("SELECT id FROM print_job ORDER BY id").fetchall()
            )
            for job in (picking, run_of_u1):
                await do(shop, SettlePrint(job, "sending", printer="printer"), SYSTEM)
                await do(shop, SettlePrint(job, "unknown", printer="printer"), SYSTEM)
            rights = (frozenset(those) for those in (("sell",), ("orders",), ("sell", "deliver")))
            sells, picks, drives = (msgspec.structs.replace(CASHIER, rights=those) for those in rights)
            assert (await refused(shop, CopyPrint(run_of_u1), sells)).values["right"] == "orders"
            for job, asks in ((picking, sells), (picking, picks), (run_of_u1, drives), (run_of_u1, picks)):
                copy = read_print_job(shop.reader, await do(shop, CopyPrint(job), asks))
                assert copy is not None and copy.copy == 1
                assert "1 rue Haute" in plain_text(readable(shop.reader, copy.document))

    run(scenario())


def test_a_fee_is_taxed_as_the_goods_are_by_value_unless_its_product_has_a_class(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            to: Any = {"fulfilment": "delivery", "name": "Dana", "phone": "0123456789", "address": "1 rue Haute"}
            to |= {"postal_code": "75011"}
            made = [Product("brought", {"en": "Delivery"}), Product("sack", {"en": "Sack"}, price_minor=360)]
            await do(shop, SetProducts(tuple(made)), SYSTEM)
            await do(shop, SetZone(DeliveryZone("town", "Town", ("750",), "brought", 301)), SYSTEM)
            milk = await do(shop, PlaceOrder((await milk_cart(shop)).id, 541, **to))
            assert fees(milk) == [("reduced", 301)]
            cart = await milk_cart(shop, pieces=1)
            cart = await do(shop, AddToCart(cart.id, sku="sack"))
            both = await do(shop, PlaceOrder(cart.id, 781, **to))
            assert (fees(both), both.goods.fee_minor) == ([("reduced", 75), ("standard", 226)], 301)
            sack = next(line.id for line in both.goods.lines if line.sku == "sack")
            left = await do(shop, ChangeOrder(both.id, (LineWanted(sack, 0),), "short"), STAFF)
            assert left.goods.fee_minor == 301  # as it was placed
            part = await do(shop, HandOverOrder(both.id, CARD), STAFF)
            assert part.total_minor == 421
            await do(shop, SetProducts((Product("brought", {"en": "Delivery"}, tax_class="standard"),)), SYSTEM)
            own = await do(shop, PlaceOrder((await milk_cart(shop)).id, 541, **to))
            assert fees(own) == [("standard", 301)]
            await whole(shop)

    run(scenario())


def fees(order: KeptOrder) -> list[tuple[str, int]]:
    return [(line.tax_class, line.amount_minor) for line in order.goods.sold_lines if line.sku == "brought"]


def test_a_zone_has_hours_and_room_of_its_own(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            day = (OpenSpan(8 * 60, 20 * 60),)
            await do(shop, SetHours(StoreHours((day,) * 7, slot_min=60, prepare_min=0)), SYSTEM)
            evening = ((OpenSpan(18 * 60, 20 * 60),),) * 7
            zone = DeliveryZone("town", "Town", ("750",), "mystery", weekly=evening, capacity=1)
            await do(shop, SetZone(zone), SYSTEM)
            clock.advance((12 - hour_of(clock.at_us)) % 24 * 3600)
            to: Any = {"fulfilment": "delivery", "name": "Dana", "phone": "0123456789", "address": "1 rue Haute"}
            to |= {"postal_code": "75011"}
            slots = slots_to(shop.reader, PARIS, shop.now_us(), "75011")
            assert not isinstance(slots, Refused)
            first, second = (slot.from_us for slot in slots[:2])
            assert [hour_of(first), hour_of(second)] == [18, 19], "the shop has slots all day long"
            cart = await milk_cart(shop)
            named = {f"next{n}_us": slot.from_us for n, slot in enumerate(slots[:3], 1)}
            at_once = await refused(shop, PlaceOrder(cart.id, 240, **to))
            assert at_once == Refused("zone_not_then", {"zone": "Town", **named}), "nobody drives at noon"
            noon = await refused(shop, PlaceOrder(cart.id, 240, slot_from_us=first - 5 * HOUR_US, **to))
            assert noon == at_once
            await do(shop, PlaceOrder(cart.id, 240, slot_from_us=first, **to))
            fetched = await milk_order(shop, slot_from_us=first)
            assert fetched.slot_from_us == first, "there is room for who comes"
            cart = await milk_cart(shop)
            full = await refused(shop, PlaceOrder(cart.id, 240, slot_from_us=first, **to))
            assert (full.code, full.values["next1_us"]) == ("slot_full", second)
            other = await do(shop, PlaceOrder(cart.id, 240, slot_from_us=second, **to))
            moved = await refused(shop, SetOrderSlot(other.id, first - HOUR_US), STAFF)
            assert moved.code == "zone_not_then"
            assert (await refused(shop, SetOrderSlot(other.id, first), STAFF)).code == "slot_full"
            await whole(shop)

    run(scenario())


def test_a_zone_that_cannot_be_is_refused_when_it_is_set(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            backwards = DeliveryZone("town", "Town", ("750",), "mystery", weekly=((OpenSpan(600, 500),),) * 7)
            assert (await refused(shop, SetZone(backwards), SYSTEM)).code == "hours_backwards"
            days = DeliveryZone("town", "Town", ("750",), "mystery", weekly=((OpenSpan(500, 600),),) * 3)
            assert (await refused(shop, SetZone(days), SYSTEM)).code == "zone_week"
            assert read_zones(shop.reader) == []

    run(scenario())
