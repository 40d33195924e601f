"""What `bench office` measures of publications: a bad release over played boxes, and prices to few and many stores."""

from __future__ import annotations

import time

import asyncpg
import msgspec

from edge.app import hub
from edge.app.head_office.hub_publications import PublicationRelay
from edge.backoffice.directives.kinds.prices import PRICES
from sync.hub import publications
from sync.hub.model import Key
from sync.hub.publications import Planned, Publication
from sync.hub.store import Store
from sync.limits import DIRECTIVE_BYTES
from sync.mqtt import BrokerConfig
from tests.played_boxes import PlayedBox, PlayedChain

NOWHERE = BrokerConfig(host="127.0.0.1", port=9)
"""Boxes are asked in turn: no one has to hint at anything."""
TENANT = "rolled"
BAD = Planned("settings", {"settings": [{"name": "store.footer", "value": "Thank you"}]})
FAIL_ONE_OF = 7
TURNS_MOST = 2000
_SENT = "SELECT store FROM publication_store WHERE tenant = $1 AND state = 'sent'"


async def _chain(store: Store, stores: int, name: str) -> PlayedChain:
    boxes = [PlayedBox(Key(name, f"store-{number:04}", "box")) for number in range(stores)]
    chain = PlayedChain(store, boxes)
    await chain.hello()
    return chain


async def _publish(owner: asyncpg.Connection, tenant: str, wanted: Publication) -> None:
    async with owner.transaction():
        await publications.put(owner, tenant, "bench", wanted, "person-1")
        await publications.take_step(owner, tenant, "bench", "submit", "person-1")
        await publications.take_step(owner, tenant, "bench", "approve", "person-2", digest=wanted.digest)


async def _run(owner: asyncpg.Connection, chain: PlayedChain, tenant: str, *, hinted: bool = False) -> str:
    """Turns of head office and of all boxes (`hinted`: of those that were sent something) until nothing is on its way;
    the state in which it ends."""
    relay = PublicationRelay(chain.store, NOWHERE)
    for _ in range(TURNS_MOST):
        await relay.turn()
        await chain.turn([row["store"] for row in await owner.fetch(_SENT, tenant)] if hinted else None)
        state: str = await owner.fetchval("SELECT state FROM publication WHERE tenant = $1", tenant)
        if state not in ("approved", "going"):
            return state
    raise AssertionError("it does not end")


async def beyond(dsn: str, boxes: int) -> dict[str, float]:
    """A release that breaks one box in seven, the first among them: how many boxes behind the first ring got it."""
    async with hub.open_hub(dsn) as store:
        owner = await asyncpg.connect(dsn)
        chain = await _chain(store, boxes, TENANT)
        every = list(chain.boxes.values())
        for box in every[::FAIL_ONE_OF]:
            box.ill_of = lambda _directive: True
        await _publish(owner, TENANT, Publication((BAD,), pause_s=0, first=(every[0].key.store,)))
        state = await _run(owner, chain, TENANT)
        assert state == "stopped", state
        await owner.close()
        return {"beyond": sum(bool(box.taken) for box in every[1:]), "boxes": boxes}


async def one_each(dsn: str, stores: int) -> dict[str, float]:
    """One directive to each of many stores, until all have acknowledged: seconds of head office and of played boxes, of
    which each comes when it was hinted at."""
    async with hub.open_hub(dsn) as store:
        owner = await asyncpg.connect(dsn)
        chain = await _chain(store, stores, "one-each")
        await _publish(owner, "one-each", Publication((BAD,), pause_s=0, watched=False))
        began_s = time.perf_counter()
        state = await _run(owner, chain, "one-each", hinted=True)
        assert state == "done", state
        await owner.close()
        return {"one_each_s": round(time.perf_counter() - began_s, 1), "one_each_stores": stores}


async def publish_flat(dsn: str, stores: int, prices: int) -> dict[str, float]:
    """The same prices to a tenth of the stores and to all: what a store costs, until all have acknowledged. Each box
    comes when it was hinted at, and again until it has all."""
    rows = [{"sku": f"product-{number:05}", "price_minor": 100 + number % 900} for number in range(prices)]
    bodies = PRICES.split_body(msgspec.json.encode({"prices": rows}), DIRECTIVE_BYTES)
    planned = tuple(Planned("prices", msgspec.json.decode(body)) for body in bodies)
    took: dict[int, float] = {}
    async with hub.open_hub(dsn) as store:
        owner = await asyncpg.connect(dsn)
        for count in (max(1, stores // 10), stores):
            tenant = f"prices-{count}"
            chain = await _chain(store, count, tenant)
            await _publish(owner, tenant, Publication(planned, pause_s=0, watched=False))
            began_s = time.perf_counter()
            state = await _run(owner, chain, tenant, hinted=True)
            took[count] = (time.perf_counter() - began_s) / count
            assert state == "done", state
        await owner.close()
    few_s, many_s = took[max(1, stores // 10)], took[stores]
    return {"publish_flat": round(many_s / few_s, 2), "publish_store_ms": round(many_s * 1000, 1)}
