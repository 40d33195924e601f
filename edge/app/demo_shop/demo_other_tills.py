"""The demo's Square till in the bar next door. It sells now and then, sends webhooks, and answers queries."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp

from edge.app.demo_shop import demo_catalog
from edge.backoffice.other_tills.commands import SetOtherTill, SetPosItem
from edge.backoffice.other_tills.other_till import OtherTill, PosItem, secret_name
from edge.core.messages import Command, Done
from edge.core.process.parts import TaskSet
from edge.runtime.secrets import secrets_of
from sim.vendors.square import SimSquare

STORE = "corner"
POS = "square-bar"
PLACE = "LBAR"
KNOWN = ("Beer 500 ml", "Red wine 750 ml", "Mineral water 1.5 l")
UNKNOWN = "Draught beer"
EVERY_S = 20.0
CONFIG = """
[notify]
allow = ["127.0.0.1"]
"""
"""Configuration that allows requests without TLS to the simulated till, which runs on this machine."""


class SquareBar:
    """The simulated till and its address."""

    def __init__(self, square: SimSquare, url: str, port: int) -> None:
        self.square, self.url = square, url
        self.hook_url = f"http://127.0.0.1:{port}/v1/webhooks/{POS}/{STORE}"

    async def seed(self, do: Callable[[Command], Awaitable[Done]], folder: Path) -> None:
        """Connect the shop to the till, and map most of its items."""
        skus = demo_catalog.skus()
        till = OtherTill(POS, "square", self.url, places=f"{PLACE} = main", every_min=5, hook_url=self.hook_url)
        await do(SetOtherTill(till))
        secrets = secrets_of(folder)
        secrets.set(secret_name(till, "hook"), self.square.signs_with)
        secrets.set(secret_name(till, "access"), self.square.token)
        for name in KNOWN:
            await do(SetPosItem(PosItem(POS, name, skus[name])))

    async def sell(self) -> None:
        """Sell occasionally and notify the shop, unless the line is down. Runs until cancelled."""
        luck = random.Random(7)  # nosec B311: a played bar's sales
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
            while True:
                now_us = time.time_ns() // 1000
                items = luck.sample((*KNOWN, UNKNOWN), luck.randint(1, 2))
                id = f"SQ{now_us}"
                self.square.sell(id, now_us, {item: str(luck.randint(1, 3)) for item in items}, PLACE, 2200)
                headers, body = self.square.hook(id, self.hook_url)
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):  # polling catches what a webhook misses
                    async with session.post(self.hook_url, data=body, headers=headers):
                        pass
                await asyncio.sleep(EVERY_S)


async def switched_on(stack: AsyncExitStack, port: int) -> SquareBar:
    """Run the simulated till for the lifetime of the stack. `port`: the port of the shop's page."""
    square = SimSquare(currency="ILS")
    url = await stack.enter_async_context(square.serve())
    bar = SquareBar(square, url, port)
    selling = TaskSet(1)
    selling.start(bar.sell(), "the till next door")
    stack.push_async_callback(selling.stop)
    return bar
