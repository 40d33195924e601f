"""What all routes share."""

from __future__ import annotations

import asyncio
import os
import time

from aiohttp import web

from edge.access.pin import Grants
from edge.config import Config
from edge.core.door import Shop
from edge.core.parts import Supervisor
from edge.panel.asking import Asker
from edge.panel.counters import Counters
from edge.panel.live import Live
from edge.panel.metrics import Metrics
from edge.panel.models_state import MeaningState, ModelsState
from edge.panel.rendering import Renderer
from edge.panel.sync_state import SyncState
from edge.panel.views import Views


class Site:
    """One shop's panel. `token` lets the command line of this machine do everything."""

    def __init__(
        self,
        shop: Shop,
        supervisor: Supervisor,
        config: Config,
        sync: SyncState | None,
        models: ModelsState | None = None,
        meaning: MeaningState | None = None,
    ) -> None:
        self.shop = shop
        self.supervisor = supervisor
        self.config = config
        self.sync = sync
        self.meaning = meaning
        self.settings = config.till_settings()
        self.grants = Grants()
        self.pins = asyncio.Lock()
        self.pins_waiting = 0
        self.token = os.urandom(32).hex()
        self.renderer = Renderer(self.settings)
        counters = Counters(config.registers, shop.reader)
        self.live = Live(
            shop, config.registers, Views(shop, supervisor, config, counters, sync, models), counters, self.renderer
        )
        self.asker = Asker(shop.registry, config.ledger)
        self.metrics = Metrics(shop, supervisor, config, sync, self.live, models)

    def close(self) -> None:
        self.asker.close()


def now_us() -> int:
    """The monotonic clock: what grants and waits are measured with."""
    return time.monotonic_ns() // 1000


SITE = web.AppKey("site", Site)
