"""The lists of the next days: whose day is over stands under today, the same product once, deliveries by driver."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from edge.core.command_bus import CommandBus
from edge.foundation.opening_hours.commands import SetHours
from edge.foundation.opening_hours.rules import StoreHours
from edge.ordering.delivery.commands import SetZone
from edge.ordering.delivery.zones import DeliveryZone
from edge.ordering.orders.commands import ChangeOrder, LineWanted, MoveOrder, PlaceOrder
from edge.ordering.orders.fulfilment.plan import OrderPlan, read_plan
from edge.ordering.orders.fulfilment.plan_csv import as_csv
from edge.ordering.orders.order import KeptOrder
from tests.ordering import STAFF, do, milk_cart
from tests.shop_fixture import SYSTEM, FakeClock, open_shop, run

PARIS = ZoneInfo("Europe/Paris")
DAY_S = 24 * 3600


def plan(shop: CommandBus) -> OrderPlan:
    return read_plan(shop.reader, PARIS, shop.now_us())


async def wanted(shop: CommandBus, pieces: int, in_slots: int, **said: Any) -> KeptOrder:
    """An order for the slot so many hours from now."""
    cart = await milk_cart(shop, pieces, "phone")
    slots = shop.registry.queries["order_slots"].read(shop.reader, shop.now_us())
    total = cart.total_minor + (300 if said else 0)
    order: KeptOrder = await do(shop, PlaceOrder(cart.id, total, slot_from_us=slots[in_slots].from_us, **said))
    return order


def test_the_lists_of_seven_days(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await do(shop, SetHours(StoreHours(slot_min=60, days_ahead=9)), SYSTEM)
            await do(shop, SetZone(DeliveryZone("town", "Town", ("750",), "mystery", 300)), SYSTEM)
            later = await wanted(shop, 3, 30)
            sooner = await wanted(shop, 2, 2)
            door: Any = {"fulfilment": "delivery", "postal_code": "75011", "address": "=1+1"}
            out = await wanted(shop, 1, 4, name="Dana", phone="0123456789", **door)
            await wanted(shop, 1, 24 * 8)  # beyond the seven days
            found = plan(shop)
            assert len(found.days) == 7
            assert [(one.said, one.day) for one in found.orders] == [
                (sooner.said, found.days[0]),
                (out.said, found.days[0]),
                (later.said, found.days[1]),
            ]
            assert [(one.day, one.quantity, one.orders) for one in found.picking] == [
                (found.days[0], 3000, (sooner.said, out.said)),
                (found.days[1], 3000, (later.said,)),
            ]
            assert [one.said for one in found.runs] == [out.said]
            for to in ("accepted", "preparing", "ready"):
                await do(shop, MoveOrder(sooner.id, to), STAFF)
            await do(shop, ChangeOrder(out.id, (LineWanted(1, 2000),)), STAFF)
            assert next((one.quantity, one.orders) for one in plan(shop).picking) == (2000, (out.said,))
            clock.advance(2 * DAY_S)
            over = plan(shop)
            assert {one.day for one in over.orders if one.said in (sooner.said, later.said)} == {over.days[0]}
            text = as_csv(found, "runs", str, lambda names: names["en"], str).decode("utf-8-sig")
            assert text.splitlines()[0].startswith("day,driver,from") and "'=1+1" in text
            picked = as_csv(found, "picking", str, lambda names: names["en"], str).decode("utf-8-sig")
            assert picked.splitlines()[1].split(",")[3] == "3"

    run(scenario())
