"""A shop with its panel on a free port, within the test's own loop."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from aiohttp.typedefs import Middleware

from edge.analytics.shelf.shelf_service import SHELF, ShelfService
from edge.app.panel import panel_app
from edge.conversation.understanding.language_models import MODELS
from edge.core.addresses import is_loopback
from edge.core.command_bus import CommandBus
from edge.core.journal.projections import Follower, FollowersTogether
from edge.core.messages import Done, Refused
from edge.core.process.parts import Part, Supervisor
from edge.core.secrets.store import SecretStore
from edge.counter.till.pages.till_context import TILLS, TillContext
from edge.foundation.access.identity import ACCESS, IdentityProvider
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.operations.ledger import Ledger
from edge.runtime.config import Config
from edge.runtime.models_state import RUNNING
from edge.runtime.secrets import SECRETS
from edge.runtime.sync_state import SyncState
from edge.web.context import SITE, PanelContext
from edge.web.part import PanelPart
from tests.shop_fixture import CONFIG, PRODUCTS, SYSTEM, FakeClock, config

DEADLINE_S = 60.0
"""What a page or an answer may take at most: several times what it does beside other tests on two cores."""


class Position(msgspec.Struct):
    """A `SyncState` that a test sets."""

    state: str = "flowing"
    through: int = 0
    head: int = 0
    set_back: int = 0
    place: str = ""
    advice: str = ""
    key: str = ""
    values: dict[str, str] = {}


@dataclass
class Served:
    """What a test has in its hands."""

    ledger: Ledger
    shop: CommandBus
    supervisor: Supervisor
    site: PanelContext
    port: int
    config: Config

    @property
    def access(self) -> IdentityProvider:
        return self.site.services.of(ACCESS)

    @property
    def tills(self) -> TillContext:
        return self.site.services.of(TILLS)

    @property
    def shelf(self) -> ShelfService:
        return self.site.services.of(SHELF)

    @property
    def secrets(self) -> SecretStore:
        return self.site.services.of(SECRETS)

    def run_models(self, models: Any) -> None:
        """From now on the shop has these."""
        self.site.services.put(RUNNING, models)
        self.site.services.put(MODELS, models)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


async def fill_the_disk(served: Served) -> None:
    """Write until there is no room for more."""
    pages = served.ledger.db.execute("PRAGMA page_count").fetchone()[0]
    served.ledger.db.execute(f"PRAGMA max_page_count = {pages}")
    for at in itertools.count(0, 50):
        many = tuple(Product(f"filler {n}", {"en": "n" * 300}) for n in range(at, at + 50))
        outcome = await served.shop.do(SetProducts(many), SYSTEM)
        if isinstance(outcome, Refused):
            return


def make_room(served: Served) -> None:
    served.ledger.db.execute("PRAGMA max_page_count = 1000000")


@asynccontextmanager
async def serve(
    folder: Path,
    text: str = CONFIG,
    sync: SyncState | None = None,
    clock: FakeClock | None = None,
    port: int = 0,
    wrap: Callable[[Ledger], None] = lambda ledger: None,
    here: Callable[[str], bool] = is_loopback,
    before: Middleware | None = None,
) -> AsyncIterator[Served]:
    """A whole shop but for its devices. `wrap` may change the ledger before the shop opens (a failing disk), `here` say
    which addresses are the machine to itself: all it has here, where strangers are to come from 127.0.0.2, are.
    `before` answers in the shop's place: what a page's worker asks is heard there too, where no browser lets a test
    listen."""
    made = config(folder, text.replace("port = 0", f"port = {port}"))
    ledger = Ledger(made, clock)
    wrap(ledger)
    shop = ledger.shop()
    shop.start()
    supervisor = Supervisor(shop.bus)
    app = panel_app(shop, supervisor, made, sync)
    app[SITE].door.here = here
    if before is not None:
        app.middlewares.insert(0, before)
    part = PanelPart(app, made.panel)
    ready = asyncio.Event()

    async def run(say: Callable[[], None]) -> None:
        await part.run(lambda: (say(), ready.set())[0])

    try:
        done = await shop.do(SetProducts(PRODUCTS), SYSTEM)
        assert isinstance(done, Done), done
        supervisor.start(Part("panel", run, critical=True, stage=2))
        together = FollowersTogether()
        for projector in shop.registry.projectors:
            if not projector.strict:
                supervisor.start(Part(projector.name, Follower(shop, projector, together).run))
        await asyncio.wait_for(ready.wait(), DEADLINE_S)
        yield Served(ledger, shop, supervisor, app[SITE], part.port, made)
    finally:
        await supervisor.stop()
        shop.close()
        ledger.close()
