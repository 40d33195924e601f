"""Tills that sell while boxes and the witness are killed or frozen, cables cut and disks full, one after the other; and
what came of it."""

from __future__ import annotations

import asyncio
import os
import random
import resource
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import aiohttp
import msgspec

from edge.core import ids
from sim.child import Child
from sim.printer.server import SimPrinter
from tests.http_client import when
from tests.kill_test import WAITING, numbers_on, papers_wrong
from tests.stack import MILK
from tests.twin_boxes import Box, TwinShop

REGISTERS = ("1", "2")
TEXT = 'registers = ["1", "2"]\n'
AGAIN_S = 0.02
SILENT_S = 0.65
"""A box that is frozen answers no one and refuses no one: so long a till waits before it asks the other one as well, as
a page does (`SLOW_MS` of `outbox.js` and `LOOK_MS` of `two_boxes.js`)."""
FROZEN_S = (0.4, 2.5)
CUT_S = (0.3, 4.0)
CALM_S = 60.0
PRINTED_S = 600.0
"""Tills that no one holds back sell faster than a printer prints: so long the rest of a storm's papers may take."""
KILLED = ("leader", "leader", "leader", "follower", "witness", "frozen")
CUT = ("cut", "cut", "one way", "isolated")
FULL = "full"
FULL_BYTES = 512 * 1024
"""A file may not grow beyond: what a ledger writes next to its end, or a log of what was shipped, fails, as on a disk
without room; what a process says of itself is shorter."""


class StormOutcome(msgspec.Struct, frozen=True):
    """What is wrong, a sentence each; sales that were answered; for each kill of the leader the seconds from the last
    answer before it to the next one; and about how many papers the cashier was asked."""

    wrong: list[str]
    sales: int
    back_s: list[float]
    papers_asked: int


