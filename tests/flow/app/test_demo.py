"""`edge demo`, as a person starts it: the page answers, the devices can be pressed, and Ctrl-C leaves nothing."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import aiohttp
import psutil
import pytest

from edge.app.demo_shop import demo_office
from edge.app.demo_shop.demo_catalog import favourites
from edge.core.storage.database import open_reader
from edge.runtime.config import load
from sim.ports import free_port
from tests.http_client import Api, edge, when
from tests.shop_fixture import run

START_S = 300.0
END_S = 60.0
LIMIT_S = 540.0
"""Ninety days are lived before the first page: 50 s of a processor, which a busy machine lends slowly."""
PNG = b"\x89PNG\r\n\x1a\n"


def _lives(process: psutil.Process) -> bool:
    """Also where it ends while it is looked at."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class Demo:
    """A demo that runs."""

    def __init__(
        self, folder: Path, port: int, process: asyncio.subprocess.Process, http: aiohttp.ClientSession
    ) -> None:
        self.folder = folder
        self.port = port
        self.process = process
        self.http = http
        self.api = Api(http, f"127.0.0.1:{port}", folder / "data")

    @property
    def counter(self) -> str:
        """Where the simulated devices are."""
        found = re.search(r'aside = "(.*)/"', (self.folder / "config.toml").read_text())
        assert found
        return found[1]

    @property
    def office(self) -> str:
        """Where head office's page is, as the demo says it."""
        said = re.search(r"office +(http://\S+)/", self.folder.with_suffix(".out").read_text())
        assert said
        return said[1]

    async def end(self, number: int) -> int:
        """Send a signal; the exit status, once it and all that it had started are gone."""
        below = psutil.Process(self.process.pid).children(recursive=True)
        assert {"mosquitto", "postgres"} <= {child.name() for child in below}
        self.process.send_signal(number)
        async with asyncio.timeout(END_S):
            status = await self.process.wait()

        async def left() -> list[psutil.Process]:
            return [child for child in below if _lives(child)]

        await when(left, lambda seen: not seen, "nothing is left running", END_S)
        return status


