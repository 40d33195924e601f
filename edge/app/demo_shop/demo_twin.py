"""`edge demo --twin`: two appliances and a witness, and a page with a switch for each."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
from aiohttp import web

from edge.app.cli.output import say
from edge.backoffice.twin.membership.founding import found_shop
from edge.core.storage.database import ProcessLock
from edge.lib.errors import ConfigError
from sim.child import Child, accepts
from sim.ports import free_port
from sim.printer.server import SimPrinter

PORT = 8090
"""Port of the control page. The boxes use the next two ports."""
CONFIG = """\
registers = ["1", "2"]
[store]
id = "two-boxes"
header = ["Two Boxes, One Shop"]
currency = "EUR"
zone = "Europe/Paris"
[tax]
[[tax.class]]
id = "standard"
rates = [{{ name = "VAT", percent = "20" }}]
[panel]
port = {port}
[[device]]
name = "receipt printer"
role = "receipt_printer"
driver = "network"
host = "127.0.0.1"
port = {printer}
columns = 48
"""
_PAGE = """<!doctype html><meta charset="utf-8"><title>Two boxes</title>
<meta http-equiv="refresh" content="2"><body style="font:18px system-ui;max-width:40rem;margin:2rem auto">
<h1>Two boxes, one shop</h1><table cellpadding="8">{rows}</table>
<p>Keep a till open at either box while you end the one that leads.</p></body>"""
_ROW = """<tr><td><b>{name}</b></td><td>{where}</td><td>{state}</td><td><form method="post" action="/{name}">
<button>{does}</button></form></td></tr>"""


class DemoMachine(msgspec.Struct):
    """One of the demo's two boxes or its witness: its process, start arguments and page address."""

    name: str
    child: Child
    arguments: list[str]
    page: str = ""

    def start(self) -> None:
        self.child.spawn([sys.executable, "-m", "edge", *self.arguments], os.environ)


async def run(folder: Path, wanted: int | None, fresh: bool) -> None:
    """Start everything, and stop at SIGINT or SIGTERM. `wanted`: the port of the control page."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    port = wanted or PORT
    if any(map(accepts, range(port, port + 3))):
        raise ConfigError(f"A port from {port} to {port + 2} is already in use.", "Choose another one with --port.")
    lock = _lock(folder)
    try:
        async with AsyncExitStack() as stack:
            machines = await _start_all(stack, folder, port, fresh)
            runner = web.AppRunner(_switches(machines), access_log=None)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", port).start()
            say(f"  the switches   http://127.0.0.1:{port}/")
            for one in machines:
                say(f"  {one.name:14} {one.page or 'votes only, stores no data'}")
            say("Stop the active box and keep selling. Ctrl-C stops everything.")
            await stop.wait()
    finally:
        lock.release()


def _lock(folder: Path) -> ProcessLock:
    """Lock the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = ProcessLock(folder, "demo.lock")
    lock.require()
    return lock


async def _start_all(stack: AsyncExitStack, folder: Path, port: int, fresh: bool) -> list[DemoMachine]:
    places = {name: folder / name for name in ("1", "2", "witness")}
    if fresh:
        for place in places.values():
            shutil.rmtree(place, ignore_errors=True)
    printer = await stack.enter_async_context(SimPrinter(folder=folder / "receipts"))
    pages = {"1": port + 1, "2": port + 2}
    data = {name: place / "data" for name, place in places.items()}
    if not places["1"].exists():
        for place in places.values():
            place.mkdir(parents=True)
        found_shop(data, {name: free_port() for name in data}, pages)
    machines = []
    for name, place in places.items():
        child = Child(name, place / "log")
        stack.callback(child.stop, signal.SIGKILL)
        if name in pages:
            (place / "config.toml").write_text(CONFIG.format(port=pages[name], printer=printer.port))
            arguments = ["--config", str(place / "config.toml"), "run"]
            machines.append(DemoMachine(f"box-{name}", child, arguments, f"http://127.0.0.1:{pages[name]}/"))
        else:
            machines.append(DemoMachine(name, child, ["witness", "--folder", str(data[name])]))
    for one in machines:
        one.start()
    return machines


def _switches(machines: list[DemoMachine]) -> web.Application:
    """Return a page with a row per machine, and a button that kills it, as if unplugged, or restarts it."""

    async def page(request: web.Request) -> web.Response:
        rows = "".join(
            _ROW.format(
                name=one.name,
                where=f'<a href="{one.page}" target="_blank">{one.page}</a>' if one.page else "",
                state="runs" if one.child.runs else "is off",
                does="pull the plug" if one.child.runs else "switch on",
            )
            for one in machines
        )
        return web.Response(text=_PAGE.format(rows=rows), content_type="text/html")

    async def switch(request: web.Request) -> web.Response:
        one = next((one for one in machines if one.name == request.match_info["name"]), None)
        if one is None:
            raise web.HTTPNotFound
        one.child.kill() if one.child.runs else one.start()
        raise web.HTTPSeeOther("/")

    app = web.Application()
    app.add_routes([web.get("/", page), web.post("/{name}", switch)])
    return app
