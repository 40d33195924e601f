"""Two boxes and a witness as they run in a shop: three processes on real wires, to be killed and frozen.

async with twin_boxes(folder) as shop:
    await shop.start()
    await shop.do("AddLine", code=MILK)     # at whichever box leads, as a till asks
    shop.a.process.kill()
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from edge.backoffice.twin.membership.founding import found_shop
from edge.core import ids
from sim.ports import free_port
from sim.printer.server import SimPrinter
from tests.fork_server import EdgeChild
from tests.http_client import Api, when
from tests.stack import PRODUCTS, Store
from tests.twin_wires import TwinWires

AGAIN_S = 0.02
PATIENCE_S = 120.0


def config_to_join() -> str:
    """Of boxes that are let in one after the other: the first has a port of its own, as such tests run beside each
    other."""
    return f"{CONFIG}port = {free_port()}\n"


class Box(Store):
    """One of them."""

    name: str


class TwinShop:
    """All three, and a till that asks whichever leads."""

    def __init__(self, a: Box, b: Box, witness: EdgeChild, witness_folder: Path) -> None:
        self.a, self.b, self.witness, self.witness_folder = a, b, witness, witness_folder
        self.boxes = (a, b)
        self.wires: TwinWires | None = None
        self.printer: SimPrinter | None = None

    def spawn_witness(self) -> None:
        self.witness.spawn_edge(["witness", "--folder", self.witness_folder], os.environ)

    async def start(self) -> None:
        """Start all three; returns once the first box sells and the second one follows it."""
        self.spawn_witness()
        self.a.spawn()
        self.b.spawn()
        await self.a.ready(("panel",))
        await self.a.api.do("SetProducts", self.a.api.token, products=msgspec.to_builtins(PRODUCTS))
        await self.paired(self.a)

    async def paired(self, leader: Box) -> None:
        """Until the other box is an heir."""

        async def look() -> bool:
            return await _is_paired(leader)

        await when(look, bool, "both boxes are heirs", PATIENCE_S)

    async def settled(self) -> Box:
        """The box that leads, once the other one is an heir, whichever it is by then."""

        async def look() -> list[Box]:
            return [box for box in self.boxes if await _is_paired(box)]

        return (await when(look, bool, "both boxes are heirs", PATIENCE_S))[0]

    async def leader(self) -> Box:
        async def look() -> list[Box]:
            return [box for box in self.boxes if await _leads(box)]

        return (await when(look, bool, "a box leads", PATIENCE_S))[0]

    async def do(self, command: str, key: str = "", **fields: Any) -> dict[str, Any]:
        """As a till does it: at both boxes in turn, under one id, until it is answered."""
        id = key or ids.show(ids.command_id(time.time_ns() // 1000, os.urandom(10)))
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            for box in self.boxes:
                if box.process.runs and (answer := await _asked(box, command, id, fields)) is not None:
                    return answer
            await asyncio.sleep(AGAIN_S)
        raise AssertionError(f"{command} was answered by nobody\n{self.a.log}\n{self.b.log}")


async def _asked(box: Box, command: str, id: str, fields: dict[str, Any]) -> dict[str, Any] | None:
    try:
        status, answer = await box.api.post(
            f"/api/v1/commands/{command}", fields, **{"Register": "1", "Idempotency-Key": id}
        )
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        return None
    return answer if status in (200, 409, 422) else None


async def _leads(box: Box) -> bool:
    try:
        return box.process.runs and bool(await box.api.metrics())
    except (aiohttp.ClientError, OSError, ValueError, AssertionError):
        return False


async def _is_paired(box: Box) -> bool:
    """Whether it leads and either may lead now, by what it says itself: what its parts told of last may be old."""
    if not box.process.runs:
        return False
    try:
        _, found = await box.api.get("/api/v1/twin")
    except (aiohttp.ClientError, OSError, ValueError, TimeoutError):
        return False
    twin = found.get("twin") or {}
    return twin.get("leader") == twin.get("box") and twin.get("state") == "both"


CONFIG = """\
[store]
id = "corner"
device = "box"
header = ["Corner Shop"]
currency = "EUR"
zone = "Europe/Paris"
[tax]
[[tax.class]]
id = "standard"
rates = [{{ name = "VAT", percent = "20" }}]
[panel]
port = {port}
[twin]
sync_ms = 60000
"""
"""A disk of a loaded machine is a slow one: these boxes may lead all the same."""
PRINTER = """\
[[device]]
name = "receipt printer"
role = "receipt_printer"
driver = "network"
host = "127.0.0.1"
port = %d
columns = 48
"""


@asynccontextmanager
async def twin_boxes(
    folder: Path, text: str = CONFIG, has_wires: bool = False, has_printer: bool = False
) -> AsyncIterator[TwinShop]:
    """All three, set up and not yet started; at the end nothing of it runs. `has_wires`: their cables can be cut;
    `has_printer`: receipts of register 1 come out of a printer in the network."""
    async with AsyncExitStack() as stack:
        printer = await stack.enter_async_context(SimPrinter()) if has_printer else None
        if printer is not None:
            text += PRINTER % printer.port
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(5)))
        boxes = {name: box_of(folder / name, session, text) for name in ("a", "b")}
        folders = {name: box.folder / "data" for name, box in boxes.items()} | {"w": folder / "w"}
        ports = {name: free_port() for name in folders}
        found_shop(folders, ports, {name: box.port for name, box in boxes.items()})
        witness = EdgeChild("witness", folder / "witness.log")
        shop = TwinShop(boxes["a"], boxes["b"], witness, folder / "w")
        shop.printer = printer
        if has_wires:
            shop.wires = TwinWires(ports)
            await shop.wires.start(folders)
            stack.callback(shop.wires.close)
        for child in (boxes["a"].process, boxes["b"].process, witness):
            stack.callback(child.stop, signal.SIGKILL)
        yield shop


def box_of(folder: Path, session: aiohttp.ClientSession, text: str) -> Box:
    folder.mkdir(parents=True)
    box = Box.__new__(Box)
    box.folder, box.path, box.port = folder, folder / "config.toml", free_port()
    box.process = EdgeChild(folder.name, folder / "appliance.log")
    box.api = Api(session, f"127.0.0.1:{box.port}", folder / "data")
    box.path.write_text(text.format(port=box.port))
    return box
