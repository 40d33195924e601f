"""A box that has a second one beside it: it follows until it leads, and is the appliance from then on."""

from __future__ import annotations

import asyncio
import os
import signal
import ssl
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import sdnotify
import structlog
from aiohttp import web

from edge.app import appliance
from edge.app.leading_box import LeadingBox
from edge.app.ledger import Leading
from edge.config import Config
from edge.core.command_bus import CommandBus
from edge.core.process.gc_tuning import freeze_gc
from edge.core.process.parts import Part, first_completed
from edge.core.storage.database import Connection, ProcessLock
from edge.core.tls.certificates import Certificates
from edge.services.secrets import secrets_of
from edge.services.twin import members
from edge.services.twin.follower_door import FollowerDoor
from edge.services.twin.node import TwinNode
from edge.services.twin.part import NAME, TwinPart

_log = structlog.get_logger(__name__)

FAREWELL_S = 0.05
"""So long what a box says last has to reach the network."""


async def run(config: Config) -> bool:
    """Follow, lead, or both one after the other, until SIGTERM or SIGINT; whether to begin anew at once."""
    return await TwinBox(config).run()


class TwinBox:
    """The process of one box."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._loop = asyncio.get_running_loop()
        self._leads: asyncio.Future[int] = self._loop.create_future()
        self._stop = asyncio.Event()
        self._lock = ProcessLock(config.folder)
        self._is_stopping = False
        self.node = TwinNode(config.folder, members.load(config.folder), self._led, self._ended)

    async def run(self) -> bool:
        self._lock.require()
        for number in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(number, self._stop.set)
        self.node.start()
        notifier = sdnotify.SystemdNotifier()
        try:
            term = await self._followed(notifier)
            if term is None:
                return False
            self._lock.release()
            node = self.node
            part = Part(NAME, TwinPart(self.node.status).run, stage=appliance.Stage.BACKGROUND)
            leading = Leading(self.node.members.me, term, self.node.gate, self.node.was_promoted)
            return await appliance.run(
                self._config, LeadingBox(leading, (part,), node, self._opened, self.node.hand_over)
            )
        finally:
            self._is_stopping = True
            self.node.close()

    async def _followed(self, notifier: Any) -> int | None:
        """The term in which this box leads now; None: it is told to stop."""
        node, language = self.node, self._config.store.language
        app = FollowerDoor(node.leader_page, node.status, self._promoted, language).make_app()
        door = web.AppRunner(app, access_log=None)
        await door.setup()
        panel = self._config.panel
        try:
            with suppress(OSError):  # somebody else has the port: it is said when this box leads
                if not self._leads.done():
                    context = await asyncio.to_thread(self._certificate)
                    site = web.TCPSite(door, panel.host, panel.port, reuse_address=True, ssl_context=context)
                    await site.start()
            notifier.notify("READY=1")
            freeze_gc()
            await first_completed(self._until_it_leads(), self._stopped(), _feed(notifier))
            return self._leads.result() if self._leads.done() else None
        finally:
            await door.cleanup()

    async def _until_it_leads(self) -> None:
        await asyncio.shield(self._leads)

    async def _stopped(self) -> None:
        await self._stop.wait()

    def _certificate(self) -> ssl.SSLContext | None:
        """What the leader shows, too: one authority vouches for both. It waits for the disk."""
        panel, folder = self._config.panel, self._config.folder
        if not panel.beyond:
            return None
        beside = self._config.file.parent
        own = (beside / panel.tls_cert, beside / panel.tls_key) if panel.tls_cert else None
        made = Certificates(folder, secrets_of(folder), panel.host, own)
        made.look()
        return made.context

    async def _promoted(self, pin: str) -> bool:
        if not await asyncio.to_thread(self.node.is_pin, pin):
            return False
        await asyncio.to_thread(self.node.promote)
        return True

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


async def _feed(notifier: Any) -> None:
    """Tell systemd that this process is alive."""
    while True:
        notifier.notify("WATCHDOG=1")
        await asyncio.sleep(2)
