"""What follows the sales writes many of them together, and comes to the same as one at a time, also behind a crash."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.core import batch
from edge.core.command_bus import CommandBus
from edge.core.journal import shadow_rebuild
from edge.core.journal.projections import caught_up, follow_together
from edge.core.messages import Actor, Command, Done
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.counter.till.commands import (
    AbandonBasket,
    AddLine,
    CorrectTender,
    OverridePrice,
    Pay,
    RefundedLine,
    RefundSale,
    ReprintReceipt,
    VoidLastSale,
)
from edge.counter.till.events import SaleCompleted
from edge.goods.catalog.commands import SetProducts
from edge.goods.modifiers.commands import SetModifierGroup
from edge.goods.modifiers.modifier import Modifier, ModifierGroup
from edge.goods.stock.commands import Moved, MoveStock, RecordMovement
from tests.counter_shop import SECOND, in_a_shop
from tests.shop_fixture import CASHIER, MANAGER, MILK, PRODUCTS, SYSTEM, TOMATO, FakeClock

SEEDS = (1, 2, 3)
DEEDS = 120
DAY_S = 24 * 3600.0
TILLS = (CASHIER, SECOND)
NOT_TRADED = {"search_imported", "figure_place"}
"""Tables of which this trade has nothing."""


def batched(shop: CommandBus) -> list[Projector]:
    """What writes its rows in batches, each behind what it rests on."""
    return [one for one in shop.registry.projectors if one.batch]


def rows(db: Connection, projectors: list[Projector]) -> dict[str, list[Any]]:
    return {table: sorted(db.execute(f"SELECT * FROM {table}"), key=repr) for one in projectors for table in one.tables}


def deeds(chance: random.Random) -> Iterator[tuple[Command, Actor]]:
    """Half of them are sales; the rest, whatever else happens to them and to the goods."""
    while True:
        till = chance.choice(TILLS)
        manager = msgspec.structs.replace(MANAGER, register=till.register)
        lines = [Moved("milk", -1_000)]
        again = msgspec.structs.replace(PRODUCTS[0], cost_minor=chance.randint(30, 90))
        others: list[tuple[Command, Actor]] = [
            (VoidLastSale(), manager),
            (RefundSale(chance.randint(1, 20), lines=(RefundedLine(1, 1_000),)), manager),
            (CorrectTender(chance.randint(1, 20), "card"), manager),
            (ReprintReceipt(chance.randint(1, 20)), till),
            (OverridePrice(1, chance.randint(50, 150)), manager),
            (AbandonBasket(), manager),
            (MoveStock("wasted", tuple(lines)), SYSTEM),
            (MoveStock("used", tuple(lines)), SYSTEM),
            (RecordMovement("milk", "in", units=chance.randint(1, 9) * 1_000, unit_cost_minor=60), SYSTEM),
            (SetProducts((again, *PRODUCTS[1:])), SYSTEM),
        ]
        for _ in range(chance.randint(1, 3)):
            yield AddLine(chance.choice((MILK, TOMATO)), quantity=chance.randint(1, 4) * 1_000), till
        yield chance.choice(others)
        yield Pay(chance.choice(("cash", "card"))), till


async def nothing() -> None:
    """Between two deeds."""


async def trade(shop: CommandBus, clock: FakeClock, seed: int, between: Callable[[], Awaitable[None]] = nothing) -> int:
    """Three days, one of them by a clock that was ahead; the number of sales."""
    chance = random.Random(seed)
    sales = 0
    large = Modifier("large", {"en": "Large"}, 30, preset=True)
    await shop.do(SetModifierGroup(ModifierGroup("size", {"en": "Size"}, (large,), ("milk",))), SYSTEM)
    for day_s in (0.0, 2 * DAY_S, -DAY_S):
        clock.advance(day_s)
        for command, actor in islice(deeds(chance), DEEDS):
            outcome = await shop.do(command, actor)  # one that is refused is no fact
            sales += isinstance(outcome, Done) and any(isinstance(one, SaleCompleted) for one in outcome.events)
            clock.advance(60)
            await between()
    return sales


@pytest.mark.parametrize("seed", SEEDS)
def test_many_events_together_come_to_the_same_as_one_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        assert await trade(shop, clock, seed) > DEEDS // 4
        projectors = batched(shop)
        assert {"papers", "register_days", "periods", "drawers", "figures", "demand"} < {one.name for one in projectors}
        tables = []
        for together in (1, 7, 10_000):
            monkeypatch.setattr(shadow_rebuild, "REBUILD_ROWS", together)
            built = shadow_rebuild.build(
                tmp_path / f"{together}.db", shop.reader, shop.registry, shop.registry.projectors
            )
            tables.append(rows(built, projectors))
            built.close()
        empty = {name for name, found in tables[0].items() if not found}
        assert empty <= NOT_TRADED or seed != SEEDS[0], empty
        for name, found in tables[0].items():
            assert tables[1][name] == found, name
            assert tables[2][name] == found, name

    in_a_shop(scenario, tmp_path)


def test_a_crash_within_a_batch_neither_loses_nor_repeats_an_event(tmp_path: Path) -> None:
    """A process that dies loses what it had in memory and the position with it, so that it is read again."""

    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        await trade(shop, clock, SEEDS[0])
        projectors, chance = batched(shop), random.Random(SEEDS[0])
        names = [one.name for one in projectors]

        async def followed(dying: float) -> dict[str, list[Any]]:
            """What they come to from the first row on, if so many of their turns die."""

            def begin(db: Connection) -> None:
                for one in projectors:
                    shadow_rebuild.clear(db, one)
                    db.execute("UPDATE projection SET seq = 0 WHERE name = ?", (one.name,))

            def turn(db: Connection) -> bool:
                db.execute("SAVEPOINT turn")
                follow_together(db, shop.registry, projectors)
                if chance.random() < dying:
                    db.execute("ROLLBACK TO turn")
                db.execute("RELEASE turn")
                at = dict(db.execute("SELECT name, seq FROM projection"))
                return min(at[name] for name in names) < shop.head.seq

            await shop.maintain(begin)
            while await shop.maintain(turn):
                pass
            return rows(shop.reader, projectors)

        steady = await followed(0.0)
        for name, found in (await followed(0.5)).items():
            assert steady[name] == found, name

    in_a_shop(scenario, tmp_path)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_remembered_from_turn_to_turn_matches_the_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Turns behind almost every deed, some rolled back with what they wrote, come to what one without memory does."""
    monkeypatch.setattr(batch, "BATCH_ROWS", seed)  # the first remembers little, the last more

    async def scenario(shop: CommandBus, clock: FakeClock) -> None:
        chance, cache = random.Random(seed), shop.follower_cache
        following = [one for one in shop.registry.projectors if not one.strict]
        again, begin = list[str](), cache.begin

        def noted(projector: Projector, db: Connection, at: int) -> Any:
            kept = cache.batches.get(projector.name)
            found = begin(projector, db, at)
            again.extend([projector.name] if kept and kept[1] is found else [])
            return found

        monkeypatch.setattr(cache, "begin", noted)

        def turn(db: Connection) -> None:
            db.execute("SAVEPOINT turn")
            follow_together(db, shop.registry, following, cache=cache)
            if chance.random() < 0.3:
                db.execute("ROLLBACK TO turn")
            db.execute("RELEASE turn")

        async def between() -> None:
            if chance.random() < 0.8:
                await shop.maintain(turn)

        await trade(shop, clock, seed, between)
        await caught_up(shop, *(one.name for one in following))
        assert {one.name for one in batched(shop)} <= set(again), "each went on with what it remembered"
        remembered = rows(shop.reader, batched(shop))

        def clear(db: Connection) -> None:
            for one in batched(shop):
                shadow_rebuild.clear(db, one)
                db.execute("UPDATE projection SET seq = 0 WHERE name = ?", (one.name,))

        def follow(db: Connection) -> bool:
            return any(step.behind for step in follow_together(db, shop.registry, batched(shop)).values())

        await shop.maintain(clear)
        while await shop.maintain(follow):
            pass
        for name, expected in rows(shop.reader, batched(shop)).items():
            assert remembered[name] == expected, name

    in_a_shop(scenario, tmp_path)