class TwinTill:
    """A client of the API at one register: asks its box, and the other one once that is silent, under one id."""

    def __init__(self, shop: TwinShop, register: str) -> None:
        self._shop, self._register = shop, register
        self._at = 0
        self.told: dict[str, int] = {}
        self.answered_s: list[float] = []

    async def sell(self) -> None:
        """One customer after the other, until cancelled."""
        while True:
            await self._ask("AddLine", {"code": MILK})
            key, answer = await self._ask("Pay", {"kind": "card"})
            if "done" in answer:  # else the line went with a box that ended before its commit
                self.told[key] = int(answer["done"]["events"][0]["number"])
                self.answered_s.append(time.monotonic())

    async def _ask(self, command: str, fields: dict[str, str]) -> tuple[str, dict[str, Any]]:
        key = ids.show(ids.command_id(time.time_ns() // 1000, os.urandom(10)))
        headers = {"Register": self._register, "Idempotency-Key": key}

        async def until_answered(at: int, after_s: float) -> tuple[int, dict[str, Any]]:
            await asyncio.sleep(after_s)
            while True:
                with suppress(aiohttp.ClientError, OSError, TimeoutError, ValueError):
                    api = self._shop.boxes[at].api
                    status, answer = await api.post(f"/api/v1/commands/{command}", fields, **headers)
                    if status in (200, 409, 422):
                        return at, answer
                await asyncio.sleep(AGAIN_S)

        asked = [asyncio.create_task(until_answered(at, SILENT_S * (at != self._at))) for at in (0, 1)]
        try:
            answered, _ = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in asked:
                one.cancel()
        self._at, answer = answered.pop().result()
        return key, answer


async def storm(
    shop: TwinShop,
    kills: int,
    seed: int,
    say: Callable[[str], object] = lambda line: None,
    faults: Sequence[str] = KILLED,
) -> StormOutcome:
    """Sell at all registers through so many of these faults, each once both boxes are heirs again; then look at it."""
    chance = random.Random(seed)
    tills = [TwinTill(shop, register) for register in REGISTERS]
    selling = [asyncio.create_task(till.sell()) for till in tills]
    papers: list[str] = []
    reading = asyncio.create_task(_read(shop, papers))
    back_s: list[float] = []
    try:
        for number in range(kills):
            leader = await shop.settled()
            await asyncio.sleep(chance.uniform(0.1, 0.6))
            victim = chance.choice(faults)
            took = await _fault(victim, shop, leader, tills, chance)
            say(f"{number + 1}: {victim} {leader.folder.name}, next answer after {took:.2f} s")
            if victim in ("leader", "frozen", "isolated"):
                back_s.append(took)
    finally:
        for task in selling:
            task.cancel()
        await asyncio.wait(selling)
    leader = await shop.settled()
    wrong, asked = _wrong(shop, leader, tills), 0
    if shop.printer is not None:
        asked = await _look_at_papers(shop, shop.printer, papers)
        wrong += papers_wrong(papers, [*tills[0].told.values()], set())
    reading.cancel()
    return StormOutcome(wrong, sum(len(till.told) for till in tills), back_s, asked)


async def _read(shop: TwinShop, papers: list[str]) -> None:
    """What comes out of the printer."""
    while shop.printer is not None:
        papers.append((await shop.printer.next_receipt()).text)


async def _look_at_papers(shop: TwinShop, printer: SimPrinter, papers: list[str]) -> int:
    """What a cashier does who comes to it when all is over: looks for each paper in doubt, and prints what is not
    there. About how many they were asked."""
    asked = 0
    while True:
        await when(lambda: _papers_waiting(shop), lambda seen: seen == 0, "all receipts printed", PRINTED_S)
        await printer.tear()  # what broke off lies in the printer, and no other paper came behind it
        doubts = await when(lambda: _doubts(shop), lambda seen: seen is not None, "somebody tells of doubts", CALM_S)
        if not doubts:
            return asked
        there = set(numbers_on(papers))
        for job, number in doubts:
            if number in there:
                await shop.do("ConfirmPrint", job=job)
            else:
                await shop.do("ReprintReceipt", number=number)
        asked += len(doubts)


async def _papers_waiting(shop: TwinShop) -> float | None:
    """At whichever box leads; None: none does, just now."""
    with suppress(aiohttp.ClientError, OSError, ValueError):
        return (await (await shop.leader()).api.metrics()).get(WAITING)
    return None


async def _doubts(shop: TwinShop) -> list[tuple[int, int]] | None:
    """The jobs, and the receipts that they show."""
    with suppress(aiohttp.ClientError, OSError, ValueError, AssertionError):
        found = await (await shop.leader()).api.query("doubtful_prints", register="1")
        return [(int(doubt["id"]), int(doubt["receipt"])) for doubt in found]
    return None


async def _fault(victim: str, shop: TwinShop, leader: Box, tills: list[TwinTill], chance: random.Random) -> float:
    """Until someone is answered again."""
    follower = shop.b if leader is shop.a else shop.a
    child: Child = {"follower": follower.process, "witness": shop.witness}.get(victim, leader.process)
    before = max((till.answered_s[-1] for till in tills if till.answered_s), default=time.monotonic())
    if victim == FULL:
        return await _full(shop, leader, follower)
    if victim in CUT:
        _cut(victim, shop, leader, follower, chance)
    elif victim == "frozen":
        child.signal(signal.SIGSTOP)
    else:
        child.kill()
    began = time.monotonic()

    async def last() -> float:
        return max((till.answered_s[-1] for till in tills if till.answered_s), default=0.0)

    answered = await when(last, lambda seen: seen > began + 0.01, "somebody is answered again", CALM_S)
    if victim == "frozen":
        await asyncio.sleep(chance.uniform(*FROZEN_S))
        child.signal(signal.SIGCONT)
    elif victim in CUT and shop.wires:
        await asyncio.sleep(chance.uniform(*CUT_S))
        shop.wires.mend()
    elif victim == "witness":
        shop.spawn_witness()
    else:
        (follower if victim == "follower" else leader).spawn()
    return answered - before


def _cut(how: str, shop: TwinShop, leader: Box, follower: Box, chance: random.Random) -> None:
    """Two machines that hear each other no more, one that is heard no more by another, or one that is on its own."""
    assert shop.wires, "this shop has no cables"
    name, other = leader.folder.name, chance.choice((follower.folder.name, "w"))
    match how:
        case "cut":
            shop.wires.cut([(name, other), (other, name)])
        case "one way":
            shop.wires.cut([chance.choice(shop.wires.ways)])
        case _:
            shop.wires.cut(shop.wires.around(name))


async def _full(shop: TwinShop, leader: Box, follower: Box) -> float:
    """The leader's disk takes no more, until the other box leads."""
    began = time.monotonic()
    _, most = resource.prlimit(leader.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(leader.process.pid, resource.RLIMIT_FSIZE, (FULL_BYTES, most))

    async def other_leads() -> bool:
        return await shop.leader() is follower

    try:
        await when(other_leads, bool, "the other box leads, whose disk has room", CALM_S)
    finally:
        resource.prlimit(leader.process.pid, resource.RLIMIT_FSIZE, (most, most))
    return time.monotonic() - began


def _wrong(shop: TwinShop, leader: Box, tills: list[TwinTill]) -> list[str]:
    rows = leader.rows()
    sales = Counter(ids.show(ids.CommandId(row.command_id)) for row in rows if row.type == "SaleCompleted")
    keys = [key for till in tills for key in till.told]
    wrong = [f"{key} was told and is there {sales[key]} times" for key in keys if sales[key] != 1]
    for till in tills:
        twice = [number for number, count in Counter(till.told.values()).items() if count > 1]
        wrong += [f"number {number} was told twice at one till" for number in twice]
        numbers = sorted(till.told.values())
        if numbers and numbers[-1] - numbers[0] + 1 < len(numbers):
            wrong.append("numbers were given twice")
    return wrong
