"""Head office's sold modifiers, kitchen screens, hours and points match the store's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import asyncpg

from edge.app import hub
from edge.core.command_bus import CommandBus
from edge.core.journal.rows import read_rows
from edge.counter.kitchen_screens.commands import BumpTicket, SetKitchenStation
from edge.counter.kitchen_screens.hub import KitchenScreenTables
from edge.counter.kitchen_screens.queries import kitchen_screen
from edge.counter.kitchen_screens.station import KitchenStation
from edge.counter.loyalty.commands import AdjustPoints
from edge.counter.loyalty.hub import LoyaltyTables
from edge.counter.till.commands import AddLine, Pay
from edge.counter.till.hub import SaleTables
from edge.counter.time_clock.commands import CorrectWork, StampClock, TypedSpan
from edge.counter.time_clock.hub import TimeClockTables
from edge.foundation.access.commands import SetUser
from edge.foundation.access.credentials.pin import hash_pin
from edge.foundation.access.queries import at_till
from edge.foundation.access.rights import PINS
from edge.goods.modifiers.commands import SetModifierGroup
from edge.goods.modifiers.modifier import Modifier, ModifierGroup
from edge.people.customers.commands import GiveConsent, SetCustomer
from sync.hub.model import Key
from sync.hub.table_projector import TableProjector
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run

KEY, OTHER = Key("demo", "corner", "box1"), Key("demo", "corner", "box2")
SIZE = ModifierGroup("size", {"en": "Size"}, (Modifier("large", {"en": "Large"}, 50),), products=("milk",))


async def busy(shop: CommandBus, clock: FakeClock) -> None:
    """Sell a milk with a modifier, made at a station within a minute; record a day's hours, and correct another."""
    await done(shop, SetModifierGroup(SIZE), SYSTEM)

    await done(shop, SetKitchenStation(KitchenStation("bar", {"en": "Bar"})), SYSTEM)
    await done(shop, AddLine(sku="milk", modifiers=("size/large",)))
    await done(shop, Pay("cash"))
    clock.advance(60)
    shown = kitchen_screen(shop.reader, "bar")
    assert shown is not None
    await done(shop, BumpTicket("bar", shown.tickets[0].ticket, shown.tickets[0].version))
    await done(shop, SetUser("dana", "Dana", "cashier", hash_pin("7391")), SYSTEM.with_rights(PINS))
    await done(shop, StampClock("in"), at_till(shop.reader, "dana", "cashier", "1"))
    await done(shop, CorrectWork("dana", "2027-01-14", (TypedSpan("08:00", "12:00", 15),), "forgot"), SYSTEM)
    customer = (await done(shop, SetCustomer(name="Bo"), SYSTEM)).result
    await done(shop, GiveConsent(customer, "loyalty", "en"), SYSTEM)
    await done(shop, AdjustPoints(customer, 30, "welcome"), SYSTEM)


async def project(shop: CommandBus, connection: Any, projector: TableProjector) -> None:
    """Project both boxes' rows, then undo the other box's."""
    for handler in dict.fromkeys(projector.handlers.values()):
        types = [type for type, one in projector.handlers.items() if one == handler]
        rows = [row for row in read_rows(shop.reader, 1, 1000) if row.type in types]
        for key in (KEY, OTHER):
            await handler(connection, key, rows)
    await projector.reset(connection, OTHER)


def test_the_hub_has_what_the_store_has(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await busy(shop, clock)
            connection = await asyncpg.connect(database)
            tables = {
                "kitchen_screens": KitchenScreenTables,
                "time_clock": TimeClockTables,
                "loyalty": LoyaltyTables,
            }
            for capability, made in {**tables, "till": SaleTables}.items():
                projector = made(shop.registry)
                await connection.execute(hub.tables()[capability])
                await project(shop, connection, projector)
            lines = json.loads(await connection.fetchval("SELECT lines FROM sale"))
            assert lines[0]["modifiers"] == ["size/large"]
            made_there = await connection.fetch("SELECT station, number, lines, took_ms FROM kitchen_made")
            assert [tuple(row) for row in made_there] == [("bar", 1, 1, 60_000)]
            stamps = await connection.fetch("SELECT person, step FROM clock_stamp")
            assert [tuple(row) for row in stamps] == [("dana", "in")]
            day, spans = await connection.fetchrow("SELECT day, spans FROM work_correction")
            assert (day, json.loads(spans)[0]["break_us"]) == ("2027-01-14", 15 * 60_000_000)
            moves = await connection.fetch("SELECT purse, points, why FROM loyalty_move")
            assert [tuple(row) for row in moves] == [("points", 30, "welcome")]
            await connection.close()

    run(scenario())
