"""A shop with its panel on a free port, for tests: within the test's own loop, or in a thread beside a browser."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from edge.catalog.commands import SetProducts
from edge.config import Config
from edge.core.door import Shop
from edge.core.parts import Part, Supervisor
from edge.core.projections import Follower
from edge.core.shapes import Done
from edge.ledger import Ledger
from edge.panel.app import make_app
from edge.panel.part import PanelPart
from edge.panel.site import SITE, Site
from edge.panel.sync_state import SyncState
from tests.house import CONFIG, PRODUCTS, SYSTEM, FakeClock, config

DEADLINE_S = 10.0


class Position(msgspec.Struct):
    """A `SyncState` that a test sets."""

    state: str = "flowing"
    through: int = 0
    head: int = 0
    advice: str = ""


@dataclass
class Served:
    """What a test has in its hands."""

    ledger: Ledger
    shop: Shop
    supervisor: Supervisor
    site: Site
    port: int
    config: Config

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@asynccontextmanager
async def serve(
    folder: Path,
    text: str = CONFIG,
    sync: SyncState | None = None,
    clock: FakeClock | None = None,
    port: int = 0,
    wrap: Callable[[Ledger], None] = lambda ledger: None,
) -> AsyncIterator[Served]:
    """A whole shop but for its devices. `wrap` may change the ledger before the shop opens (a failing disk)."""
    made = config(folder, text.replace("port = 0", f"port = {port}"))
    ledger = Ledger(made, clock)
    wrap(ledger)
    shop = ledger.shop()
    shop.start()
    supervisor = Supervisor(shop.bus)
    app = make_app(shop, supervisor, made, sync)
    part = PanelPart(app, made.panel)
    ready = asyncio.Event()

    async def run(say: Callable[[], None]) -> None:
        await part.run(lambda: (say(), ready.set())[0])

    try:
        done = await shop.do(SetProducts(PRODUCTS), SYSTEM)
        assert isinstance(done, Done), done
        supervisor.start(Part("panel", run, critical=True, stage=2))
        for projector in shop.registry.projectors:
            if not projector.strict:
                supervisor.start(Part(projector.name, Follower(shop, projector).run))
        await asyncio.wait_for(ready.wait(), DEADLINE_S)
        yield Served(ledger, shop, supervisor, app[SITE], part.port, made)
    finally:
        await supervisor.stop()
        shop.close()
        ledger.close()


class Beside:
    """`serve` in a thread of its own, for tests that drive a browser: `start`, `stop`, and `do` on its loop."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self._folder = folder
        self._options = options
        self._thread: threading.Thread | None = None
        self.port = 0

    def start(self) -> None:
        """Open the shop; at the same port as before when it was open already."""
        started, fault = threading.Event(), []

        async def live() -> None:
            self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
            async with serve(self._folder, port=self.port, **self._options) as served:
                self.served, self.port = served, served.port
                started.set()
                await self._stopping.wait()

        def run() -> None:
            try:
                asyncio.run(live())
            except BaseException as error:
                fault.append(error)
                raise
            finally:
                started.set()

        self._thread = threading.Thread(target=run, name="shop", daemon=True)
        self._thread.start()
        assert started.wait(DEADLINE_S)
        assert not fault, fault

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run `work` on the shop's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(DEADLINE_S)

    def stop(self) -> None:
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(DEADLINE_S)
            self._thread = None
