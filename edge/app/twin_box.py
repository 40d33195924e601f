"""A box of a pair: follows until it leads, then becomes the appliance."""

from __future__ import annotations

import asyncio
import os
import signal
import ssl
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import sdnotify
import structlog
from aiohttp import web

from edge.app import appliance
from edge.app.leading_box import LeadingBox
from edge.backoffice.twin import promotion
from edge.backoffice.twin.follower_door import FollowerDoor
from edge.backoffice.twin.limits import FULL_S
from edge.backoffice.twin.membership import members
from edge.backoffice.twin.node import TwinNode
from edge.backoffice.twin.part import NAME, TwinPart
from edge.backoffice.twin.shop_address import SHOP_ADDRESS, ShopAddress, ShopAddressPart
from edge.backoffice.twin.shop_name import SHOP_NAME, ShopNamePart
from edge.core.command_bus import CommandBus
from edge.core.process.gc_tuning import freeze_gc
from edge.core.process.parts import Part, Stage, first_completed
from edge.core.storage import migrate
from edge.core.storage.database import Connection, ProcessLock
from edge.core.tls.certificates import Certificates
from edge.lib.errors import EdgeError
from edge.lib.i18n import LANGUAGES
from edge.lib.i18n.translations import words
from edge.operations.ledger import Leading, build_registry
from edge.runtime.config import Config
from edge.runtime.secrets import secrets_of
from edge.web.app import prepare_app
from edge.web.capability_pages import modules

_log = structlog.get_logger(__name__)

FORMER_LEADER_WAIT_S = 1.0
"""How long a former leader waits for another box's message before its page says that it doesn't sell."""
FAREWELL_S = 0.05
"""How long to wait for a box's last message to reach the network."""


async def run(config: Config) -> bool:
    """Follow, lead, or both in turn, until SIGTERM or SIGINT. Returns whether to restart immediately."""
    return await TwinBox(config).run()


