"""The whole shop as it runs in real life, for tests and benches: every part its own process, every wire real.

async with cloud(postgres) as head_office, store(folder, head_office) as shop:
    await shop.start()                         # `python -m edge run`; ready to sell
    shop.scanner.type(MILK)                    # a pty
    await shop.basket(lines=1)
    await shop.api.do("Pay", kind="card")
    print((await shop.printer.next_receipt()).text)
    await head_office.holds(shop)
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import msgspec

from edge.core.journal.rows import read_head, read_rows
from edge.core.storage.database import open_reader
from edge.goods.catalog.product import Product
from edge.runtime.config import Config, load
from sim.broker import Broker
from sim.ports import free_port
from sim.postgres import Postgres
from sim.printer.server import SimPrinter
from sim.scanners.serial import SimScanner
from sync.wire import COLUMNS, Row
from tests.fork_server import EdgeChild
from tests.http_client import Api, Ended, edge, when

MILK, BREAD, BEER = "4006381333931", "3017620422003", "5000213101261"
PRODUCTS = (
    Product("milk", {"en": "Milk"}, (MILK,), 120),
    Product("bread", {"en": "Bread"}, (BREAD,), 345),
    Product("beer", {"en": "Beer"}, (BEER,), 250, min_age=18),
)
CONFIG = """\
[store]
id = "corner"
header = ["Corner Shop"]
currency = "EUR"
zone = "Europe/Paris"
[tax]
[[tax.class]]
id = "standard"
rates = [{{ name = "VAT", percent = "20" }}]
[panel]
port = {port}
[[device]]
name = "scanner"
role = "scanner"
driver = "serial"
path = "{scanner}"
[[device]]
name = "printer"
role = "receipt_printer"
driver = "network"
host = "127.0.0.1"
port = {printer}
columns = 48
"""
SYNC = """\
[sync]
host = "127.0.0.1"
port = {broker}
tls = false
"""
START_S = 60.0
READY_S = 0.02
AUTHORIZATION_CHECK_S = 30.0
LOOK_S = 0.05
PAGE = 1000
_HELD = """
    SELECT min(CASE WHEN projection.epoch = device.epoch THEN least(device.through, projection.through) ELSE 0 END)
    FROM device JOIN projection USING (device)
"""
_HISTORY = f"""
    SELECT {", ".join(COLUMNS)} FROM history AS row WHERE NOT EXISTS (
        SELECT FROM orphaned_stretch AS gone WHERE gone.device = row.device AND gone.epoch = row.epoch
            AND seq BETWEEN first_seq AND last_seq
    ) ORDER BY seq
"""
"""What the store goes on from; what restores have left is in the view, too."""


class Store:
    """One shop: its folder, its devices, its process."""

    def __init__(self, folder: Path, scanner: SimScanner, printer: SimPrinter, session: aiohttp.ClientSession) -> None:
        self.folder = folder
        self.path = folder / "config.toml"
        self.scanner = scanner
        self.printer = printer
        self.port = free_port()
        self.process = EdgeChild("appliance", folder / "appliance.log")
        self.api = Api(session, f"127.0.0.1:{self.port}", folder / "data")

    def configure(self, text: str, broker: int | None) -> None:
        """Write config.toml."""
        values = {"port": self.port, "scanner": self.scanner.path, "printer": self.printer.port}
        self.path.write_text(text.format(**values) + (SYNC.format(broker=broker) if broker else ""))

    @property
    def config(self) -> Config:
        return load(self.path)

    @property
    def log(self) -> str:
        """All that the appliance has said since the first start."""
        return self.process.log.read_text()

    async def start(self, products: Sequence[Product] = ()) -> None:
        """Start the appliance; returns once it is ready to sell, with its devices, and has these products."""
        self.spawn()
        await self.ready()
        for at in range(0, len(products), 100):
            chunk = msgspec.to_builtins(products[at : at + 100])
            await self.api.do("SetProducts", self.api.token, products=chunk)

    async def ready(self, parts: Sequence[str] = ("panel", "scanner", "printer")) -> None:
        """Wait until these parts of it work."""
        wanted = [f'edge_part_up{{part="{name}"}}' for name in parts]
        await when(
            self.api.metrics, lambda seen: all(seen.get(name) for name in wanted), "ready to sell", START_S, READY_S
        )

    def spawn(self) -> None:
        """Start the appliance; does not wait. From the main thread: it lives as long as the thread that started it."""
        self.process.spawn_edge(["--config", self.path, "run"], os.environ)

    async def stop(self, number: int = signal.SIGTERM) -> None:
        """End the appliance in good order."""
        await asyncio.to_thread(self.process.stop, number)

    async def edge(self, *words: str | Path, stdin: str = "") -> Ended:
        """A command of this shop's command line."""
        return await edge("--config", self.path, *words, stdin=stdin)

    async def part(self, name: str, state: str, within_s: float = 30.0) -> dict[str, Any]:
        """A part as `/healthz` shows it, once it is in this state."""

        async def look() -> dict[str, Any]:
            parts = (await self.api.health())["parts"]
            return next((part for part in parts if part["name"] == name), {"state": "not there"})

        return await when(look, lambda seen: seen["state"] == state, f"{name} is {state}", within_s)

    async def basket(self, lines: int) -> list[dict[str, Any]]:
        """The lines on the counter, once there are so many."""

        async def look() -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = (await self.api.query("basket")).get("lines", [])
            return found

        return await when(look, lambda seen: len(seen) >= lines, f"{lines} lines in the basket")

    async def sell(self, *codes: str, kind: str = "card") -> int:
        """Add and pay through the API; the receipt's number."""
        for code in codes or (MILK,):
            await self.api.do("AddLine", code=code)
        status, answer = await self.api.ask_for("Pay", kind=kind)
        assert status == 200, answer
        return int(answer["done"]["events"][0]["number"])

    def rows_of_copy(self, place: Path) -> list[Row]:
        """The journal read from a copy of its files in `place`: a reader writes beside the ledger, and a full disk has
        no room for that."""
        place.mkdir()
        for end in ("", "-wal"):
            shutil.copy(f"{self.config.ledger}{end}", place)
        return self.rows(place / self.config.ledger.name)

    def rows(self, ledger: Path | None = None) -> list[Row]:
        """The journal as it lies on the disk."""
        db = open_reader(ledger or self.config.ledger)
        try:
            rows: list[Row] = []
            while page := read_rows(db, len(rows) + 1, PAGE):
                rows += page
            return rows
        finally:
            db.close()

    def head(self) -> int:
        """The number of the journal's last row."""
        db = open_reader(self.config.ledger)
        try:
            return read_head(db).seq
        finally:
            db.close()


