"""The appliance as a whole (`edge run`) is killed by SIGKILL at a byte of a terminal's wire, of what it says or of what
it is answered, and started anew: the card has paid once, or not at all, and the sale is paid once. At each byte, and in
one process: `test_card_kills.py`."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import aiohttp
import msgspec
import pytest

from edge.core.storage.database import open_reader
from edge.money.payments.providers.provider import abilities_of
from edge.money.payments.queries import ListedPayment, read_payments
from sim.terminal.server import SimTerminalServer
from tests.card_shop import device_of
from tests.http_client import when
from tests.shop_fixture import run
from tests.stack import CONFIG, MILK, PRODUCTS, Store, store
from tests.terminals import RIGS

DRIVERS = tuple(name for name in RIGS if abilities_of(name))
PARTS = ("panel", "scanner", "printer", "pad")
pytestmark = pytest.mark.slow
Side = Literal["said", "answered"]
PLACES: tuple[tuple[Side, float], ...] = (("said", 0.4), ("answered", 0.5), ("said", 0.9), ("answered", 0.95))
"""Where in an exchange it dies: while the card is asked for, and while its answer comes."""
PRICE_MINOR, LIMIT_S = 120, 900.0


def sales(shop: Store) -> list[dict[str, Any]]:
    return [msgspec.json.decode(row.body) for row in shop.rows() if row.type == "SaleCompleted"]


async def known(shop: Store) -> ListedPayment:
    """The newest payment, once it is known how it ended."""

    async def look() -> ListedPayment:
        db = open_reader(shop.config.ledger)
        try:
            return read_payments(db)[0]
        finally:
            db.close()

    return await when(look, lambda one: not one.runs and not one.is_open, "it is known", 60.0, 0.05)


async def card_pays(shop: Store) -> None:
    await shop.api.do("AddLine", code=MILK)
    await shop.api.do("BeginPayment")


def kill_some(folder: Path, driver: str) -> None:
    async def scenario() -> None:
        rig = RIGS[driver]()
        device = rig.device
        device.now_s = time.time
        await device.start()
        pad = device_of(driver) + f"port = {json.dumps(device.port)}\n"
        try:
            async with store(folder, text=CONFIG + pad) as shop:
                await shop.start(PRODUCTS)
                await card_pays(shop)
                assert (await known(shop)).state == "captured"
                before = (device.heard_bytes, device.sent_bytes)
                await card_pays(shop)
                await known(shop)
                whole = {"said": device.heard_bytes - before[0], "answered": device.sent_bytes - before[1]}
                for side, place in PLACES:
                    await killed_at(shop, device, side, max(1, int(whole[side] * place)))
                assert (await shop.edge("verify")).status == 0
        finally:
            await device.stop()

    run(scenario(), LIMIT_S)


async def killed_at(shop: Store, device: SimTerminalServer, side: Side, size: int) -> None:
    """A sale that a card is to pay, while the appliance dies at that byte, until it is paid, by whatever."""
    moved_minor, sold, pid = device.moved_minor, len(sales(shop)), shop.process.pid
    device.when_cut = lambda: os.kill(pid, signal.SIGKILL)
    if side == "said":
        device.hear_at = size
    else:
        device.cut_at = size
    with suppress(aiohttp.ClientError):  # it may die before it has answered the till
        await card_pays(shop)
    await when(lambda: asyncio.sleep(0, shop.process.has_ended), bool, f"it dies at byte {size}")
    device.cut_at = device.hear_at = None
    device.when_cut = lambda: None
    device.hang_up()
    shop.spawn()
    await shop.ready(PARTS)
    await known(shop)
    if (await shop.api.query("basket")).get("lines"):  # nothing began, or the terminal took it back
        await shop.api.do("Pay", kind="cash")
    new = await when(lambda: asyncio.sleep(0, sales(shop)[sold:]), bool, "it is sold", 60.0, 0.05)
    lost_minor = device.moved_minor - moved_minor
    by_card = sum(one["amount_minor"] for sale in new for one in sale["tenders"] if one.get("payment"))
    assert len(new) == 1, (size, "one sale, paid once")
    assert lost_minor in (0, PRICE_MINOR), (size, "never two charges")
    assert lost_minor == by_card, (size, "nobody paid for nothing, and nothing is unpaid")


@pytest.mark.parametrize("driver", DRIVERS)
def test_the_whole_appliance_dies_at_a_byte_and_the_card_pays_once(driver: str, tmp_path: Path) -> None:
    kill_some(tmp_path, driver)
