"""Publish directives for a store: stored in Postgres and announced; devices pull them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence

from sync import limits, wire
from sync.hub.store import Store
from sync.mqtt import BrokerConfig, connect
from sync.session import LinkLost
from sync.wire import Hint

log = logging.getLogger(__name__)


async def publish(store: Store, broker: BrokerConfig, tenant: str, shop: str, kind: str, body: bytes) -> int:
    """Publish a directive to all devices of `shop`; returns its version.

    Raises `WireError` if it's too long, and Postgres's errors. Without a broker it isn't announced: devices pull every
    `limits.PULL_S`, and on connecting.
    """
    version = await store.publish(tenant, shop, kind, body)
    await give_hint(store, broker, tenant, shop, version)
    return version


async def give_hint(store: Store, broker: BrokerConfig, tenant: str, shop: str, version: int) -> None:
    """Announce a new directive to the devices of `shop`, if the broker can be reached."""
    await give_hints(store, broker, tenant, {shop: version})


async def give_hints(store: Store, broker: BrokerConfig, tenant: str, newest: Mapping[str, int]) -> None:
    """Announce to several shops on one connection to each broker; `newest`: the last number sent to each."""
    hints = [
        (f"edge/{key}/down", wire.encode(Hint(version)))
        for shop, version in newest.items()
        for key in await store.devices(tenant, shop)
    ]
    if hints:
        await asyncio.gather(*(_give(one, hints, tenant, newest) for one in broker.each))


async def _give(
    broker: BrokerConfig, hints: Sequence[tuple[str, bytes]], tenant: str, newest: Mapping[str, int]
) -> None:
    try:
        async with connect(broker, "hub-publisher", None, limits.HUB_UNACKED) as session:
            receipts = [await session.publish(topic, hint) for topic, hint in hints]
            await asyncio.wait(receipts, timeout=limits.PUBLISH_S)
    except LinkLost as lost:
        named = ", ".join(f"{version} of {tenant}/{shop}" for shop, version in newest.items())
        log.warning("hub: directives without a hint: %s: %s", named, lost)