class TwinBox:
    """The process of one box."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._loop = asyncio.get_running_loop()
        self._leads: asyncio.Future[int] = self._loop.create_future()
        self._is_open = False
        self._stop = asyncio.Event()
        self._lock = ProcessLock(config.folder)
        self._is_stopping = False
        self._names = frozenset[str]()
        self.node = self._new_node(False)

    def _new_node(self, has_failed_disk: bool) -> TwinNode:
        self._leads = self._loop.create_future()
        leads = self._leads

        def on_lead(term: int) -> None:
            self._loop.call_soon_threadsafe(leads.set_result, term)

        config, folder = self._config, self._config.folder
        return TwinNode(
            folder,
            config.file,
            members.load(folder),
            on_lead,
            self._on_end,
            config.twin.sync_ms,
            _has_backups,
            has_failed_disk,
        )

    async def run(self) -> bool:
        self._lock.require()
        await asyncio.to_thread(self._give_back_address)
        await asyncio.to_thread(self._prepare)
        for number in (signal.SIGTERM, signal.SIGINT):
            self._loop.add_signal_handler(number, self._stop.set)
        self.node.start()
        notifier = sdnotify.SystemdNotifier()
        try:
            while not await self._follow(notifier):
                if self._stop.is_set() or not members.is_there(self._config.folder):
                    return False
                if self.node.has_new_settings:
                    return True
                self.node.close()
                self.node = self._new_node(self.node.has_failed_disk)
                self.node.start()
            return await self._lead()
        finally:
            self._is_stopping = True
            self.node.close()

    def _give_back_address(self) -> None:
        """Release the shared address, which belongs to the leader. This box may have had it when it ended."""
        if said := self._config.twin.address:
            ShopAddress(said).give_back()

    def _prepare(self) -> None:
        """Load and compute everything possible before this box leads, so that users don't wait."""
        modules()
        migrate.prepare()
        for language in LANGUAGES:
            words(language)
        self._registry = build_registry(self._config)
        self._prepared = prepare_app(self._registry)

    async def _lead(self) -> bool:
        self._is_open = True
        self._lock.release()
        node = self.node
        part = Part(NAME, TwinPart(node.status, node.spare_a_stuck_shop).run, stage=Stage.BACKGROUND)
        term = node.term
        by_hand = promotion.was_promoted_in(self._config.folder, term)
        leading = Leading(node.members.me, term, node.gate, by_hand, self._registry)
        panel = self._config.panel
        shop = ShopNamePart(self._config.network_name, panel.port, panel.beyond)
        parts = [part]
        if panel.beyond:
            parts.append(Part(SHOP_NAME, shop.run, stage=Stage.BACKGROUND))
        if said := self._config.twin.address:
            parts.append(Part(SHOP_ADDRESS, ShopAddressPart(said).run, stage=Stage.PANEL))
        leads = LeadingBox(leading, self._prepared, tuple(parts), node, self._on_open, node.hand_over)
        return await appliance.run(self._config, leads)

    async def _follow(self, notifier: Any) -> bool:
        """Follow until this box leads and knows that it does. Returns False if it was stopped or must follow again."""
        node, language = self.node, self._config.store.language
        numbers = partial(promotion.last_numbers, node.copy)
        about = (node.leader_page, node.status, self._promote, self._is_managers, numbers, language)
        app = FollowerDoor(*about, lambda: self._names).make_app()
        door = web.AppRunner(app, access_log=None)
        await door.setup()
        panel = self._config.panel
        try:
            if self._leads.done():  # it will lead in a moment, unless neither of the others answers
                await asyncio.to_thread(node.wait_until_it_leads, FORMER_LEADER_WAIT_S)
            with suppress(OSError):  # another process has the port, which is reported when this box leads
                if not node.may_show() and not node.is_over:
                    context = await asyncio.to_thread(self._certificate)
                    site = web.TCPSite(door, panel.host, panel.port, reuse_address=True, ssl_context=context)
                    await site.start()
            notifier.notify("READY=1")
            freeze_gc()
            await first_completed(self._until_it_leads(), self._until_stop(), _feed(notifier))
            if node.has_failed_disk:  # probably full: it retries now and then, and this page stays up
                await first_completed(asyncio.sleep(FULL_S), self._until_stop(), _feed(notifier))
            return self._leads.done() and not self.node.is_over and not self._stop.is_set()
        finally:
            await door.cleanup()

    async def _until_it_leads(self) -> None:
        """Wait until this box leads. A former leader also waits until the others confirm that no other box leads."""
        await asyncio.to_thread(self.node.wait_until_it_leads)

    async def _until_stop(self) -> None:
        await self._stop.wait()

    def _certificate(self) -> ssl.SSLContext | None:
        """The certificate for the pages of a box that doesn't lead: one authority covers both boxes. Blocks on the
        disk."""
        panel, folder = self._config.panel, self._config.folder
        if not panel.beyond:
            return None
        beside = self._config.file.parent
        own = (beside / panel.tls_cert, beside / panel.tls_key) if panel.tls_cert else None
        made = Certificates(folder, secrets_of(folder), panel.host, own, shop=self._config.network_name)
        made.look()
        self._names = made.names | {panel.host.lower()}
        return made.context

    async def _is_managers(self, pin: str) -> bool:
        return await asyncio.to_thread(promotion.is_managers_pin, self.node.copy, pin)

    async def _promote(self, pin: str) -> bool:
        if not await self._is_managers(pin):
            return False
        await asyncio.to_thread(self.node.promote)
        return True

    def _on_open(self, shop: CommandBus) -> None:
        """Called when the shop is open: other threads may ask its writer for copy data."""
        loop = self._loop
        shop.leads = self.node.may_show

        def on_writer(change: Callable[[Connection], object]) -> object:
            return asyncio.run_coroutine_threadsafe(shop.maintain(change), loop).result()

        self.node.on_open(on_writer, lambda: shop.why_read_only is not None)

    def _on_end(self, why: str) -> None:
        """End this process immediately because another box leads, so that the next process follows."""
        if not self._is_open:
            return  # nothing that would have to be ended is running yet
        threading.Thread(target=self._follow_anew, name="twin ends", daemon=True).start()

    def _follow_anew(self) -> None:
        self._give_back_address()
        self.node.link.flush(FAREWELL_S)
        if not self._is_stopping:
            os.execv(sys.executable, sys.orig_argv)  # nosec B606


async def _feed(notifier: Any) -> None:
    """Notify systemd that this process is alive."""
    while True:
        notifier.notify("WATCHDOG=1")
        await asyncio.sleep(2)


def _has_backups(config: Config) -> bool:
    from edge.operations.maintenance.backups import backup  # loaded only when a follower may need it

    try:
        return bool(backup.list_backups(backup.place_of(config), config.header))
    except EdgeError:
        return False
