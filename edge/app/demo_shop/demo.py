"""`edge demo`: a complete shop on one machine.

The broker, Postgres, hub and appliance are real, each in its own process. Only the devices are simulated.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import signal
import stat
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date
from functools import partial
from pathlib import Path

from edge.analytics.forecast.commands import RetrainForecasts
from edge.app.cli.hub_places import SIGNING_KEY_FILE
from edge.app.cli.output import finish_progress, progress, say
from edge.app.cli.shop_access import finish, reach
from edge.app.demo_shop import (
    demo_access,
    demo_accounts,
    demo_alerts,
    demo_assistant,
    demo_books_out,
    demo_catalog,
    demo_checkout,
    demo_counter,
    demo_customers,
    demo_feeds,
    demo_history,
    demo_invoices,
    demo_no_show,
    demo_office,
    demo_orders,
    demo_other_tills,
    demo_production,
    demo_purchasing,
    demo_shelf,
    demo_stock,
    demo_terminal,
    demo_transfers,
    demo_trials,
)
from edge.app.demo_shop.demo_watch import Watched, watch
from edge.app.demo_shop.demo_welcome import welcome
from edge.core.storage.atomic_write import write_whole
from edge.core.storage.database import ProcessLock
from edge.foundation.access.commands import SetPin
from edge.foundation.access.credentials.pin import hash_pin
from edge.goods.ingest.commands import ImportCatalog
from edge.goods.ingest.import_folders import bring, take_away
from edge.goods.promotions.commands import SetPromotion
from edge.lib.errors import ConfigError, EdgeError
from edge.ordering.recommend.commands import TrainRecommendations
from edge.runtime import config, directive_trust
from sim.broker import Broker
from sim.child import Child, ServerError, accepts, unprivileged_account
from sim.counter import Counter, Key
from sim.ports import free_port
from sim.postgres import Postgres
from sim.printer.server import SimPrinter
from sim.scale import SimScale
from sim.scanners.serial import SimScanner
from sim.shelves.camera import SimShelfCamera
from sim.shelves.page import ShelfPage
from sim.speech import SimSpeech
from sync.directive_signing import Signer, new_key

PIN = "1234"
TENANT, STORE = "demo", "corner"
PORT = 8080
LAYOUT = 3
"""Version of the demo folder. Raise it when older folders can no longer be used; they are then recreated."""
LOCK_FILE = "edge.lock"
ROOTS_FOLDER = Path("/var/lib/edge-demo")
"""Folder for Postgres in a demo started by root, because other accounts can't access root's own folders. Only root can
write to its parent."""

CONFIG = """\
# Written by `edge demo`, at every start.
registers = ["1", "kiosk"]
[orders]
phones = true
no_show_fee_minor = {fee}

[customer_accounts]
on = true

[privacy]
officer = "Dana Levi"
contact = "privacy@example.org"
untouched_days = 730
[store]
tenant = "{tenant}"
id = "corner"
header = ["Corner Shop", "1 High Street"]
footer = ["Thank you - merci - תודה"]
tax_number = "515123453"
currency = "ILS"
language = "en"
zone = "{zone}"
cash_step_minor = 10

[tax]
inclusive = true
[[tax.class]]
id = "standard"
rates = [{{ name = "VAT", percent = "18" }}]
[[tax.class]]
id = "exempt"

[fiscal]
regimes = ["il"]
street = "High Street"
house = "1"
city = "Tel Aviv"
postcode = "6100000"
[fiscal.il]
books = true

[panel]
port = {port}
aside = "http://127.0.0.1:{aside}/"

[sync]
host = "127.0.0.1"
port = {broker}
tls = false

[[device]]
name = "scanner"
role = "scanner"
driver = "serial"
path = "{scanner}"

[[device]]
name = "scale"
role = "scale"
driver = "sics"
path = "{scale}"

[[device]]
name = "receipt printer"
role = "receipt_printer"
driver = "network"
host = "127.0.0.1"
port = {printer}
columns = 48

[[device]]
name = "microphone"
role = "microphone"
driver = "wav"
register = "1"
path = "{said}"
watched = true
rate_hz = 22050
echo_cancelled = true

