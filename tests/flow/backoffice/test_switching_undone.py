"""Imports of past sales are undone in any order, and nothing of them stays."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from edge.backoffice.switching.commands import MoveIn, TakeBackMove
from edge.backoffice.switching.moved import MovedFile
from edge.core.command_bus import CommandBus
from edge.core.journal.projections import caught_up
from edge.core.journal.rows import facts
from edge.goods.catalog.queries import find_by_sku
from tests.flow.backoffice.test_switching import brought, moved
from tests.shop_fixture import FakeClock, open_shop, run

Days = dict[tuple[str, str], int]
MILK, BEER = "milk", "beer"
FIRST = {(MILK, "2026-07-18"): 300, (MILK, "2026-07-19"): 200}
LATER = {(MILK, "2026-07-19"): 500, (BEER, "2026-07-20"): 700}
ITEMS = """\
Item Name,SKU,Category,Price,Default Unit Cost
Tea,TEA,Drinks,3.50,1.00
Mug,MUG,Kitchen,9.90,4.00
"""
DAY_LATER = """\
Name,Internal Reference,Sales Price,Product Category
Tea,TEA,3.80,Drinks
Spoon,SPOON,2.10,Kitchen
"""


def sold_file(days: Days) -> str:
    rows = ["Date,SKU,Item,Qty,Net Sales,Transaction ID"]
    rows += [
        f"{day},{sku},Item,1,{minor / 100:.2f},R{at}" for at, ((sku, day), minor) in enumerate(sorted(days.items()))
    ]
    return "\n".join(rows) + "\n"


async def imported(shop: CommandBus, folder: Path, clock: FakeClock, days: Days) -> int:
    path = brought(shop, folder, "sales.csv", sold_file(days))
    job, _ = await moved(shop, MoveIn((MovedFile(str(path), "sales_lines"),)), clock)
    return job.id


def past(shop: CommandBus) -> Days:
    """The revenue of imported days, as the journal tells it last."""
    found: Days = {}
    for fact in facts(shop.reader, shop.registry):
        event: Any = fact.event
        if type(event).__name__ == "HistoryRecorded":
            found |= {(row.sku, row.day): row.minor for row in event.rows}
        elif type(event).__name__ == "HistoryTakenBack":
            for key in event.rows:
                found.pop(key, None)
    return found


def test_a_day_that_an_undo_restored_goes_with_the_import_it_came_from(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock()) as shop:
            first = await imported(shop, tmp_path, clock, FIRST)
            later = await imported(shop, tmp_path, clock, LATER)
            assert past(shop) == FIRST | LATER
            await moved(shop, TakeBackMove(later), clock)
            assert past(shop) == FIRST
            await moved(shop, TakeBackMove(first), clock)
            assert past(shop) == {}
            await caught_up(shop, "demand")
            sold = "SELECT count(*) FROM demand_day WHERE sold <> 0 OR minor <> 0"
            assert shop.reader.execute(sold).fetchone() == (0,)

    run(scenario())


@pytest.mark.parametrize("seed", range(4))
def test_imports_and_undos_in_any_order_end_where_they_began(tmp_path: Path, seed: int) -> None:
    async def scenario() -> None:
        chance = random.Random(seed)
        keys = [(sku, f"2026-07-{day}") for sku in (MILK, BEER) for day in (18, 19, 20)]
        left = [{key: chance.randrange(100, 900) for key in chance.sample(keys, 3)} for _ in range(4)]
        imports: dict[int, Days] = {}
        async with open_shop(tmp_path, clock := FakeClock()) as shop:
            while left or imports:
                if left and (not imports or chance.random() < 0.55):
                    days = left.pop()
                    imports[await imported(shop, tmp_path, clock, days)] = days
                else:
                    job = chance.choice(list(imports))
                    del imports[job]
                    await moved(shop, TakeBackMove(job), clock)
                expected: Days = {}
                for days in imports.values():
                    expected |= days
                assert past(shop) == expected, "the newest import that is still here counts"
            assert past(shop) == {}

    run(scenario(), 120)


def test_products_of_several_files_all_go_back(tmp_path: Path) -> None:
    """Each file is a source of its own, and two of them may say something of one product."""

    async def scenario() -> None:
        async with open_shop(tmp_path, clock := FakeClock(), stocked=False) as shop:
            paths = (brought(shop, tmp_path, "a.csv", ITEMS), brought(shop, tmp_path, "b.csv", DAY_LATER))
            job, _ = await moved(shop, MoveIn(tuple(MovedFile(str(path), "catalogue") for path in paths)), clock)
            tea, mug = find_by_sku(shop.reader, "TEA"), find_by_sku(shop.reader, "MUG")
            assert tea and mug and (tea.price_minor, mug.price_minor) == (380, 990)
            undone, notes = await moved(shop, TakeBackMove(job.id), clock)
            assert (undone.counts["products_back"], notes) == (3, [])
            for sku in ("TEA", "MUG", "SPOON"):
                gone = find_by_sku(shop.reader, sku)
                assert gone and gone.retired_us is not None, sku

    run(scenario())
