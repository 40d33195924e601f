"""Head office's orders of a store match the store's, however the rows were divided into batches."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from edge.app import hub
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import read_rows
from edge.core.messages import Done
from edge.counter.till.commands import Pay, TenderGiven
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.ordering.delivery.commands import SetZone
from edge.ordering.delivery.zones import DeliveryZone
from edge.ordering.orders.commands import (
    AddToCart,
    CancelOrder,
    ChangeOrder,
    HandOverOrder,
    LeaveCart,
    LineWanted,
    MoveOrder,
    OpenCart,
    PlaceOrder,
    SetOrderAddress,
)
from edge.ordering.orders.hub import OrderTables
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.paying.advances import GiveBackAdvance, TakeAdvance
from edge.ordering.orders.queries import read_shop_orders
from sync.hub.model import Key
from tests.head_office import head_office
from tests.order_money import History
from tests.ordering import milk_order
from tests.shop_fixture import CASHIER, CONFIG, FakeClock, open_shop, run
from tests.sync_fixture import query

KEY, OTHER = Key("demo", "corner", "box1"), Key("demo", "corner", "box2")
STAFF = CASHIER.with_rights("orders", "refund")


@pytest.mark.parametrize("batch", [1, 100])
def test_the_hub_has_what_the_store_has(tmp_path: Path, database: str, batch: int) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:

            async def do(command: object) -> object:
                done = await shop.do(command, STAFF)  # type: ignore[arg-type]
                assert isinstance(done, Done), done
                return done.result

            for place in (True, True, False):
                cart = (await do(OpenCart())).id  # type: ignore[attr-defined]
                await do(AddToCart(cart, sku="milk", quantity=3000))
                if place:
                    order = await do(PlaceOrder(cart, 360, name="Dana"))
                else:
                    await do(LeaveCart(cart))
            await do(TakeAdvance(order.id, 300))  # type: ignore[attr-defined]
            await do(Pay("card"))
            await do(ChangeOrder(order.id, (LineWanted(1, 2000),), "short"))  # type: ignore[attr-defined]
            part = (LineWanted(1, 1000),)
            await do(HandOverOrder(order.id, (TenderGiven("card"),), lines=part))  # type: ignore[attr-defined]
            await do(HandOverOrder(order.id, (TenderGiven("card"),)))  # type: ignore[attr-defined]
            await do(GiveBackAdvance(order.id, 20))  # type: ignore[attr-defined]
            projector = OrderTables(shop.registry)
            connection = await asyncpg.connect(database)
            await connection.execute(hub.tables()["orders"])
            steps = ("OrderPlaced", "OrderMoved", "OrderChanged", "OrderParted", "SlotSet")
            for types in ((*steps, "SaleCompleted", "SaleRefunded"), ("CartEnded",)):
                rows = [row for row in read_rows(shop.reader, 1, 1000) if row.type in types]
                for key in (KEY, OTHER):
                    for at in range(0, len(rows), batch):
                        await projector.handlers[types[0]](connection, key, rows[at : at + batch])
            await projector.reset(connection, OTHER)
            fields = "number, said, state, version, total_minor, channel, advance_minor"
            query = f"SELECT {fields} FROM shop_order ORDER BY number"
            theirs = [tuple(row) for row in await connection.fetch(query)]
            assert theirs == list(shop.reader.execute(query).fetchall())
            assert theirs[1] == (2, "W02", "handed_over", 3, 120, "api", 40)
            sale = await connection.fetchrow("SELECT register, receipt, lines FROM shop_order WHERE number = 2")
            assert tuple(sale) == ("1", 3, 1)
            told = "SELECT was, now, actor, surface FROM {} ORDER BY seq"
            assert [tuple(row) for row in await connection.fetch(told.format("order_status_history"))] == list(
                shop.reader.execute(told.format("order_step")).fetchall()
            )
            ended = await connection.fetch("SELECT channel, why, goods, total_minor FROM ended_cart")
            assert [tuple(row) for row in ended] == [("api", "left", 1, 360)]
            await connection.close()

    run(scenario())


def test_the_hub_knows_what_was_kept_of_an_order_that_nobody_came_for(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=f"{CONFIG}\n[orders]\nno_show_fee_minor = 100\n") as shop:

            async def do(command: object) -> Any:
                done = await shop.do(command, STAFF)  # type: ignore[arg-type]
                assert isinstance(done, Done), done
                return done.result

            cart = (await do(OpenCart())).id
            await do(AddToCart(cart, sku="milk", quantity=3000))
            order = await do(PlaceOrder(cart, 360, no_show_fee_minor=100))
            await do(TakeAdvance(order.id, 300))
            await do(Pay("card"))
            for step in ("accepted", "preparing", "ready"):
                await do(MoveOrder(order.id, step))
            clock.advance(24 * 3600)
            await do(CancelOrder(order.id, keep_fee=True))
            other = await milk_order(shop, 1)
            await do(CancelOrder(other.id))
            projector = OrderTables(shop.registry)
            connection = await asyncpg.connect(database)
            await connection.execute(hub.tables()["orders"])
            types = ("OrderPlaced", "OrderMoved", "SaleCompleted")
            rows = [row for row in read_rows(shop.reader, 1, 1000) if row.type in types]
            await projector.handlers[types[0]](connection, KEY, rows)
            fields = "state, register, receipt, advance_minor"
            found = await connection.fetchrow(f"SELECT {fields} FROM shop_order WHERE receipt IS NOT NULL")
            assert tuple(found) == ("cancelled", "1", 2, 200)
            ends = "SELECT now, no_show FROM order_status_history WHERE now IN ('cancelled', 'rejected') ORDER BY seq"
            assert [tuple(row) for row in await connection.fetch(ends)] == [("cancelled", True), ("rejected", False)]
            await connection.close()

    run(scenario())


def test_what_is_paid_ahead_is_no_revenue_of_a_day_at_head_office(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop, head_office(database) as office:

            async def do(command: object) -> Any:
                done = await shop.do(command, STAFF)  # type: ignore[arg-type]
                assert isinstance(done, Done), done
                return done.result

            fetched, given_up = await milk_order(shop, 3), await milk_order(shop, 1)
            for order, minor in ((fetched, 300), (given_up, 120)):
                await do(TakeAdvance(order.id, minor))
                await do(Pay("card"))
            await do(HandOverOrder(fetched.id, (TenderGiven("card"),)))
            await do(CancelOrder(given_up.id))
            await do(GiveBackAdvance(given_up.id))
            await office.up(KEY, shop)
            (day,) = await query(database, "SELECT sales, refunds, net_minor, paid_minor FROM sales_by_day")
            assert [int(one) for one in day] == [1, 1, 341, 300 + 120 + 360 - 120], "three bottles of milk, without VAT"

    run(scenario())


@pytest.mark.parametrize("batch", [1, 100])
def test_the_hub_follows_a_delivery_to_another_address(tmp_path: Path, database: str, batch: int) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:

            async def do(command: object) -> Any:
                done = await shop.do(command, STAFF.with_rights("manage"))  # type: ignore[arg-type]
                assert isinstance(done, Done), done
                return done.result

            await do(SetProducts((Product("fee", {"en": "Delivery"}, price_minor=0, tax_class="standard"),)))
            await do(SetZone(DeliveryZone("near", "Near", ("75001",), "fee", 300)))
            await do(SetZone(DeliveryZone("far", "Far", ("75002",), "fee", 500)))
            for _ in range(2):
                cart = (await do(OpenCart())).id
                await do(AddToCart(cart, sku="milk", quantity=3000))
                said: Any = {"name": "Dana", "phone": "+33612345678", "address": "1 rue A", "postal_code": "75001"}
                order = await do(PlaceOrder(cart, 660, fulfilment="delivery", **said))
            await do(SetOrderAddress(order.id, "9 rue Z", "75002", 860))
            projector = OrderTables(shop.registry)
            connection = await asyncpg.connect(database)
            await connection.execute(hub.tables()["orders"])
            types = ("OrderPlaced", "OrderMoved", "OrderChanged", "OrderReaddressed")
            rows = [row for row in read_rows(shop.reader, 1, 1000) if row.type in types]
            assert any(row.type == "OrderReaddressed" for row in rows)
            for at in range(0, len(rows), batch):
                await projector.handlers[types[0]](connection, KEY, rows[at : at + batch])
            found = await connection.fetch(
                "SELECT number, zone, total_minor, fee_minor FROM shop_order ORDER BY number"
            )
            assert [tuple(row) for row in found] == [(1, "near", 660, 300), (2, "far", 860, 500)]
            everything = [str(tuple(row)) for row in await connection.fetch("SELECT * FROM shop_order")]
            assert not any("rue" in row or "Dana" in row for row in everything), "where it goes is nobody's there"
            await connection.close()

    run(scenario())


def all_orders(shop: CommandBus) -> list[KeptOrder]:
    """Return the open and the ended orders."""
    return [*read_shop_orders(shop.reader), *read_shop_orders(shop.reader, ended=True, limit=200)]


@pytest.mark.parametrize("batch", [1, 100])
def test_the_hub_has_the_money_of_orders_whatever_was_done_with_them(tmp_path: Path, database: str, batch: int) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=f"{CONFIG}\n[orders]\ntips = 'all'\n") as shop:
            history = History(shop, clock, random.Random(7))
            await history.begin()
            for _ in range(120):
                await history.step()
            while not any(one.advance_minor for one in all_orders(shop)):  # needed for the comparison
                await history.step()
            projector = OrderTables(shop.registry)
            connection = await asyncpg.connect(database)
            await connection.execute(hub.tables()["orders"])
            project = projector.handlers["OrderPlaced"]
            own = {type for type, one in projector.handlers.items() if one == project}
            rows = [row for row in read_rows(shop.reader, 1, 10_000) if row.type in own]
            for at in range(0, len(rows), batch):
                await project(connection, KEY, rows[at : at + batch])
            fields = "order_id, state, version, total_minor, advance_minor, tip_minor, parts_minor, register, receipt"
            theirs = [tuple(row) for row in await connection.fetch(f"SELECT {fields} FROM shop_order")]
            ours = [
                (
                    *(one.id, one.state, one.version, one.goods.total_minor, one.advance_minor, one.goods.tip_minor),
                    *(one.parts_minor, one.register or None, one.receipt or None),
                )
                for one in all_orders(shop)
            ]
            assert sorted(theirs) == sorted(ours)
            await connection.close()

    run(scenario())
