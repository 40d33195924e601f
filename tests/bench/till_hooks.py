"""Webhooks of another till in any order, many of them twice, while the shop that takes them is killed: whether its
stock is then as that till's sales have it."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import aiohttp

from edge.backoffice.other_tills.commands import SetOtherTill, SetPosItem
from edge.backoffice.other_tills.other_till import OtherTill, PosItem, secret_name
from edge.goods.catalog.commands import SetProducts
from edge.goods.stock.queries import read_stock
from edge.runtime.secrets import secrets_of
from sim.ports import free_port
from sim.vendors.generic_till import Sale, SimGenericTill
from tests.bench.fill import product
from tests.http_client import when
from tests.other_tills import settle
from tests.shop_fixture import SYSTEM, config, done, open_shop

ITEMS = 20
AGAIN = 0.1
"""So many come a second time."""
AT_ONCE = 8
DEADLINE_S = 3000.0
TILL = OtherTill("bar", places="L1 = main", signature="body", header="X-Signature", every_min=0)


def sales_of(till: SimGenericTill, count: int, luck: random.Random) -> list[Sale]:
    """So many webhooks: sales, later versions of them, voids, and refunds of a part."""
    sent: list[Sale] = []
    at_us = time.time_ns() // 1000
    number = 0
    while len(sent) < count:
        number += 1
        id, item = f"T{number}", f"i{luck.randrange(ITEMS)}"
        sent.append(dict(till.say(id, at_us, {item: str(luck.randint(2, 5))})))
        match luck.randrange(4):
            case 0:
                sent.append(dict(till.say(id, at_us, {item: str(luck.randint(2, 5)), "i0": "1.5"})))
            case 1:
                sent.append(dict(till.say(id, at_us, {}, "void")))
            case 2:
                sent.append(dict(till.say(f"R{number}", at_us, {item: "1"}, "refund", refund_of=id)))
    luck.shuffle(sent)
    return sent


def stock_of(till: SimGenericTill) -> dict[str, int]:
    """What the till's sales come to, in thousandths by item."""
    left = {f"i{at}": 0 for at in range(ITEMS)}
    for (document, _), sale in till.sales.items():
        for line in sale["lines"] if sale["kind"] != "void" else ():
            left[line["item"]] += round(float(line["quantity"]) * 1000) * (1 if document == "refund" else -1)
    return left


async def differences(folder: Path, count: int, kills: int, seed: int = 7) -> tuple[int, int]:
    """By how many products the stock differs in the end, and how often the shop was killed."""
    luck, till = random.Random(seed), SimGenericTill()
    goods = tuple(product(at) for at in range(ITEMS))
    async with open_shop(folder, stocked=False) as shop:
        await done(shop, SetProducts(goods), SYSTEM)
        await done(shop, SetOtherTill(TILL), SYSTEM)
        for at, one in enumerate(goods):
            await done(shop, SetPosItem(PosItem("bar", f"i{at}", one.sku)), SYSTEM)
    secrets_of(config(folder).folder).set(secret_name(TILL, "hook"), till.signs_with)
    hooks = [till.hook(sale) for sale in sales_of(till, count, luck)]
    hooks += luck.sample(hooks, int(count * AGAIN))
    killed = await _sent(folder, hooks, kills, luck)
    async with open_shop(folder, stocked=False) as shop:
        await settle(shop)  # the look behind the last webhook may have been killed
        wanted = stock_of(till)
        wrong = sum(read_stock(shop.reader, one.sku) != wanted[f"i{at}"] for at, one in enumerate(goods))
        return wrong, killed


async def _sent(folder: Path, hooks: list[tuple[dict[str, str], bytes]], kills: int, luck: random.Random) -> int:
    """Send all of them until each is answered 200, kill the shop now and then, and wait until all are dealt with."""
    port, killed, sent = free_port(), 0, 0
    deaths = set(luck.sample(range(len(hooks)), kills))
    child = _begun(folder, port)
    waiting = folder / "data" / "hooks" / "bar"
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
            for at in range(0, len(hooks), AT_ONCE):
                some = hooks[at : at + AT_ONCE]
                posted = [asyncio.create_task(_post(session, *hook)) for hook in some]
                if deaths & set(range(at, at + AT_ONCE)):
                    await asyncio.sleep(luck.random() * 0.05)
                    child.kill()
                    child.wait()
                    killed += 1
                    child = _begun(folder, port)
                await asyncio.gather(*posted)
                sent += len(some)
        await when(lambda: _names_in(waiting), lambda names: not names, "all is dealt with", DEADLINE_S)
    finally:
        child.kill()
        child.wait()
    assert sent == len(hooks)
    return killed


async def _names_in(folder: Path) -> list[str]:
    """But for what a kill has left half written, which was never answered."""
    return [name for name in await asyncio.to_thread(os.listdir, folder) if name[0] != "."]


async def _post(session: aiohttp.ClientSession, headers: dict[str, str], body: bytes) -> None:
    """Until it is taken, as vendors send again."""
    began = time.monotonic()
    while time.monotonic() - began < DEADLINE_S:
        try:
            async with session.post("/v1/webhooks/bar/corner", data=body, headers=headers) as answer:
                if answer.status == 200:
                    return
        except (aiohttp.ClientError, OSError):
            pass
        await asyncio.sleep(0.05)
    raise AssertionError("a webhook was never taken")


def _begun(folder: Path, port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.bench.till_hooks_child", str(folder), str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
