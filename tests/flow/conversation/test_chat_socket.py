"""A conversation over its socket: it goes on where it broke, a turn counts once, all who follow it see the same, and
whoever has signed out sees nothing more."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from edge.conversation.assistant.pages import socket
from edge.conversation.assistant.queries import read_turn, read_turns
from edge.goods.stock.queries import read_stock
from tests.browser.calling import PIN, Caller, calling
from tests.browser.serving import Served, serve
from tests.flow.conversation.test_chat_http import filled, say
from tests.shop_fixture import CONFIG, run
from tests.sync_doubles import until


async def whole(wire: aiohttp.ClientWebSocketResponse) -> Any:
    """The next answer as a whole; what came of it before is its own sentences."""
    came: list[Any] = []
    while not came or came[-1]["kind"] in ("taken", "tool", "token", "resumed"):
        came.append(await wire.receive_json())
    told = [one["text"] for one in came if one["kind"] == "token"]
    assert not told or "\n".join(told) == came[-1]["answer"]["text"]
    return came[-1]


@asynccontextmanager
async def keeper(served: Served, caller: Caller) -> AsyncIterator[tuple[aiohttp.ClientSession, str, dict[str, str]]]:
    """Someone who has shown their PIN: a browser, where its socket is, and what it sends."""
    await filled(served)
    await caller.set_pin()
    given = await caller.call("POST", "/api/v1/grants", {"pin": PIN}, Surface="panel")
    headers = {"Cookie": given.headers["Set-Cookie"].split("; ")[0], "Origin": served.url}
    async with aiohttp.ClientSession() as web:
        yield web, f"{served.url}/ws/chat?lang=en&surface=panel", headers


def test_it_goes_on_where_it_broke(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, keeper(served, caller) as (web, url, headers):
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await web.ws_connect(url)
            async with web.ws_connect(url, headers=headers) as wire:
                await wire.send_json({"kind": "say", "id": "a", "text": "took 3 small colas", "lang": "en"})
                asked = await whole(wire)
                assert (asked["kind"], asked["answer"]["state"]) == ("ask", "choosing_product")
                answer = {"kind": "option", "id": "b", "text": "cola-can", "session": asked["session"]}
                await wire.send_json(answer)  # and the line is lost before its answer comes
            reader, session = served.shop.reader, asked["session"]
            await until(lambda: read_turn(reader, session, "b") is not None, "the turn is taken all the same")
            behind = {"kind": "resume", "session": session, "epoch": asked["epoch"], "after": asked["n"]}
            async with web.ws_connect(url, headers=headers) as wire:
                await wire.send_json(behind)
                await wire.send_json({**answer, "id": "b"})
                missed, again = await whole(wire), await whole(wire)
                assert (missed["turn"], missed["answer"]["text"]) == ("b", "3 boxes or 3 singles?")
                assert missed["answer"]["heard"] == "can", "what was tapped is shown as it was called"
                assert (again["n"], again["answer"]) == (missed["n"], missed["answer"])
                assert len(read_turns(reader, session)) == 2
                await wire.send_json({**behind, "epoch": 1})
                resumed = await wire.receive_json()
                assert (resumed["kind"], resumed["whole"], resumed["epoch"]) == ("resumed", True, asked["epoch"])
                assert [(await wire.receive_json())["turn"] for _ in range(2)] == ["a", "b"], "all of it, of another"
                await wire.send_json({"kind": "stop", "id": "c"})
                assert (await whole(wire))["stopped"]
                await wire.send_json({"kind": "resume", "session": "a" * 32})
                assert (await whole(wire))["code"] == "no_chat"
                for wrong in ("{", '{"kind": "sing"}', "[]"):
                    await wire.send_str(wrong)
                closed = [await wire.receive() for _ in range(4)]
                assert wire.close_code == 1003, closed

    run(scenario())


def test_what_comes_at_once_is_answered_one_behind_the_other(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, keeper(served, caller) as (web, url, headers):
            async with web.ws_connect(url, headers=headers) as wire:
                for turn in "abcd":
                    await wire.send_json({"kind": "say", "id": turn, "text": "took 1 milk", "lang": "en"})
                answers = [await whole(wire) for _ in range(4)]
                assert [one["turn"] for one in answers] == list("abcd")
            reader = served.shop.reader
            told = [read_turn(reader, one["session"], one["turn"]) for one in answers]
            assert None not in told, "none is lost"
            many = [{"kind": "say", "id": f"m{n}", "text": "how much milk is there?", "lang": "en"} for n in range(20)]
            async with web.ws_connect(url, headers=headers) as wire:
                for one in many:
                    await wire.send_json(one)
                last = [await whole(wire) for _ in many]
                assert {one["turn"] for one in last} == {one["id"] for one in many}, "or told so"

    run(scenario())


def test_all_who_follow_it_see_the_same(tmp_path: Path) -> None:
    """Also what was said at another door; at another page it goes on, and the old one is told that alone."""

    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, keeper(served, caller) as (web, url, headers):
            grant = await caller.enter_pin()
            connect = (url,)
            async with (
                web.ws_connect(*connect, headers=headers) as first,
                web.ws_connect(*connect, headers=headers) as second,
            ):
                turn = {"kind": "say", "id": "a", "text": "took 2 milks", "lang": "en", "seat": "one"}
                await first.send_json(turn)
                done = await whole(first)
                session = done["session"]
                await second.send_json({"kind": "resume", "session": session, "seat": "one"})
                assert (await whole(second))["n"] == done["n"]
                posted = await say(caller, grant, text="took 1 milk", session=session, turn="b", seat="one")
                for wire in (first, second):
                    told = await whole(wire)
                    assert (told["turn"], told["answer"]["text"]) == ("b", posted.json["text"])
                elsewhere = {"seat": "two", "joins": True, "text": "took 4 milks", "turn": "c"}
                assert (await say(caller, grant, **elsewhere)).json["session"] == session
                for wire in (first, second):
                    assert (await whole(wire))["code"] == "chat_elsewhere"
                await first.send_json({"kind": "resume", "session": session, "seat": "one"})
                assert (await whole(first))["code"] == "chat_elsewhere"
            assert read_stock(served.shop.reader, "milk") == 23_000

    run(scenario())


def test_who_has_signed_out_sees_no_more(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller, keeper(served, caller) as (web, url, headers):
            grant = await caller.enter_pin()
            async with web.ws_connect(url, headers=headers) as wire:
                await wire.send_json({"kind": "say", "id": "a", "text": "took 3 milks", "lang": "en"})
                session = (await whole(wire))["session"]
                out = await caller.call("POST", "/api/v1/lock", {}, **headers)
                assert out.status < 300, out.text
                await say(caller, grant, text="took 2 milks", session=session)
                assert (await whole(wire))["code"] == "chat_needs_person"
                await wire.receive()
                assert wire.close_code == 1008

    run(scenario())


def test_what_is_said_meanwhile_waits_its_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three sentences while the first is still prepared: all are done, in the order in which they were said."""
    prepared: list[str] = []
    go = asyncio.Event()
    real = socket.prepare

    async def slow(site: Any, actor: Any, asked: Any, cart: str = "") -> Any:
        prepared.append(asked.turn)
        await go.wait()
        return await real(site, actor, asked, cart=cart)

    monkeypatch.setattr(socket, "prepare", slow)

    async def scenario() -> None:
        async with (
            serve(tmp_path) as served,
            calling(served) as caller,
            keeper(served, caller) as (web, url, headers),
            web.ws_connect(url, headers=headers) as wire,
        ):
            said = {"kind": "say", "session": "b" * 32, "lang": "en"}
            for id, text in (("a", "took 3 milks"), ("b", "how many milks are there?"), ("c", "took 2 milks")):
                await wire.send_json({**said, "id": id, "text": text})
            await until(lambda: prepared == ["a"], "the first is prepared")
            go.set()
            answers = [await whole(wire) for _ in range(3)]
            assert [(one["turn"], one.get("stopped", False)) for one in answers] == [
                ("a", False),
                ("b", False),
                ("c", False),
            ]
            assert [one.turn for one in read_turns(served.shop.reader, "b" * 32)] == ["c", "b", "a"]

    run(scenario())


