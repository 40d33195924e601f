"""A tenant's daily limit of conversations, over two shops and head office.

Each conversation is counted once. The box refuses further ones in words, and nothing else is held up.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import asyncpg

from edge.app import hub as office
from edge.conversation.assistant import hub
from edge.conversation.assistant.commands import TakeTurn
from edge.conversation.assistant.conversation_limit import conversations_of, utc_day
from edge.conversation.assistant.head_office_messages import ROOM
from edge.conversation.assistant.service.conversation_count import ConversationCount
from edge.conversation.copilot.commands import RememberAnswer
from edge.core.command_bus import CommandBus
from edge.counter.till.commands import AddOpenAmount
from sync.hub import office_alerts, tenants
from sync.hub.model import Key
from sync.hub.tenants import Limits, TenantRecord
from tests.chat_fixture import BOSS, Talker, talking_shop
from tests.shop_fixture import CASHIER, FakeClock, done

_USED = "SELECT used FROM tenant_usage WHERE tenant = 'acme' AND what = 'conversations' ORDER BY day"


class Box:
    """A shop's box. Unless `away` is set, it reaches head office with the rights of a hub worker."""

    def __init__(self, worker: Any, store: str, shop: CommandBus) -> None:
        self.away, self.shop = False, shop
        self._worker, self._key = worker, Key("acme", store, "box")
        self.count = ConversationCount(shop, self)

    @property
    def is_reachable(self) -> bool:
        return not self.away

    async def ask(self, room: str, body: bytes, timeout_s: float) -> bytes | None:
        assert room == ROOM
        if self.away:
            return None
        async with self._worker.acquire() as connection, connection.transaction():
            return await hub.answer(connection, self._key, body)

    async def talk(self) -> Any:
        """Return the outcome of a conversation's first sentence."""
        return await Talker(self.shop).outcome("what is running low?")


def lived(database: str, folder: Path, scenario: Any) -> None:
    async def life() -> None:
        async with office.open_hub(database) as store, AsyncExitStack() as stack:
            owner = await asyncpg.connect(database)
            stack.push_async_callback(owner.close)
            clock = FakeClock()
            clock.at_us = round((await owner.fetchval("SELECT now()")).timestamp() * 1e6)
            boxes = []
            for name in ("corner", "market"):
                shop = await stack.enter_async_context(talking_shop(folder / name, clock))
                boxes.append(Box(store.pool, name, shop))
            await scenario(owner, clock, *boxes)

    asyncio.run(life())


async def allow(owner: Any, most: int | None) -> None:
    async with owner.transaction():
        await tenants.put_tenant(owner, "acme", TenantRecord(limits=Limits(conversations=most)))


async def used(owner: Any) -> list[int]:
    return [row["used"] for row in await owner.fetch(_USED)]


def test_a_limit_counts_over_all_shops_and_refuses_in_words_what_would_begin(database: str, tmp_path: Path) -> None:
    async def scenario(owner: Any, clock: FakeClock, corner: Box, market: Box) -> None:
        await allow(owner, 5)
        mine = Talker(corner.shop)
        await mine.say("what is running low?")
        for box in (corner, market):
            await box.talk()
            assert await box.count.tell() and await box.count.tell(), "told twice it counts once"
        assert await used(owner) == [3]
        await corner.count.tell()
        await corner.talk()
        await corner.talk()
        refused = await corner.talk()
        assert (refused.code, refused.values) == ("chat_limit", {"most": 5})
        asked = await corner.shop.do(RememberAnswer("a" * 32, "how much?", "5", "{}", "{}"), BOSS)
        assert asked.code == "chat_limit", "a manager's questions are conversations too"
        assert (await mine.say("how many beers are there?")).text, "what began goes on"
        await done(corner.shop, AddOpenAmount("Bread", "standard", 250), CASHIER)
        await corner.count.tell()
        await market.count.tell()
        assert (await market.talk()).code == "chat_limit", "also where fewer began"
        assert await used(owner) == [5], "a refusal counts nothing"
        await office_alerts.refresh(owner)
        told = await owner.fetch("SELECT subject, said ->> 'used' AS used FROM office_alert WHERE grave")
        assert [tuple(row) for row in told] == [("conversations", "5")]
        await allow(owner, None)
        await market.count.tell()
        await done(market.shop, _turn(), Talker(market.shop).actor)

    lived(database, tmp_path, scenario)


def test_who_cannot_ask_goes_on_and_says_it_later_and_a_new_day_counts_again(database: str, tmp_path: Path) -> None:
    async def scenario(owner: Any, clock: FakeClock, corner: Box, market: Box) -> None:
        await allow(owner, 2)
        await market.talk()
        await market.count.tell()
        corner.away = True
        for _ in range(4):
            await corner.talk()
        assert not await corner.count.tell(), "nobody has said of any limit there"
        corner.away = False
        await corner.count.tell()
        assert await used(owner) == [5] and (await corner.talk()).code == "chat_limit"
        day = utc_day(clock.at_us)
        await corner.shop.maintain(lambda db: db.execute("DELETE FROM chat_begun"))
        await corner.count.tell()
        assert conversations_of(corner.shop.reader, day).begun == 4, "a box that was restored is told what it had"
        assert await used(owner) == [5]
        clock.advance(24 * 3600)
        await corner.talk()
        await corner.talk()
        assert (await corner.talk()).code == "chat_limit", "the limit holds on a day of which nothing was said yet"

    lived(database, tmp_path, scenario)


def _turn() -> TakeTurn:
    return TakeTurn("b" * 32, "t1", "stock", "en", "what is running low?")
