"""`bench service`: random evenings of a café, each cut short by a kill of its process a few times: what was ordered at
tables against what was paid and what still waits there, and the points of members against the sales that they are of
(`differences`, wanted: none).

An evening is a shop of four tables and two registers in a process of its own, which is killed (`_exit`, nothing is
flushed) at a random step; the next one goes on with the ledger as it lies there. What was begun and not answered may or
may not have been done: either is right, but nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import tempfile
import time
from pathlib import Path

from edge.core.command_bus import CommandBus
from edge.core.journal.projections import caught_up
from edge.core.journal.rows import facts
from edge.core.journal.verify import verify
from edge.core.messages import Actor, Done
from edge.shop.customers.commands import GiveConsent
from edge.shop.loyalty.commands import SetEarnRule
from edge.shop.loyalty.loyalty import EarnRule
from edge.shop.loyalty.queries import points_of
from edge.shop.reports.queries import BEHIND, read_day_sums
from edge.shop.tables.commands import MoveTable, PutOnTable, SetTable, SplitSeats, SplitTable, TakeTable
from edge.shop.tables.table import FloorTable
from edge.shop.till.commands import AddOpenAmount, Pay, UseCustomer
from edge.shop.till.courses import ServeLines
from edge.shop.till.events import SaleCompleted
from edge.shop.till.parked_baskets import read_parked
from edge.shop.till.queries import read_basket
from edge.shop.till.rules.splitting import BillPart
from tests.bench.measure import result
from tests.counter_shop import SECOND
from tests.customers import known
from tests.shop_fixture import CASHIER, SYSTEM, FakeClock, done, open_shop

TABLES, KILLS, STEPS = 4, 3, 40
KILLED = 9
KILL_WITHIN_S = 0.02
"""Of a step's beginning: most are in the middle of it then."""
DAY = "2027-01-15"
POINTS = EarnRule("p", {"en": "Points"}, points=1, spent_minor=100)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench service")
    parser.add_argument("--evenings", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    began, found, kills = time.monotonic(), list[str](), 0
    for seed in range(args.seed, args.seed + args.evenings):
        with tempfile.TemporaryDirectory() as folder:
            wrong, killed = evening(Path(folder), seed)
        found += [f"seed {seed}: {one}" for one in wrong]
        kills += killed
    print(f"{args.evenings} evenings with {kills} kills in {time.monotonic() - began:.0f} s")
    for one in found[:20]:
        print(one)
    result(differences=len(found), evenings=args.evenings, kills=kills)
    return 0


def evening(folder: Path, seed: int) -> tuple[list[str], int]:
    """What does not come to what it should, and how often the process was killed."""
    luck, killed = random.Random(seed), 0
    for part in range(KILLS + 1):
        until = luck.randint(5, STEPS) if part < KILLS else 0
        child = os.fork()
        if not child:  # nothing of ours is begun before: no thread, no loop
            code = 1
            try:
                asyncio.run(_part(folder, seed * 10 + part, part == 0, until))
                code = 0
            finally:
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        killed += code == KILLED
        if code not in (0, KILLED):
            return [f"part {part} ended with {code}"], killed
    return _lines(folder / "wrong"), killed


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


async def _part(folder: Path, seed: int, first: bool, until: int) -> None:
    """Some steps, then the kill; `until` 0: a few steps, and what all came to."""
    luck, clock = random.Random(seed), FakeClock()
    clock.advance((seed % 10) * 3_600)
    async with open_shop(folder, clock, stocked=first) as shop:
        customer = await _opened(shop, folder) if first else (folder / "customer").read_text()
        for step in range(until or STEPS):
            clock.advance(60)
            going = asyncio.create_task(_step(shop, luck, customer, folder / "ordered"))
            if until and step == until - 1:
                await asyncio.wait({going}, timeout=luck.random() * KILL_WITHIN_S)
                os._exit(KILLED)
            await going
        await _written(shop)
        wrong = await _differences(shop, customer, folder / "ordered")
        if wrong:
            (folder / "wrong").write_text("\n".join(wrong))


async def _opened(shop: CommandBus, folder: Path) -> str:
    for number in range(1, TABLES + 1):
        await done(shop, SetTable(FloorTable(f"t{number}", str(number), seats=4, column=number)), SYSTEM)
    await done(shop, SetEarnRule(POINTS), SYSTEM)
    customer = await known(shop)
    await done(shop, GiveConsent(customer, "loyalty", "en"), SYSTEM)
    (folder / "customer").write_text(customer)
    return customer


async def _written(shop: CommandBus) -> None:
    """What was answered before it was on the disk, is."""
    await done(shop, SetTable(FloorTable("t1", "1", seats=4)), SYSTEM)


async def _step(shop: CommandBus, luck: random.Random, customer: str, log: Path) -> None:
    table, other = (f"t{luck.randint(1, TABLES)}" for _ in range(2))
    what, actor = luck.random(), luck.choice((CASHIER, SECOND))
    if what < 0.3:
        await shop.do(TakeTable(table, guests=luck.randint(0, 4)), actor)
    elif what < 0.55:
        await _ordered(shop, luck, actor, log)
    elif what < 0.65:
        await shop.do(PutOnTable(table), actor)
    elif what < 0.72:
        await shop.do(MoveTable(table, other), actor)
    elif what < 0.8:
        if lines := read_basket(shop.reader, actor.register).sold:
            await shop.do(SplitTable((BillPart(luck.choice(lines).id),)), actor)
    elif what < 0.85:
        await shop.do(SplitSeats(), actor)
    elif what < 0.9:
        await shop.do(UseCustomer(customer), actor)
    else:
        await shop.do(Pay("card"), actor)


async def _ordered(shop: CommandBus, luck: random.Random, actor: Actor, log: Path) -> None:
    """Something is ordered: noted as begun, and as done once it is on the disk."""
    minor = luck.randint(1, 900)
    await shop.do(ServeLines(course=luck.randint(0, 3), seat=luck.randint(0, 3)), actor)
    with log.open("a") as file:
        file.write(f"begun {minor}\n")
    outcome = await shop.do(AddOpenAmount("Tea", "standard", minor), actor)
    if isinstance(outcome, Done):
        await _written(shop)
    with log.open("a") as file:
        file.write(f"{'done' if isinstance(outcome, Done) else 'refused'} {minor}\n")


async def _differences(shop: CommandBus, customer: str, log: Path) -> list[str]:
    found = []
    waiting = sum(one.total_minor for one in read_parked(shop.reader))
    waiting += sum(read_basket(shop.reader, register).total_minor for register in ("1", "2"))
    await caught_up(shop, *BEHIND)
    there = read_day_sums(shop.reader, DAY).total_minor + waiting
    could = _could_be(_lines(log))
    if there not in could:
        found.append(f"bills come to {there}, orders to {sorted(could)}")
    sales = (fact.event for fact in facts(shop.reader, shop.registry, 1))
    earned = sum(
        sum(line.amount_minor for line in sale.lines if line.is_revenue) // POINTS.spent_minor
        for sale in sales
        if isinstance(sale, SaleCompleted) and sale.customer == customer
    )
    if earned != points_of(shop.reader, customer, "points"):
        found.append(f"points are {points_of(shop.reader, customer, 'points')}, sales are worth {earned}")
    return found + [f"journal: {fault}" for fault in verify(shop.reader, shop.registry).faults]


def _could_be(log: list[str]) -> set[int]:
    """What all orders may come to: one that was begun and never answered is among them, or not.

    >>> sorted(_could_be(["begun 5", "done 5", "begun 7"])), sorted(_could_be(["begun 5", "refused 5"]))
    ([5, 12], [0])
    """
    sums, begun = {0}, 0
    for what, _, said in (line.partition(" ") for line in log):
        if what == "begun":
            sums |= {one + begun for one in sums}
            begun = int(said)
        elif what == "done":
            sums, begun = {one + begun for one in sums}, 0
        else:
            begun = 0
    return sums | {one + begun for one in sums}
