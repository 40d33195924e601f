"""Head office's API with those who may send it webhooks, on a database of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import aiohttp
import asyncpg
import msgspec

from edge.app import hub
from edge.app.head_office.hub_door import HubDoor
from sync.hub.api import serving
from sync.hub.api.till_webhooks import Hooks
from sync.hub.store import Store
from sync.mqtt import BrokerConfig

NOWHERE = BrokerConfig(host="127.0.0.1", port=1)


class HookedOffice(NamedTuple):
    """Where it is asked, and what lies behind it: its database as its owner, and as its relays read it."""

    session: aiohttp.ClientSession
    port: int
    owner: Any
    store: Store


@asynccontextmanager
async def hooked_office(dsn: str, hooks: Hooks) -> AsyncIterator[HookedOffice]:
    """Open while a test runs."""
    await hub.bring_up_to_date(dsn)
    owner = await asyncpg.connect(dsn)
    parts = msgspec.structs.replace(hub.api_parts(), webhooks=hooks)
    async with (
        serving.serve(dsn, NOWHERE, parts, HubDoor().open) as port,
        asyncpg.create_pool(dsn, min_size=1, max_size=2) as pool,
        aiohttp.ClientSession() as session,
    ):
        yield HookedOffice(session, port, owner, Store(pool))
    await owner.close()
