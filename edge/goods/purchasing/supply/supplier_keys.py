"""Part that destroys API keys of retired suppliers."""

from __future__ import annotations

import asyncio

import structlog

from edge.core.command_bus import CommandBus
from edge.core.process.parts import Ready
from edge.core.secrets.store import SECRETS, SecretStore
from edge.foundation.access.rights import system
from edge.foundation.secrets.commands import NoteSecret
from edge.goods.purchasing.supply.supplier_api import key_name
from edge.lib.errors import NeedsHuman

_log = structlog.get_logger(__name__)
LOOK_S = 60.0
_GIVEN_UP = "SELECT id, order_url FROM supplier WHERE retired AND order_url <> ''"


class SupplierKeys:
    """Destroys API keys of retired suppliers."""

    def __init__(self, shop: CommandBus, store: SecretStore, look_s: float = LOOK_S) -> None:
        self._shop = shop
        self._store = store
        self._look_s = look_s

    async def run(self, ready: Ready) -> None:
        """Run until cancelled."""
        ready()
        while True:
            await self.look()
            await asyncio.sleep(self._look_s)

    async def look(self) -> None:
        """Destroy keys of retired suppliers and record it. Failures are retried; the part `secrets` reports the
        cause."""
        names = {key_name(id, url) for id, url in self._shop.reader.execute(_GIVEN_UP)}
        try:
            for name in await asyncio.to_thread(self._destroy_keys, names) if names else ():
                self._shop.bus.publish(SECRETS, name)
                await self._shop.do(NoteSecret(name, "removed"), system())
        except NeedsHuman as error:
            _log.warning("a supplier's key couldn't be destroyed", why=error.what)

    def _destroy_keys(self, names: set[str]) -> list[str]:
        there = {one.name for one in self._store.list_secrets()}
        return [name for name in sorted(names & there) if self._store.remove(name)]
