"""Tills that sell while appliance, hub, broker and Postgres are killed one after the other, and what came of it."""

from __future__ import annotations

import asyncio
import os
import random
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from edge.core import ids
from sim.postgres import Postgres
from sync.wire import Row
from tests.http_client import when
from tests.stack import CONFIG, MILK, PRODUCTS, Cloud, Store, cloud, store

REGISTERS = ("1", "2", "3")
TEXT = 'registers = ["1", "2", "3"]\n' + CONFIG
VICTIMS = ("appliance", "hub", "broker", "postgres")
SALES_BETWEEN = 8
"""At most so many sales between two kills."""
INSTANT_S = 0.05
"""And up to so long behind the last of them: in the middle of whatever is going on."""
AGAIN_S = 0.02
RESTART_S = 0.1
BACK_S = 60.0
LOOK_S = 0.5
WAITING = 'edge_print_jobs_waiting{register="1"}'
NUMBER = re.compile(r"\b1-(\d{6})\b")


class Outcome(msgspec.Struct, frozen=True):
    """What is wrong, a sentence each; and for each kill of the appliance, the seconds until the next sale was done."""

    wrong: list[str]
    sales: int
    back_s: list[float]


class Till:
    """A client of the API at one register. What gets no answer it asks again, under the same id."""

    def __init__(self, shop: Store, register: str) -> None:
        self.shop = shop
        self.register = register
        self.asked: set[str] = set()
        self.told: dict[str, int] = {}

    async def sell(self) -> None:
        """One customer after the other, until cancelled."""
        while True:
            await self._ask("AddLine", {"code": MILK})
            key, status, answer = await self._ask("Pay", {"kind": "card"})
            if status == 200:
                self.told[key] = int(answer["done"]["events"][0]["number"])
            else:  # the line was not saved yet when the till died
                assert answer["refused"]["code"] == "basket_empty", answer

    async def _ask(self, command: str, fields: dict[str, str]) -> tuple[str, int, dict[str, Any]]:
        key = ids.show(ids.command_id(time.time_ns() // 1000, os.urandom(10)))
        if command == "Pay":
            self.asked.add(key)
        while True:
            try:
                headers = {"Register": self.register, "Idempotency-Key": key}
                status, answer = await self.shop.api.post(f"/api/v1/commands/{command}", fields, **headers)
            except (aiohttp.ClientError, ConnectionError):
                status, answer = 503, {}
            if status != 503:
                return key, status, answer
            await asyncio.sleep(AGAIN_S)


@asynccontextmanager
async def everything(folder: Path, postgres: Postgres) -> AsyncIterator[tuple[Store, Cloud]]:
    """The whole stack with three registers, of which the first has a printer."""
    async with cloud(postgres, "killed", folder) as office, store(folder, office, TEXT) as shop:
        await shop.start(PRODUCTS)
        await office.holds(shop)
        yield shop, office


async def storm(
    shop: Store, office: Cloud, kills: int, seed: int, say: Callable[[str], None] = lambda line: None
) -> Outcome:
    """Sell at all registers through so many kills, then let everything come to rest and look at it."""
    chance = random.Random(seed)
    tills = [Till(shop, register) for register in REGISTERS]
    papers: list[str] = []
    doubts: set[int] = set()
    selling = [asyncio.create_task(till.sell()) for till in tills]
    fell: list[str] = []
    works = (_read(shop, papers), _answer(shop, doubts), _keep_running(shop, office, fell))
    beside = [asyncio.create_task(work) for work in works]
    back_s: list[float] = []
    try:
        for number in range(kills):
            victim = VICTIMS[number % len(VICTIMS)] if number < len(VICTIMS) else chance.choice(VICTIMS)
            await _sold(tills, selling, chance.randint(1, SALES_BETWEEN))
            await asyncio.sleep(chance.uniform(0, INSTANT_S))
            took = await _kill(victim, shop, office, tills, selling)
            say(f"kill {number + 1}: {victim}, selling again after {took:.2f} s")
            if victim == "appliance":
                back_s.append(took)
        await _sold(tills, selling, 1)
    finally:
        for task in selling:
            task.cancel()
        await asyncio.wait(selling)
    try:
        await when(shop.api.metrics, lambda seen: seen.get(WAITING) == 0, "all receipts printed", BACK_S)
        held = await office.holds(shop, BACK_S)
        await _ask_about(shop, doubts)
    finally:
        for task in beside:
            task.cancel()
    wrong = [*fell, *sales_wrong("the journal", shop.rows(), tills), *sales_wrong("head office", held, tills)]
    wrong += [] if held == shop.rows() else ["head office holds another journal"]
    wrong += papers_wrong(papers, [*tills[0].told.values()], doubts)
    verified = await shop.edge("verify")
    wrong += [] if verified.status == 0 else verified.out.splitlines()
    return Outcome(wrong, sum(len(till.told) for till in tills), back_s)


async def _read(shop: Store, papers: list[str]) -> None:
    while True:
        papers.append((await shop.printer.next_receipt()).text)


async def _answer(shop: Store, doubts: set[int]) -> None:
    """A cashier who is asked about papers looks at them now and then: so the list of questions stays short."""
    while True:
        with suppress(aiohttp.ClientError, OSError, AssertionError):  # killed meanwhile: the next look asks again
            await _ask_about(shop, doubts)
        await asyncio.sleep(LOOK_S)


async def _ask_about(shop: Store, doubts: set[int]) -> None:
    for doubt in await shop.api.query("doubtful_prints", register="1"):
        doubts.add(int(doubt["receipt"]))
        await shop.api.do("ConfirmPrint", job=doubt["id"])


async def _keep_running(shop: Store, office: Cloud, fell: list[str]) -> None:
    """As systemd does: what ended is started again. A hub ends by itself where it finds no Postgres at its start; an
    appliance never does."""
    while True:
        if not shop.process.runs:
            if shop.process.has_ended:
                fell.append(str(shop.process.error("stopped unexpectedly")))
            shop.spawn()
        if not office.hub.runs:
            office.spawn()
        await asyncio.sleep(RESTART_S)


async def _sold(tills: Sequence[Till], selling: Sequence[asyncio.Task[None]], more: int) -> None:
    """Wait for so many more sales. A till that fell over says why."""
    goal = sum(len(till.told) for till in tills) + more

    async def done() -> int:
        for task in selling:
            if task.done():
                task.result()
        return sum(len(till.told) for till in tills)

    await when(done, lambda seen: seen >= goal, f"{more} more sales", BACK_S)


async def _kill(
    victim: str, shop: Store, office: Cloud, tills: Sequence[Till], selling: Sequence[asyncio.Task[None]]
) -> float:
    """SIGKILL; the seconds until the next sale was done."""
    began = time.monotonic()
    match victim:
        case "appliance":
            shop.process.kill()
        case "hub":
            office.hub.kill()
        case "broker":
            office.broker.kill()
            office.broker.restart()
        case "postgres":
            office.postgres.kill()
            office.postgres.restart(wait=False)  # the tills are in this thread, and go on selling meanwhile
    await _sold(tills, selling, 1)
    return time.monotonic() - began


def sales_wrong(where: str, rows: Sequence[Row], tills: Sequence[Till]) -> list[str]:
    """Sales that were told and are not there, that are there twice, or that no one asked for."""
    sales = Counter(ids.show(ids.CommandId(row.command_id)) for row in rows if row.type == "SaleCompleted")
    told = {key for till in tills for key in till.told}
    asked = {key for till in tills for key in till.asked}
    numbers = Counter(
        (row.register, msgspec.json.decode(row.body)["number"]) for row in rows if row.type == "SaleCompleted"
    )
    return [
        *(f"lost: {key} is not in {where}" for key in told - sales.keys()),
        *(f"doubled: {key} is {count} times in {where}" for key, count in sales.items() if count > 1),
        *(f"doubled: receipt {number} is {count} times in {where}" for number, count in numbers.items() if count > 1),
        *(f"doubled: nobody asked for {key} in {where}" for key in sales.keys() - asked),
    ]


def papers_wrong(papers: Sequence[str], told: Sequence[int], doubts: set[int]) -> list[str]:
    """Receipts that are on paper twice; or not at all, though the cashier is not asked about them."""
    seen = Counter(numbers_on(papers))
    once = min(seen.values(), default=1)
    return [
        *(f"doubled: receipt {number} is on paper twice" for number, count in seen.items() if count > once),
        *(f"lost: receipt {number} is not on paper" for number in told if number not in seen and number not in doubts),
    ]


def numbers_on(papers: Sequence[str]) -> list[int]:
    """The receipts that came out at register 1, each as often as it did."""
    return [int(number) for paper in papers for number in NUMBER.findall(paper)]
