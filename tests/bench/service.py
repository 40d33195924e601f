"""`bench service`: random evenings of a café, each cut short by a kill of its process a few times: what was ordered at
tables against what was paid and what still waits there, and the points of members against the sales that they are of
(`differences`, wanted: none).

An evening is a shop of four tables and two registers in a process of its own, which is killed (`_exit`, nothing is
flushed) at a random step; the next one goes on with the ledger as it lies there. What was begun and not answered may or
may not have been done: either is right, but nothing else.

What is the same in every evening is made once, before the first process is parted from this one: the capabilities, and
the tables of a new ledger.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.core.journal.projections import caught_up
from edge.core.journal.rows import facts
from edge.core.journal.verify import verify
from edge.core.messages import Actor, Done
from edge.core.storage.database import open_scratch
from edge.counter.basket.event_structs import RecordedLine
from edge.counter.basket.splitting import BillPart
from edge.counter.loyalty.commands import SetEarnRule, SetReward, UseReward
from edge.counter.loyalty.loyalty import EarnRule, Reward
from edge.counter.loyalty.queries import points_of
from edge.counter.reports.queries import BEHIND, read_day_sums
from edge.counter.tables.commands import MoveTable, PutOnTable, SetTable, SplitSeats, SplitTable, TakeTable
from edge.counter.tables.table import FloorTable
from edge.counter.till.commands import AddOpenAmount, Pay, SendToKitchen, UseCustomer
from edge.counter.till.events import SaleCompleted
from edge.counter.till.lines.basket_names import basket_of
from edge.counter.till.lines.bill_splits import PrintBill
from edge.counter.till.lines.courses import FireCourse, ServeLines
from edge.counter.till.queries import read_basket
from edge.operations import ledger
from edge.people.customers.commands import GiveConsent
from tests.bench.measure import result
from tests.counter_shop import SECOND
from tests.customers import known
from tests.ledger_template import ledgers_by_copy, migrate_by_copy
from tests.shop_fixture import CASHIER, SYSTEM, FakeClock, config, done, open_shop

TABLES, KILLS, STEPS = 4, 3, 40
KILLED = 9
KILL_WITHIN_S = 0.02
"""Of a step's beginning: most are in the middle of it then."""
DAY = "2027-01-15"
POINTS = EarnRule("p", {"en": "Points"}, points=1, spent_minor=100)
REWARD = Reward("r", {"en": "Three off"}, points=5, off_minor=300)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench service")
    parser.add_argument("--evenings", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    began, found, kills = time.monotonic(), list[str](), 0
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "shop"
        with _made_before(folder):
            for seed in range(args.seed, args.seed + args.evenings):
                folder.mkdir()
                wrong, killed = evening(folder, seed)
                shutil.rmtree(folder)
                found += [f"seed {seed}: {one}" for one in wrong]
                kills += killed
    print(f"{args.evenings} evenings with {kills} kills in {time.monotonic() - began:.0f} s")
    for one in found[:20]:
        print(one)
    result(differences=len(found), evenings=args.evenings, kills=kills)
    return 0


@contextmanager
def _made_before(folder: Path) -> Iterator[None]:
    """Meanwhile shops of `folder`, opened in processes parted from this one, have what is the same in all of them."""
    registry = ledger.build_registry(config(folder))
    with ledgers_by_copy(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "build_registry", lambda _: registry)
        migrate_by_copy(open_scratch())
        gc.freeze()
        yield


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
    await done(shop, SetReward(REWARD), SYSTEM)
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
    if what < 0.25:
        await shop.do(TakeTable(table, guests=luck.randint(0, 4)), actor)
    elif what < 0.5:
        await _ordered(shop, luck, actor, log)
    elif what < 0.58:
        await shop.do(PutOnTable(table), actor)
    elif what < 0.65:
        await shop.do(MoveTable(table, other), actor)
    elif what < 0.71:
        if lines := read_basket(shop.reader, actor.register).sold_lines:
            await shop.do(SplitTable((BillPart(luck.choice(lines).id),)), actor)
    elif what < 0.75:
        await shop.do(SplitSeats(), actor)
    elif what < 0.79:
        await shop.do(UseCustomer(customer), actor)
    elif what < 0.84:
        await _of_a_member(shop, luck, actor, customer)
    elif what < 0.87:
        await shop.do(Pay("cash", luck.randint(1, 500)), actor)
    elif what < 0.9:
        await shop.do(luck.choice((FireCourse(luck.randint(1, 3)), SendToKitchen(), PrintBill())), actor)
    else:
        await shop.do(Pay("card"), actor)


async def _of_a_member(shop: CommandBus, luck: random.Random, actor: Actor, customer: str) -> None:
    """The member pays for what lies here, often with a reward, sometimes with two."""
    await shop.do(UseCustomer(customer), actor)
    for _ in range(luck.randint(0, 2)):
        await shop.do(UseReward(REWARD.id), actor)
    await shop.do(Pay("card"), actor)


async def _ordered(shop: CommandBus, luck: random.Random, actor: Actor, log: Path) -> None:
    """Something is ordered, by a name that nothing else has: noted as begun, and as done once it is on the disk."""
    name, minor = f"Tea {luck.getrandbits(48)}", luck.randint(1, 900)
    await shop.do(ServeLines(course=luck.randint(0, 3), seat=luck.randint(0, 3)), actor)
    with log.open("a") as file:
        file.write(f"begun {minor} {name}\n")
    outcome = await shop.do(AddOpenAmount(name, "standard", minor), actor)
    if isinstance(outcome, Done):
        await _written(shop)
    with log.open("a") as file:
        file.write(f"{'done' if isinstance(outcome, Done) else 'refused'} {minor} {name}\n")


async def _differences(shop: CommandBus, customer: str, log: Path) -> list[str]:
    db = shop.reader
    bodies = db.execute("SELECT body FROM parked_basket WHERE taken_us = 0").fetchall()
    waiting = [basket_of(db, body) for (body,) in bodies] + [read_basket(db, register) for register in ("1", "2")]
    papers = [fact.event for fact in facts(db, shop.registry, 1)]
    sales = [paper for paper in papers if isinstance(paper, SaleCompleted)]
    bills = [[line for line in bill.lines if not line.voided] for bill in sales]
    bills += [list[RecordedLine](bill.sold_lines) for bill in waiting]
    await caught_up(shop, *BEHIND)
    there = read_day_sums(db, DAY).total_minor + sum(bill.total_minor for bill in waiting)
    rewarded = sum(line.coupon_minor for bill in bills for line in bill)
    found = _not_once(Counter((_name(line), line.price_minor) for bill in bills for line in bill), _lines(log))
    if there + rewarded != (ordered := sum(line.price_minor for bill in bills for line in bill)):
        found.append(f"bills come to {there} and rewards to {rewarded}, their lines to {ordered}")
    points = sum(_points(sale) for sale in sales if sale.customer == customer)
    if points != points_of(db, customer, "points") or points < 0:
        found.append(f"points are {points_of(db, customer, 'points')}, sales are worth {points}")
    return found + [f"journal: {fault}" for fault in verify(db, shop.registry).faults]


def _name(line: RecordedLine) -> str:
    return next(iter(line.names.values()))


def _points(sale: SaleCompleted) -> int:
    """What a sale of the member earned, less what its rewards cost."""
    paid_minor = sum(line.amount_minor for line in sale.lines if line.is_revenue and not line.voided)
    return paid_minor // POINTS.spent_minor * POINTS.points - len(sale.coupons) * REWARD.points


def _not_once(there: Counter[tuple[str, int]], log: list[str]) -> list[str]:
    """What of all that was ordered is not on one bill; what was begun and never answered may be on one, or on none.

    >>> _not_once(Counter([("Tea 1", 5), ("Tea 2", 7)]), ["begun 5 Tea 1", "done 5 Tea 1", "begun 7 Tea 2"])
    []
    >>> _not_once(Counter(), ["begun 5 Tea 1", "done 5 Tea 1"])
    ["('Tea 1', 5) is on 0 bills"]
    >>> _not_once(Counter([("Tea 1", 5), ("Tea 3", 9)]), ["begun 5 Tea 1", "refused 5 Tea 1"])
    ["('Tea 1', 5) is on 1 bills", "('Tea 3', 9) was never ordered"]
    """
    most, least = Counter[tuple[str, int]](), Counter[tuple[str, int]]()
    for line in log:
        what, minor, name = line.split(" ", 2)
        most[name, int(minor)] = what != "refused"
        least[name, int(minor)] = what == "done"
    wrong = [f"{one} is on {there[one]} bills" for one in most if not least[one] <= there[one] <= most[one]]
    return wrong + [f"{one} was never ordered" for one in there.keys() - most.keys()]