[[device]]
name = "loudspeaker"
role = "speaker"
driver = "wav"
register = "1"
path = "{answered}"
"""


async def run(folder: Path, wanted: int | None, fresh: bool) -> None:
    """Start everything, print suggestions, and stop at SIGINT or SIGTERM. `wanted`: the page's port; None: the default,
    or another if the default is taken."""
    port = wanted or (free_port() if accepts(PORT) else PORT)
    if accepts(port):
        raise ConfigError(f"Port {port} is already in use.", "Choose another port with --port.")
    lock = _lock(folder)
    try:
        aside = free_port()
        while await _once(folder, port, aside, fresh):
            fresh = True
    except ServerError as error:
        raise EdgeError(f"The demo couldn't start: {error}") from error
    finally:
        lock.release()
    say("Everything has stopped.")


class _Ending:
    """Signals that a demo should end, and whether to start it again."""

    def __init__(self) -> None:
        self.event = asyncio.Event()
        self.again = False

    def stop(self) -> None:
        self.again = False
        self.event.set()

    def reset(self) -> None:
        self.again = True
        self.event.set()


async def _once(folder: Path, port: int, aside: int, fresh: bool) -> bool:
    """Run everything until it ends. Returns True if the demo was reset, so that the caller starts it from scratch."""
    ending, started = _Ending(), time.monotonic()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ending.stop)
    _prepare(folder, fresh)
    async with _demo(folder, port, aside, ending.reset) as (page, servers):
        welcome(page, folder, servers, PIN, time.monotonic() - started)
        await watch(servers, ending.event)
        say("\nStarting again ..." if ending.again else "\nStopping ...")
    return ending.again


@asynccontextmanager
async def _demo(
    folder: Path, port: int, aside: int, reset: Callable[[], None]
) -> AsyncIterator[tuple[str, list[Watched]]]:
    async with AsyncExitStack() as stack:
        _step("devices: a serial scanner, a network printer, a scale, a card terminal")
        scanner = SimScanner(folder / "scanner")
        stack.callback(scanner.close)
        scale = SimScale("sics", folder / "scale")
        stack.callback(scale.close)
        terminal, stripe = await demo_terminal.switched_on(stack), await demo_checkout.switched_on(stack)
        bar = await demo_other_tills.switched_on(stack, port)
        accountant = await demo_books_out.switched_on(stack)
        printer = await stack.enter_async_context(SimPrinter(folder=folder / "receipts"))
        camera = await stack.enter_async_context(SimShelfCamera(demo_shelf.bay()))
        shelf = await stack.enter_async_context(ShelfPage(camera))
        _step("broker (Mosquitto)")
        broker = await stack.enter_async_context(Broker())

        def internet(on: bool) -> None:
            broker.restart() if on else broker.stop()

        speech = SimSpeech(folder / "sound")
        beside = (f"http://127.0.0.1:{shelf.port}/", scale, internet, speech, terminal)
        counter = await stack.enter_async_context(
            Counter(scanner, printer, _keys(), aside, *beside, reset, f"http://127.0.0.1:{port}/")
        )
        _step("Postgres")
        postgres = await stack.enter_async_context(Postgres(_cluster(folder)))
        _step("hub")
        hub = _child(stack, "hub", folder)
        office = {"EDGE_HUB_DATABASE": postgres.dsn, SIGNING_KEY_FILE: str(_signing_key(folder))}

        def start_hub() -> None:
            _spawn(hub, ["hub", "--no-tls", "--broker", f"127.0.0.1:{broker.port}"], office)

        await demo_office.hire(postgres.dsn, TENANT, STORE)
        start_hub()
        office_page = _office_page(stack, folder, broker.port, office)
        places = {"port": port, "aside": counter.port, "broker": broker.port, "printer": printer.port}
        devices = {"scanner": scanner.path, "scale": scale.path, "said": speech.said, "answered": speech.answered}
        text = CONFIG.format(**places, tenant=TENANT, zone=demo_office.ZONE, fee=demo_no_show.FEE_MINOR, **devices)
        text += demo_shelf.CONFIG.format(url=camera.url) + demo_terminal.device(terminal)
        text += demo_other_tills.CONFIG + demo_checkout.section(stripe, port)
        (path := folder / "config.toml").write_text(text, encoding="utf-8")
        await _stock(path, folder, bar, accountant)
        _step("appliance")
        page, appliance = f"http://127.0.0.1:{port}/", _child(stack, "appliance", folder)

        def open_shop() -> None:
            _spawn(appliance, ["--config", str(path), "run"], {})

        open_shop()
        await asyncio.to_thread(appliance.wait_until, lambda: _answers(page + "healthz"))
        finish_progress("Everything runs.")
        yield (
            page,
            [
                Watched("appliance", page, lambda: appliance.has_ended, open_shop),
                Watched("hub", "", lambda: hub.has_ended, start_hub),
                office_page,
                Watched("broker", f"127.0.0.1:{broker.port}", lambda: broker.has_ended, broker.restart),
                Watched("Postgres", postgres.dsn, lambda: postgres.has_ended, postgres.restart),
            ],
        )


def _office_page(stack: AsyncExitStack, folder: Path, broker: int, office: dict[str, str]) -> Watched:
    """Start head office's page and API."""
    child, port = _child(stack, "office", folder), free_port()

    def start() -> None:
        _spawn(child, ["hub", "--no-tls", "--broker", f"127.0.0.1:{broker}", "api", "--port", str(port)], office)

    start()
    return Watched("office", f"http://127.0.0.1:{port}/", lambda: child.has_ended, start)