def test_stop_ends_what_is_only_prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that thinks is let go at once; nothing of that turn is ever done."""
    thinking: list[str] = []
    freed: list[str] = []

    async def thinks(_: object, text: str, said: object) -> None:
        thinking.append(text)
        try:
            await asyncio.Event().wait()
        finally:
            freed.append(text)
        raise AssertionError

    monkeypatch.setattr("edge.conversation.assistant.turns.chat_turns.model_quotes", thinks)

    async def scenario() -> None:
        async with (
            serve(tmp_path) as served,
            calling(served) as caller,
            keeper(served, caller) as (web, url, headers),
            web.ws_connect(url, headers=headers) as wire,
        ):
            said = {"kind": "say", "session": "b" * 32, "lang": "en"}
            await wire.send_json({**said, "id": "a", "text": "several milks evaporated yesterday"})
            await until(lambda: len(thinking) == 1, "a model is asked")
            await wire.send_json({"kind": "stop", "id": "a"})
            stopped = await whole(wire)
            assert (stopped["turn"], stopped["stopped"]) == ("a", True)
            await wire.send_json({**said, "id": "b", "text": "took 3 milks"})
            assert (await whole(wire))["answer"]["movement"]["units"] == -3_000
            await wire.send_json({**said, "id": "c", "text": "further milks evaporated today"})
            await until(lambda: len(thinking) == 2, "a model is asked again")
            await wire.send_json({"kind": "stop", "id": "c"})
            stopped = await whole(wire)
            assert (stopped["turn"], stopped["stopped"], "answer" in stopped) == ("c", True, False)
            assert freed == ["several milks evaporated yesterday", "further milks evaporated today"]
            assert [one.turn for one in read_turns(served.shop.reader, "b" * 32)] == ["b"]

    run(scenario())


def test_what_was_said_before_a_stop_and_not_done_yet_is_not_done(tmp_path: Path) -> None:
    """A turn that has not begun, those behind it, and one that waits at the door: each is answered as stopped."""

    async def scenario() -> None:
        async with (
            serve(tmp_path) as served,
            calling(served) as caller,
            keeper(served, caller) as (web, url, headers),
            web.ws_connect(url, headers=headers) as wire,
        ):
            said = {"kind": "say", "session": "b" * 32, "lang": "en", "text": "took 5 milks"}
            there = read_stock(served.shop.reader, "milk")
            for turns in ("a", "bcd"):
                for turn in turns:
                    await wire.send_json({**said, "id": turn})
                await wire.send_json({"kind": "stop", "id": "z"})
                ends = [await whole(wire) for _ in turns]
                assert [(one["kind"], one["turn"], one["stopped"]) for one in ends] == [
                    ("done", turn, True) for turn in turns
                ]
            assert read_stock(served.shop.reader, "milk") == there

            busy, free = threading.Event(), threading.Event()

            def hold(_: object) -> None:
                busy.set()
                free.wait(10)

            holding = asyncio.ensure_future(served.shop.maintain(hold))
            await until(busy.is_set, "the writer is busy")
            await wire.send_json({**said, "id": "e"})
            await until(lambda: served.shop.waiting > 0, "the turn waits at the door")
            await wire.send_json({"kind": "stop", "id": "y"})
            await wire.send_json({"kind": "resume", "session": "b" * 32})
            assert (await whole(wire))["code"] == "no_chat", "the stop was read"
            free.set()
            await holding
            stopped = await whole(wire)
            assert (stopped["turn"], stopped["stopped"], "answer" in stopped) == ("e", True, False)
            assert read_stock(served.shop.reader, "milk") == there
            await wire.send_json({**said, "id": "f"})
            assert (await whole(wire))["answer"]["movement"]["units"] == -5_000, "what is said later is done"

    run(scenario())


@pytest.mark.parametrize("base", ["/kiosk", "/shop"])
def test_the_same_cart_beside_the_goods(tmp_path: Path, base: str) -> None:
    async def scenario() -> None:
        config = CONFIG + "\n[orders]\nphones = true\n"
        jar = aiohttp.CookieJar(unsafe=True)
        async with serve(tmp_path, config) as served, aiohttp.ClientSession(cookie_jar=jar) as web:
            await filled(served)

            async def page(path: str) -> str:
                async with web.get(f"{served.url}{base}{path}", params={"lang": "en"}) as answer:
                    assert answer.status == 200, path
                    return await answer.text()

            assert 'placeholder="Ask for a product"' in await page("/talk"), "nothing has sold yet"
            origin = {"Origin": served.url}
            async with web.ws_connect(f"{served.url}{base}/ws/chat?lang=en", headers=origin) as wire:

                async def said(text: str, session: str = "") -> Any:
                    await wire.send_json({"kind": "say", "text": text, "session": session})
                    return await whole(wire)

                asked = await said("how much is the milk 3%?")
                assert asked["answer"]["text"] == "Milk 3% 1 l: €1.20"
                assert asked["answer"].get("stock") is None, "how many there are is the shop's business"
                added = await said("add 2 milk 3%", asked["session"])
                assert added["answer"]["text"].startswith("Added: 2 pcs Milk 3% 1 l.")
                for path in ("/talk/cart", "/cart"):
                    assert "Milk 3% 1 l" in await page(path), path
                await said("took 3 milks", asked["session"])
                assert read_stock(served.shop.reader, "milk") == 30_000, "a customer moves no stock"
                for wrong in ("", "  "):
                    assert (await said(wrong))["code"] == "chat_text"
            assert f'href="{base}/talk?' in await page("")

    run(scenario())


def test_lines_of_phones_take_no_place_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "OF_ONE", 1)

    async def scenario() -> None:
        config = CONFIG + "\n[orders]\nphones = true\n"
        async with serve(tmp_path, config) as served, aiohttp.ClientSession() as web:
            origin = {"Origin": served.url}
            async with web.ws_connect(f"{served.url}/shop/ws/chat", headers=origin):
                with pytest.raises(aiohttp.WSServerHandshakeError) as full:
                    await web.ws_connect(f"{served.url}/shop/ws/chat", headers=origin)
                assert full.value.status == 503
                async with web.ws_connect(f"{served.url}/kiosk/ws/chat", headers=origin) as kiosk:
                    assert not kiosk.closed
            with pytest.raises(aiohttp.WSServerHandshakeError) as foreign:
                await web.ws_connect(f"{served.url}/kiosk/ws/chat", headers={"Origin": "http://evil.example"})
            assert foreign.value.status == 403

    run(scenario())
