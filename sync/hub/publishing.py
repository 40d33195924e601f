"""A directive for a store: kept in Postgres, then hinted at; its devices pull it when they can."""

from __future__ import annotations

import asyncio
import logging

from sync import limits, wire
from sync.hub.store import Store
from sync.mqtt import BrokerConfig, connect
from sync.session import LinkLost
from sync.wire import Hint

log = logging.getLogger(__name__)


async def publish(store: Store, broker: BrokerConfig, tenant: str, shop: str, kind: str, body: bytes) -> int:
    """The version of the new directive for all devices of `shop`.

    Raises `WireError` when it is too long, and what Postgres raises. Without a broker there
    is no hint: the devices pull every `limits.PULL_S`, and whenever they connect.
    """
    version = await store.publish(tenant, shop, kind, body)
    await give_hint(store, broker, tenant, shop, version)
    return version


async def give_hint(store: Store, broker: BrokerConfig, tenant: str, shop: str, version: int) -> None:
    """Tell the devices of `shop` that there is something new, if the broker can be reached."""
    hint = wire.encode(Hint(version))
    try:
        async with connect(broker, "hub-publisher", None, limits.HUB_UNACKED) as session:
            keys = await store.devices(tenant, shop)
            receipts = [await session.publish(f"edge/{key}/down", hint) for key in keys]
            if receipts:
                await asyncio.wait(receipts, timeout=limits.PUBLISH_S)
    except LinkLost as lost:
        log.warning("hub: directive %d of %s/%s without a hint: %s", version, tenant, shop, lost)