def _signing_key(folder: Path) -> Path:
    """Head office's signing key, already pinned by the shop."""
    path = folder / "signing-key.pem"
    if not path.exists():
        write_whole(path, new_key())
    data = folder / "data"
    for shut in (data, (data / directive_trust.FILE).parent):
        shut.mkdir(mode=0o700, exist_ok=True)
    directive_trust.pin(data, Signer.load(path).public)
    return path


def _lock(folder: Path) -> ProcessLock:
    """Lock the folder, because two Postgres servers on one cluster would destroy it."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = ProcessLock(folder)
    lock.require()
    return lock


def _prepare(folder: Path, fresh: bool) -> None:
    """Empty the folder, except for our lock, unless a demo with this layout created it."""
    mark = folder / "layout"
    found = [entry for entry in folder.iterdir() if entry.name != LOCK_FILE]
    if fresh or not mark.exists() or mark.read_text() != str(LAYOUT):
        if found and not mark.exists():
            raise ConfigError(f"{folder} contains other files.", "Choose another folder with --folder.")
        for entry in found:
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
        shutil.rmtree(_cluster(folder), ignore_errors=True)
    mark.write_text(str(LAYOUT))


def _cluster(folder: Path) -> Path:
    """Return the folder of Postgres' data. It is in the demo folder, unless Postgres runs under another account that
    can't access it."""
    if unprivileged_account() is None or all(
        parent.stat().st_mode & stat.S_IXOTH for parent in (folder, *folder.parents)
    ):
        return folder / "postgres"
    return ROOTS_FOLDER / hashlib.sha256(str(folder).encode()).hexdigest()[:16]


async def _stock(
    path: Path, folder: Path, bar: demo_other_tills.SquareBar, accountant: demo_books_out.Accountant
) -> None:
    """Import the demo's catalogue and set its PIN through the command bus, unless that was done before."""
    loaded = config.load(path)
    fresh = not loaded.ledger.exists()
    _step("catalogue (200 products in three languages)")
    file = folder / "catalogue.csv"
    demo_catalog.write(file)
    if fresh:
        _step(f"{demo_history.DAYS} days of past sales")
        now_us = time.time_ns() // 1000
        today = date.fromisoformat(loaded.business_date(now_us))
        kind, week = demo_trials.TriedShop, demo_history.EVERY_DAY
        live = partial(demo_history.live_through, week=week, now_us=now_us, kind=kind)
        await asyncio.to_thread(live, loaded, demo_catalog.products(), today)
    async with reach(loaded) as shop:
        queued = await shop.do(ImportCatalog(str(brought := bring(loaded.folder, file))))
        job, _ = await finish(shop, queued.result, lambda job: None)
        take_away(brought)
        if job.state != "done":
            raise EdgeError(f"The demo's catalogue couldn't be imported: {job.message}")
        if fresh:
            await shop.do(SetPin(await asyncio.to_thread(hash_pin, PIN)))
            for promotion in demo_catalog.promotions():
                await shop.do(SetPromotion(promotion))
            for one in demo_checkout.WHO:
                await shop.do(one)
            await demo_stock.fill(shop.do)
            await demo_purchasing.seed(shop.do)
            await finish(shop, await demo_feeds.seed(shop.do, loaded.folder), lambda job: None)
            await demo_transfers.seed(shop.do)
            await demo_production.seed(shop.do)
            await demo_access.seed(shop.do, loaded.folder)
            for command in demo_alerts.commands():
                await shop.do(command)
            await demo_history.await_following_tables(loaded.ledger)
            for learn in (RetrainForecasts(), TrainRecommendations()):
                await finish(shop, (await shop.do(learn)).result, lambda job: None)
        await bar.seed(shop.do, loaded.folder)
        await accountant.seed(shop.do, loaded.folder)
    if fresh:
        async with reach(loaded, loaded.registers[0]) as till:
            await demo_customers.seed(till.do, demo_catalog.by_the_piece())
            await demo_counter.seed(till.do)
            await demo_invoices.seed(till.do, demo_catalog.by_the_piece())
            await demo_accounts.seed(till.do, demo_catalog.by_the_piece())
            await demo_shelf.seed(till, loaded.folder)
            await demo_assistant.seed(till.do)
        await demo_orders.fill(loaded)


def _keys() -> list[Key]:
    return [Key(product.names or {}, (product.codes or ("",))[0]) for product in demo_catalog.favourites()]


def _child(stack: AsyncExitStack, name: str, folder: Path) -> Child:
    child = Child(name, folder / f"{name}.log")

    async def end() -> None:
        await asyncio.to_thread(child.stop, signal.SIGTERM)

    stack.push_async_callback(end)
    return child


def _spawn(child: Child, arguments: list[str], extra: dict[str, str]) -> None:
    child.spawn([sys.executable, "-m", "edge", *arguments], {**os.environ, **extra})


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=1) as answer:  # nosec B310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _step(what: str) -> None:
    progress(f"starting {what} ...") if sys.stdout.isatty() else say(f"starting {what}")