@asynccontextmanager
async def demo(folder: Path, port: int) -> AsyncIterator[Demo]:
    """A demo whose page answers. Ended, if the test has not done so."""
    words = ("-m", "edge", "demo", "--folder", str(folder), "--port", str(port))
    out = folder.with_suffix(".out")
    with out.open("ab") as file:
        env = {**os.environ, "TMPDIR": str(folder.parent)}  # what a kill leaves lying there goes with it
        process = await asyncio.create_subprocess_exec(sys.executable, *words, stdout=file, stderr=file, env=env)
    try:
        async with aiohttp.ClientSession() as http:
            running = Demo(folder, port, process, http)

            async def page() -> bool:
                assert process.returncode is None, out.read_text()
                return "Ctrl-C" in out.read_text()

            await when(page, bool, "the demo says that it is open", START_S)
            yield running
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
            await process.wait()


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that the account can reach which root lends to Postgres: those of pytest it can't."""
    with TemporaryDirectory(prefix="edge-demo-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.timeout(LIMIT_S + 60)
def test_a_demo_sells_ends_and_comes_back(folder: Path) -> None:
    async def scenario() -> None:
        port = free_port()
        async with demo(folder / "demo", port) as shop:
            async with shop.http.get(f"http://127.0.0.1:{port}/") as page:
                assert page.status == 200 and "text/html" in page.headers["Content-Type"]
            await _head_office_sees_it(shop)
            first = await _sell(shop)
            assert first > 1_000, "the shop has lived for ninety days"
            for state in ("off", "on"):
                async with shop.http.post(f"{shop.counter}/internet/{state}") as switched:
                    assert switched.status == 204
                if state == "off":
                    assert await _sell(shop) == first + 1, "it sells without the internet"
            assert await shop.end(signal.SIGINT) == 0

        # What was sold is still there
        (folder / "demo.out").write_text("")
        async with demo(folder / "demo", port) as shop:
            assert await _sell(shop) == first + 2
            await _appliance_dies(shop)
            await _another_is_refused(folder, port)
            assert await shop.end(signal.SIGKILL) == -signal.SIGKILL

    run(scenario(), LIMIT_S)


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("ten years of work")
    for words in ((), ("--fresh",)):
        refused = run(edge("demo", "--folder", tmp_path, "--port", str(free_port()), *words))
        assert refused.status == 1
        assert "contains other files" in refused.err
    assert (tmp_path / "thesis.txt").read_text() == "ten years of work"


async def _sell(shop: Demo) -> int:
    """Press a product, pay for it, and look at the receipt; its number."""
    product = next(found for found in favourites() if found.price_minor and found.unit == "piece" and not found.min_age)
    async with shop.http.post(shop.counter + "/scan", data=product.codes[0]) as pressed:
        assert pressed.status == 204
    basket = await when(lambda: shop.api.query("basket"), lambda seen: seen.get("lines"), "the line")
    assert [(line["sku"], line["price_minor"]) for line in basket["lines"]] == [(product.sku, product.price_minor)]
    status, answer = await shop.api.ask_for("Pay", kind="cash")
    assert status == 200, answer
    async with shop.http.get(shop.counter + "/receipts/after/0") as newest:
        number = (await newest.json())["number"]
    async with shop.http.get(f"{shop.counter}/receipts/{number}.png") as picture:
        assert (await picture.read()).startswith(PNG)
    return int(answer["done"]["events"][0]["number"])


async def _head_office_sees_it(shop: Demo) -> None:
    """The address that the demo says has a page; who it names signs in there, and sees the box. The employees added
    there are known at the shop."""
    base, body = shop.office, {"email": demo_office.EMAIL, "password": demo_office.PASSWORD}

    async def boxes() -> list[str]:
        try:
            async with shop.http.post(base + "/v1/sign-in", json=body) as signed:
                headers = {"Authorization": f"Bearer {(await signed.json())['token']}"}
            async with shop.http.get(base + "/v1/devices", headers=headers) as read:
                return [row["store"] for row in (await read.json())["rows"]]
        except (aiohttp.ClientError, KeyError):  # it is not there yet, or asks for patience
            return []

    async def employees() -> set[str]:
        db = open_reader(load(shop.folder / "config.toml").ledger)
        try:
            return {id for (id,) in db.execute("SELECT id FROM access_user")} & set(demo_office.EMPLOYEES)
        finally:
            db.close()

    assert await when(boxes, bool, "head office hears of the box", START_S, poll_s=0.5) == ["corner"]
    await when(employees, lambda seen: len(seen) == 2, "the shop hears of the employees", START_S, poll_s=0.5)


async def _appliance_dies(shop: Demo) -> None:
    """It is started again, and said."""
    of_demo = psutil.Process(shop.process.pid).children()
    next(child for child in of_demo if " ".join(child.cmdline() or ()).endswith(" run")).kill()
    out = shop.folder.with_suffix(".out")

    async def answers() -> bool:
        if "appliance stopped unexpectedly" not in out.read_text():
            return False
        try:
            async with shop.http.get(f"http://127.0.0.1:{shop.port}/healthz") as health:
                return "json" in health.headers["Content-Type"]
        except aiohttp.ClientError:
            return False

    await when(answers, bool, "the appliance is there again", START_S)


async def _another_is_refused(folder: Path, port: int) -> None:
    same_port = await edge("demo", "--folder", folder / "other", "--port", str(port))
    assert (same_port.status, same_port.out) == (1, "")
    assert f"Port {port}" in same_port.err and "--port" in same_port.err
    same_folder = await edge("demo", "--folder", folder / "demo", "--port", str(free_port()))
    assert same_folder.status == 1
    assert "Another edge process" in same_folder.err
