"""Server process of the API. Any number may run, next to the workers or elsewhere."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime

import msgspec
from aiohttp import web

from sync.directive_signing import Signer
from sync.hub.api import fleet, limits
from sync.hub.api.admission import Door
from sync.hub.api.app import Api, ApiParts
from sync.hub.api.usage import Usage
from sync.hub.publishing import give_hint
from sync.hub.recurring import skip_if_away
from sync.hub.store import Store, open_pool
from sync.mqtt import BrokerConfig

log = logging.getLogger(__name__)

Listen = Callable[[web.Application], AbstractAsyncContextManager[int]]
"""Makes an application reachable while open; yields its port."""


@asynccontextmanager
async def serve(
    dsn: str, broker: BrokerConfig, parts: ApiParts, listen: Listen, signer: Signer | None = None
) -> AsyncIterator[int]:
    """Run the API on sockets opened by `listen`; yields its port. The database must be up to date. `signer` signs
    publications. `parts.reads`: those of the capabilities; head office's own are added."""
    async with (
        open_pool(dsn, "edge_hub_reader", limits.FINDING_CONNECTIONS) as finder,
        open_pool(dsn, "edge_hub_reader", limits.CONNECTIONS) as reader,
        open_pool(dsn, "edge_hub_reader", limits.PEOPLE_CONNECTIONS) as people,
        open_pool(dsn, "edge_hub_reader", limits.ASKING_CONNECTIONS) as phones,
        open_pool(dsn, "edge_hub_publisher", limits.PUBLISHING_CONNECTIONS) as publisher,
    ):
        store = Store(publisher, signer, parts.sealed)
        hints: set[asyncio.Task[None]] = set()  # bounded by the requests in progress; each task ends by itself

        async def publish(tenant: str, shop: str, kind: str, body: bytes, request: str) -> int:
            version = await store.publish(tenant, shop, kind, body, request)
            hint = asyncio.create_task(_hint(store, broker, tenant, shop, version))  # don't delay the answer
            hints.add(hint)
            hint.add_done_callback(hints.discard)
            return version

        usage = Usage(people, lambda: datetime.now(UTC))
        door = Door(finder, reader, people, phones, publisher, usage)
        api = Api(door, publish, msgspec.structs.replace(parts, reads=(*fleet.READS, *parts.reads)))
        keeping = asyncio.create_task(usage.keep())
        try:
            async with listen(api.app()) as port:
                yield port
        finally:
            for task in (*hints, keeping):
                task.cancel()
            await asyncio.gather(*hints, keeping, return_exceptions=True)  # devices also ask without a hint
            with skip_if_away("counts of use since the last minute"):
                await usage.flush()


async def _hint(store: Store, broker: BrokerConfig, tenant: str, shop: str, version: int) -> None:
    try:
        with skip_if_away(f"the hint of directive {version} to {tenant}/{shop}"):
            await give_hint(store, broker, tenant, shop, version)
    except Exception:
        log.exception("hub: a hint failed")