class Cloud:
    """The other side: broker, hub, and the hub's database."""

    def __init__(self, broker: Broker, postgres: Postgres, dsn: str, log: Path) -> None:
        self.broker = broker
        self.postgres = postgres
        self.dsn = dsn
        self.hub = EdgeChild("hub", log)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.broker.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What tells `edge hub` where its database and broker are: on this machine, in the clear."""
        return {"EDGE_HUB_DATABASE": self.dsn, "EDGE_HUB_BROKER": self.address, "EDGE_HUB_TLS": "off"}

    def spawn(self) -> None:
        """Start the hub; does not wait. See `Store.spawn`."""
        self.hub.spawn_edge(["hub"], {**os.environ, **self.environment})

    async def edge(self, *words: str | Path) -> Ended:
        """A command of head office's command line."""
        return await edge(*words, env=self.environment)

    async def fetch(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the hub's database; none while Postgres is not there, or the table as it is asked for."""
        try:
            connection = await asyncpg.connect(self.dsn)
        except (OSError, asyncpg.PostgresError):
            return []
        try:
            return [tuple(row) for row in await connection.fetch(sql, *values)]
        except (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError):
            return []
        finally:
            await connection.close()

    async def holds(self, store: Store, within_s: float = AUTHORIZATION_CHECK_S) -> list[Row]:
        """The rows of the store's journal in Postgres, once they reach its present end and are projected."""
        await when(
            lambda: self.fetch(_HELD),
            lambda seen: seen and seen[0][0] is not None and seen[0][0] >= store.head(),
            f"the hub holds {store.head()} rows",
            within_s,
            LOOK_S,
        )
        return [Row(*row) for row in await self.fetch(_HISTORY)]


@asynccontextmanager
async def cloud(postgres: Postgres, database: str, folder: Path) -> AsyncIterator[Cloud]:
    """A broker, and a hub that writes to an empty database of `postgres`."""
    connection = await asyncpg.connect(postgres.dsn)
    await connection.execute(f"CREATE DATABASE {database}")
    await connection.close()
    async with Broker() as broker:
        office = Cloud(broker, postgres, postgres.dsn_of(database), folder / "hub.log")
        office.spawn()
        try:
            yield office
        finally:
            await asyncio.to_thread(office.hub.stop, signal.SIGTERM)


@asynccontextmanager
async def store(folder: Path, office: Cloud | None = None, text: str = CONFIG) -> AsyncIterator[Store]:
    """A shop with a scanner and a printer, configured and not yet started; at the end nothing of it runs."""
    async with AsyncExitStack() as stack:
        scanner = SimScanner(folder / "scanner")
        stack.callback(scanner.close)
        printer = await stack.enter_async_context(SimPrinter())
        session = await stack.enter_async_context(aiohttp.ClientSession())
        shop = Store(folder, scanner, printer, session)
        shop.configure(text, office.broker.port if office else None)
        stack.push_async_callback(shop.stop)
        yield shop
