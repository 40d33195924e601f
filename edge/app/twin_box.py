"""A box that has a second one beside it: it follows until it leads, and is the appliance from then on."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import sdnotify
import structlog
from aiohttp import web

from edge.app import appliance
from edge.app.ledger import Leading
from edge.config import Config
from edge.core.command_bus import CommandBus
from edge.core.process.gc_tuning import freeze_gc
from edge.core.process.parts import Part
from edge.core.storage.database import Connection, ProcessLock
from edge.services.twin import members
from edge.services.twin.follower_door import make_app
from edge.services.twin.node import Node
from edge.services.twin.part import NAME, TwinPart

_log = structlog.get_logger(__name__)

FAREWELL_S = 0.05
"""So long what a box says last has to reach the network."""


async def run(config: Config) -> None:
    """Follow, lead, or both one after the other, until SIGTERM or SIGINT."""
    await TwinBox(config).run()


class TwinBox:
    """The process of one box."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._loop = asyncio.get_running_loop()
        self._leads: asyncio.Future[int] = self._loop.create_future()
        self._stop = asyncio.Event()
        self._lock = ProcessLock(config.folder)
        self._is_stopping = False
        self.node = Node(config.folder, members.load(config.folder), self._led, self._ended)

    async def run(self) -> None:
        self._lock.require()
        for number in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(number, self._stop.set)
        self.node.start()
        notifier = sdnotify.SystemdNotifier()
        try:
            term = await self._followed(notifier)
            if term is None:
                return
            self._lock.release()
            part = Part(NAME, TwinPart(self.node.status).run, stage=appliance.Stage.BACKGROUND)
            leading = Leading(self.node.members.me, term, self.node.gate)
            await appliance.run(self._config, appliance.Twin(leading, part, self._opened, self.node.hand_over))
        finally:
            self._is_stopping = True
            self.node.close()

    async def _followed(self, notifier: Any) -> int | None:
        """The term in which this box leads now; None: it is told to stop."""
        stop = asyncio.ensure_future(self._stop.wait())
        door = web.AppRunner(make_app(self.node.leader_page), access_log=None)
        await door.setup()
        panel = self._config.panel
        try:
            with suppress(OSError):  # somebody else has the port: it is said when this box leads
                if not self._leads.done():
                    await web.TCPSite(door, panel.host, panel.port, reuse_address=True).start()
            notifier.notify("READY=1")
            freeze_gc()
            while not self._leads.done() and not stop.done():
                await asyncio.wait((self._leads, stop), timeout=2, return_when=asyncio.FIRST_COMPLETED)
                notifier.notify("WATCHDOG=1")
            return self._leads.result() if self._leads.done() else None
        finally:
            stop.cancel()
            await door.cleanup()

    def _opened(self, shop: CommandBus) -> None:
        """The shop is open: what a copy is made of may be asked of its writer, from other threads."""
        loop = self._loop

        def on_writer(change: Callable[[Connection], object]) -> object:
            return asyncio.run_coroutine_threadsafe(shop.maintain(change), loop).result()

        self.node.opened(on_writer)

    def _led(self, term: int) -> None:
        self._loop.call_soon_threadsafe(self._leads.set_result, term)

    def _ended(self, why: str) -> None:
        """Another box leads: this process ends at once, whatever it was doing, and the next one follows."""
        threading.Thread(target=self._follow_anew, name="twin ends", daemon=True).start()

    def _follow_anew(self) -> None:
        self.node.link.flush(FAREWELL_S)
        if not self._is_stopping:
            os.execv(sys.executable, sys.orig_argv)
