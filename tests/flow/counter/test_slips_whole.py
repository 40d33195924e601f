"""Slips in the whole appliance, as config.toml says: a bar that is off, a killed process, a printer that stands in."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from sim.printer.server import SimPrinter
from tests.http_client import when
from tests.shop_fixture import run
from tests.stack import BREAD, CONFIG, MILK, PRODUCTS, Store, store

BAR = """
[[device]]
name = "bar"
role = "receipt_printer"
driver = "network"
register = ""
host = "127.0.0.1"
port = {port}
close_wait_ms = 50
[[slip]]
printer = "bar"
when = "sent"
"""
SPARE = """
[[device]]
name = "spare"
role = "receipt_printer"
driver = "network"
register = ""
host = "127.0.0.1"
port = {port}
stands_in_for = "bar"
"""


async def told(printer: SimPrinter, count: int) -> list[str]:
    """The slips that came out, once there are so many."""

    async def look() -> list[str]:
        return [receipt.text for receipt in printer.receipts]

    return await when(look, lambda seen: len(seen) >= count, f"{count} slips")


async def send(shop: Store, code: str, note: str) -> None:
    await shop.api.do("AddLine", code=code)
    await shop.api.do("SendToKitchen", note=note)


def test_a_bar_that_is_off_and_a_killed_till_lose_no_slip_and_double_none(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as bar, store(tmp_path, text=CONFIG + BAR.format(port=bar.port)) as shop:
            bar.refuse()
            await shop.start(PRODUCTS)
            await shop.part("bar", "lost")
            await send(shop, MILK, "Table 1")
            await send(shop, BREAD, "")
            await shop.api.do("Pay", kind="card")
            await shop.printer.next_receipt()
            await asyncio.to_thread(shop.process.stop, signal.SIGKILL)
            shop.spawn()
            await shop.ready()
            await bar.recover()
            slips = await told(bar, 2)
            await shop.part("bar", "ok")
            assert ["Milk" in slip for slip in slips] == [True, False]
            assert ["Bread" in slip for slip in slips] == [False, True]
            assert all("Table 1" in slip and "Order 1" in slip for slip in slips)
            await send(shop, MILK, "")
            slips = await told(bar, 3)
            assert "Order 2" in slips[2]
            assert len(shop.printer.receipts) == 1

    run(scenario())


def test_another_printer_stands_in_by_config(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as bar, SimPrinter() as spare:
            text = CONFIG + BAR.format(port=bar.port) + SPARE.format(port=spare.port)
            async with store(tmp_path, text=text) as shop:
                await shop.start(PRODUCTS)
                await shop.part("bar", "ok")
                await send(shop, MILK, "one")
                await told(bar, 1)
                bar.refuse()
                await shop.part("bar", "lost")
                await send(shop, BREAD, "two")
                assert "Bread" in (await told(spare, 1))[0]
                await bar.recover()
                await shop.part("bar", "ok")
                await send(shop, MILK, "three")
                await told(bar, 2)
                assert (len(bar.receipts), len(spare.receipts), len(shop.printer.receipts)) == (2, 1, 0)

    run(scenario())


def test_a_category_that_is_not_there_is_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with SimPrinter() as bar:
            text = CONFIG + BAR.format(port=bar.port) + 'categories = ["drinks", "drinkz"]\n'
            async with store(tmp_path, text=text) as shop:
                await shop.start(PRODUCTS)
                drinks = {"id": "drinks", "names": {"en": "Drinks"}}
                await shop.api.do("SetCategories", shop.api.token, categories=[drinks])
                said = await shop.edge("check")
                assert "WRONG  slips of bar: category 'drinkz' doesn't exist" in said.out
                assert "'drinks'" not in said.out

    run(scenario())
