"""Events for programs: by cursor without gaps, or streamed. They never contain personal data or keys."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from edge.counter.till.commands import AddLine, Pay
from edge.foundation.access.commands import RevokeKey
from edge.foundation.webhooks.pages.feed_api import STREAMS
from edge.web.limits import EVENT_STREAMS
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.contract.api.test_panel_keys import key_of
from tests.shop_fixture import MILK, SYSTEM, done, run


def test_facts_are_told_behind_a_cursor_each_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            token = served.site.door.token
            assert (await caller.get("/api/v1/feed")).code == "right_denied"
            for _ in range(3):
                await done(served.shop, AddLine(MILK))
                await done(served.shop, Pay("cash"))
            page = (await caller.get("/api/v1/feed?type=SaleCompleted", Grant=token)).json
            assert [event["body"]["number"] for event in page["events"]] == [1, 2, 3]
            assert not page["more"]
            seen = page["events"][1]["seq"]
            rest = (await caller.get(f"/api/v1/feed?type=SaleCompleted&after={seen}", Grant=token)).json
            assert [event["body"]["number"] for event in rest["events"]] == [3]
            none = (await caller.get(f"/api/v1/feed?after={rest['after']}", Grant=token)).json
            assert (none["events"], none["after"]) == ([], rest["after"])
            every = (await caller.get("/api/v1/feed", Grant=token)).json
            assert {"SaleCompleted", "StockMoved"} <= {event["type"] for event in every["events"]}
            wrong = await caller.get("/api/v1/feed?type=UserSet", Grant=token)
            assert (wrong.status, wrong.code) == (400, "argument_wrong")

    run(scenario())


def test_facts_come_as_they_happen_and_from_where_a_program_was(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, aiohttp.ClientSession() as session, asyncio.timeout(20):
            headers = {"Register": "1", "Grant": served.site.door.token, "Accept": "text/event-stream"}
            url = f"{served.url}/api/v1/feed?type=SaleCompleted"
            await done(served.shop, AddLine(MILK))
            await done(served.shop, Pay("cash"))
            async with session.get(url, headers=headers) as stream:
                assert stream.content_type == "text/event-stream"
                assert await number(stream) == 1
                await done(served.shop, AddLine(MILK))
                await done(served.shop, Pay("cash"))
                assert await number(stream) == 2
            last = {**headers, "Last-Event-ID": str(served.shop.head.seq - 10)}
            async with session.get(url, headers=last) as stream:
                assert await number(stream) in (1, 2)
            served.site.services.of(STREAMS).open = EVENT_STREAMS
            async with session.get(url, headers=headers) as refused:
                assert refused.status == 429

    run(scenario())


def test_a_stream_ends_with_the_right_to_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, aiohttp.ClientSession() as session:
            key = await key_of(served, caller, "reports")
            headers = {"Register": "1", "Accept": "text/event-stream", **key}
            async with session.get(f"{served.url}/api/v1/feed", headers=headers) as stream, asyncio.timeout(30):
                await done(served.shop, RevokeKey(key["Authorization"].split("_")[1]), SYSTEM)
                await done(served.shop, AddLine(MILK))
                await done(served.shop, Pay("cash"))
                assert b"SaleCompleted" not in await stream.content.read(), "it ends, and tells nothing more"
            assert served.site.services.of(STREAMS).open == 0

    run(scenario())


def test_a_sale_after_the_revocation_is_not_told_even_when_both_are_read_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, aiohttp.ClientSession() as session:
            key = await key_of(served, caller, "reports")
            runner, turns = (
                served.site.asker,
                [RevokeKey(key["Authorization"].split("_")[1]), AddLine(MILK), Pay("cash")],
            )
            read = runner.read

            async def read_late(*args: Any, **named: Any) -> Any:
                """Read only after all of these events, which the stream hasn't noticed yet."""
                while turns:
                    turn = turns.pop(0)
                    await done(served.shop, turn, *([SYSTEM] if isinstance(turn, RevokeKey) else []))
                return await read(*args, **named)

            runner.read = read_late  # type: ignore[method-assign]
            headers = {"Register": "1", "Accept": "text/event-stream", **key}
            async with session.get(f"{served.url}/api/v1/feed", headers=headers) as stream, asyncio.timeout(30):
                assert await stream.content.read() == b""

    run(scenario())


async def number(stream: aiohttp.ClientResponse) -> int:
    """Return the number of the next sale in the stream."""
    async for line in stream.content:
        if line.startswith(b"data: "):
            told: int = msgspec.json.decode(line[6:])["body"]["number"]
            return told
    raise AssertionError("the stream ended")
