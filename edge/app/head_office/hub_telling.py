"""Automatic directives of head office to stores."""

from __future__ import annotations

from sync.hub.publishing import give_hint
from sync.hub.store import Store
from sync.mqtt import BrokerConfig


class Teller:
    """Publishes automatic directives and hints at them."""

    def __init__(self, store: Store, broker: BrokerConfig) -> None:
        self._store = store
        self._broker = broker

    async def tell(self, tenant: str, shop: str, kind: str, body: bytes, request: str) -> int:
        """Publish one directive. Repeating a `request` has no effect."""
        version = await self._store.publish(tenant, shop, kind, body, request, by_itself=True)
        await give_hint(self._store, self._broker, tenant, shop, version)
        return 1
