"""Roll-outs to a chain of played boxes: a bad one stops in its first ring, and what is taken back is as it was."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

from edge.app import hub
from edge.app.hub_publications import PublicationRelay
from sync.hub import publications, tenants
from sync.hub.model import Key
from sync.hub.publications import Planned, Publication
from sync.hub.tenants import StoreRecord
from tests.contract.test_hub_api import NOWHERE
from tests.played_boxes import PlayedBox, PlayedChain

TENANT = "acme"
SETTING = Planned("settings", {"settings": [{"name": "store.footer", "value": "Thank you"}]})
STORES = 12
Chain = Callable[["House"], Awaitable[None]]


class House:
    """A hub, its relay, and a chain of boxes."""

    def __init__(self, chain: PlayedChain, owner: Any) -> None:
        self.chain, self.owner = chain, owner
        self.relay = PublicationRelay(chain.store, NOWHERE)

    async def publish(self, id: str, wanted: Publication) -> None:
        async with self.owner.transaction():
            await publications.put(self.owner, TENANT, id, wanted, "person-1")
            await self.step(id, "submit")
            await self.step(id, "approve", digest=wanted.digest)

    async def step(self, id: str, step: publications.Step, **more: str) -> None:
        await publications.take_step(self.owner, TENANT, id, step, "person-2", **more)

    async def go(self, turns: int = 8) -> None:
        for _ in range(turns):
            await self.relay.turn()
            await self.chain.turn()

    async def state(self, id: str) -> tuple[str, dict[str, int]]:
        query = "SELECT state, count(*) FROM publication_store WHERE id = $1 GROUP BY state"
        found = dict(await self.owner.fetch(query, id))
        return await self.owner.fetchval("SELECT state FROM publication WHERE id = $1", id), found

    async def footers(self) -> set[str | None]:
        return {row[0] for row in await self.owner.fetch("SELECT value::text FROM setting_override")}


def with_house(database: str, scenario: Chain, stores: int = STORES) -> None:
    async def whole() -> None:
        async with hub.open_hub(database) as store:
            owner = await asyncpg.connect(database)
            boxes = [PlayedBox(Key(TENANT, f"store-{number:03}", "box")) for number in range(stores)]
            chain = PlayedChain(store, boxes)
            await chain.hello()
            await scenario(House(chain, owner))
            await owner.close()

    asyncio.run(asyncio.wait_for(whole(), 240))


def test_a_bad_one_stops_in_its_first_ring_and_is_taken_back(database: str) -> None:
    async def scenario(house: House) -> None:
        for box in house.chain.boxes.values():
            box.ill_of = lambda directive: b"Thank you" in directive.body
        house.chain.boxes["store-007"].say_setting("store.footer", "Until soon")
        await house.go(1)
        await house.publish("bad", Publication((SETTING,), pause_s=0, first=("store-007",)))
        await house.go()
        assert await house.state("bad") == ("stopped", {"worse": 1, "waiting": 11})
        reason = await house.owner.fetchval("SELECT reason FROM publication")
        assert reason == "store-007: grave alerts: 1, before 0"
        assert [store for store, box in house.chain.boxes.items() if box.taken] == ["store-007"], "nobody beyond"
        assert await house.footers() == {'"Thank you"'}
        await house.step("bad", "take-back")
        await house.go(3)
        assert await house.state("bad") == ("taken_back", {"back": 1, "waiting": 11})
        assert await house.footers() == {'"Until soon"'}, "what was there before"

    with_house(database, scenario)


def test_a_good_one_reaches_all_and_who_was_away_or_is_new_gets_it_later(database: str) -> None:
    async def scenario(house: House) -> None:
        away, paused = (house.chain.boxes[store] for store in ("store-003", "store-004"))
        away.away = True
        await house.owner.execute("UPDATE device SET heard_at = now() - interval '40 days' WHERE store = 'store-003'")
        await tenants.put_store(house.owner, TENANT, "store-004", StoreRecord(state="paused"), "operator")
        await house.publish("good", Publication((SETTING,), pause_s=0))
        await house.go()
        assert await house.state("good") == ("done", {"applied": 10, "skipped": 2})
        assert not paused.taken
        away.away = False
        await tenants.put_store(house.owner, TENANT, "store-004", StoreRecord(state="open"), "operator")
        await tenants.put_store(house.owner, TENANT, "store-new", StoreRecord(), "operator")
        new = PlayedBox(Key(TENANT, "store-new", "box"))
        await new.hello(house.chain.store)
        house.chain.boxes["store-new"] = new
        await house.go(4)
        assert await house.state("good") == ("done", {"applied": 13})
        assert [len(box.taken) for box in (away, paused, new)] == [1, 1, 1], "each once"
        new.say_setting("store.footer", "Ours", by="manager")
        await house.go(1)
        await house.step("good", "take-back")
        await house.go(3)
        assert (await house.state("good"))[0] == "taken_back"
        assert await house.footers() == {"null", '"Ours"'}, "what a manager has changed since stays"
        kept = await house.owner.fetchval("SELECT reason FROM publication_store WHERE store = 'store-new'")
        assert kept == "store.footer"

    with_house(database, scenario)
