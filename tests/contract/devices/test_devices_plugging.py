"""Hot plugging: the appliance in a separate process, on a machine with simulated sockets (umockdev)."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge.core.messages import Done
from edge.counter.basket.basket import Basket
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.web.client import Client
from tests.counter import SHOP
from tests.shop_fixture import MILK, SYSTEM, config, open_shop, run

HERE = Path(__file__).parent
ROOT = Path(__file__).parents[3]
SYSTEM_PYTHON = "/usr/bin/python3"
MILK_ALONE = (Product("milk", {"en": "Milk"}, (MILK,), 120),)
NAME = "Zebra (Symbol) scanner as a keyboard"


def has_gi() -> bool:
    probe = "import gi; gi.require_version('UMockdev', '1.0'); from gi.repository import UMockdev"
    return subprocess.run([SYSTEM_PYTHON, "-c", probe], capture_output=True, check=False).returncode == 0


class Machine:
    """The machine's sockets, and the appliance's log."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.log = ""

    async def order(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{text}\n".encode())
        await self._process.stdin.drain()

    async def hear(self, *words: str) -> str:
        """Return the next log line that contains all these words."""
        assert self._process.stdout is not None
        async with asyncio.timeout(20):
            while line := (await self._process.stdout.readline()).decode():
                self.log += line
                if all(word in line for word in words):
                    return line
        raise AssertionError(self.log)


@asynccontextmanager
async def machine(folder: Path) -> AsyncIterator[Machine]:
    python = [sys.executable, "-m", "edge", "--config", str(folder / "config.toml"), "run"]
    command = ["umockdev-wrapper", SYSTEM_PYTHON, str(HERE / "plug.py"), str(HERE / "shop.umockdev"), *python]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.STDOUT, cwd=ROOT, env={**os.environ}
    )
    try:
        yield Machine(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


@pytest.mark.needs("umockdev-wrapper")
def test_a_scanner_is_used_by_being_plugged_in_and_a_keyboard_never(tmp_path: Path) -> None:
    if not has_gi():
        pytest.skip("missing: python3-gi, gir1.2-umockdev-1.0")
    text = SHOP.replace("scanners = false", "scanners = true")
    (tmp_path / "config.toml").write_text(text)

    async def scenario() -> None:
        async with open_shop(tmp_path, stocked=False, text=text) as shop:
            assert isinstance(await shop.do(SetProducts(MILK_ALONE), SYSTEM), Done)
        async with machine(tmp_path) as sockets:
            await sockets.hear("ready to sell")
            client = Client(config(tmp_path, text))
            await sockets.order("plug 046d:c31c 4")
            await sockets.order("plug 05e0:1200 3")
            await sockets.hear("plugged in", NAME, "/dev/input/event3")
            await scanned(client, 1)
            await sockets.order("pull 05e0:1200 3")
            await sockets.hear("pulled out", NAME)
            assert NAME not in {state.name for state in await asyncio.to_thread(client.parts)}
            await sockets.order("plug 05e0:1200 6")  # the kernel assigns another number
            await sockets.hear("plugged in", NAME, "/dev/input/event6")
            await scanned(client, 2)
            assert "Logitech" not in sockets.log
            parts = {state.name: state.state for state in await asyncio.to_thread(client.parts)}
            assert parts[NAME] == "ok"

    run(scenario())


async def scanned(client: Client, times: int) -> None:
    """Wait until the milk is in the basket this many times."""
    async with asyncio.timeout(20):
        while True:
            basket = await asyncio.to_thread(client.query, "basket", Basket, register="1")
            if sum(line.quantity for line in basket.lines if line.code == MILK) == 1000 * times:
                return
            await asyncio.sleep(0.05)
