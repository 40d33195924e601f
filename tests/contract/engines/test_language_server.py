"""A language model on another box: refusals, aborted and missing answers of its server become sentences."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from models.engine import Model
from models.errors import Refused, Stopped
from models.kinds import Complete, Completed, Message, Token
from models.llm.openai_server import LlmOpenaiServer
from sim.vendors.language_server import Asked, SimLanguageServer

COLOUR = json.dumps({"type": "object", "properties": {"colour": {"enum": ["red"]}}, "required": ["colour"]})


class Turn:
    """A turn that is stopped after `most` pieces."""

    threads = 1

    def __init__(self, most: int = 1_000) -> None:
        self.said: list[str] = []
        self._most = most

    @property
    def is_stopped(self) -> bool:
        return len(self.said) >= self._most

    def step(self) -> None:
        if self.is_stopped:
            raise Stopped

    def emit(self, partial: Token) -> None:
        self.said.append(partial.text)
        self.step()

    def chunks(self) -> Iterator[bytes]:
        yield b""


@contextmanager
def serving(server: SimLanguageServer) -> Iterator[str]:
    """Run the server on a separate thread, because an engine waits for it on this one; yields its address."""
    loop, ready, over = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    urls: list[str] = []

    async def serve() -> None:
        async with server.serve() as url:
            urls.append(url)
            ready.set()
            await over.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(10)
    try:
        yield urls[0]
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()


def asked(url: str, turn: Turn | None = None, key: str = "", model: str = "small", **more: Any) -> Completed:
    engine = LlmOpenaiServer(LlmOpenaiServer.Config(url, model, key), Model("helper"))
    engine.load()
    return engine.run(
        Complete((Message("system", "be brief"), Message("user", "which colour?")), **more), turn or Turn()
    )


def says(text: str) -> Callable[[Asked], str]:
    return lambda _: text


def test_an_answer_is_bound_streamed_and_counted() -> None:
    server = SimLanguageServer(says('{"colour": "red"}'), key="k")
    with serving(server) as url:
        turn = Turn()
        answer = asked(url, turn, "k", schema=COLOUR, max_tokens=20)
    assert (answer.text, answer.ended, answer.prompt_tokens, answer.cached_tokens) == ('{"colour": "red"}', "end", 7, 2)
    assert "".join(turn.said) == answer.text and len(turn.said) == answer.tokens == 2
    bound = server.asked[0]["response_format"]
    assert bound["type"] == "json_schema" and bound["json_schema"]["schema"] == json.loads(COLOUR)
    assert [one["role"] for one in server.asked[0]["messages"]] == ["system", "user"]


def test_a_stop_string_and_the_most_tokens_end_it() -> None:
    with serving(SimLanguageServer(says("red and green and blue"))) as url:
        assert asked(url, stop=(" and",)).text == "red"
        short = asked(url, max_tokens=3)
    assert (short.text, short.ended) == ("red and green ", "length")


def test_what_a_server_refuses_is_said_with_what_to_do() -> None:
    server = SimLanguageServer(says("red"), key="k")
    with serving(server) as url:
        with pytest.raises(Refused, match="401: Incorrect API key") as wrong_key:
            asked(url, key="another")
        assert wrong_key.value.advice == "Enter its key."
        with pytest.raises(Refused, match="model 'large' not found"):
            asked(url, key="k", model="large")
        server.faults.next = ["500", "cut"]
        with pytest.raises(Refused, match="answered 500"):
            asked(url, key="k")
        with pytest.raises(Refused, match=r"closed the connection|reached"):
            asked(url, key="k")
        with pytest.raises(Refused, match="needs a JSON schema"):
            asked(url, key="k", grammar='root ::= "a"')
        assert asked(url, key="k").text == "red", "it goes on as before"


def test_an_answer_that_breaks_off_is_none() -> None:
    server = SimLanguageServer(says('{"colour": "red"} and more'))
    server.cut_behind = 2
    with serving(server) as url, pytest.raises(Refused, match=r"closed the connection|reached"):
        asked(url)


def test_who_is_let_go_hangs_up() -> None:
    server = SimLanguageServer(says("word " * 10_000))
    server.pause_s = 0.001
    with serving(server) as url, pytest.raises(Stopped):
        asked(url, Turn(3), max_tokens=8_000)
    assert server.left == 1


def test_a_server_that_is_away_is_said() -> None:
    with serving(SimLanguageServer(says("red"))) as url:
        pass
    with pytest.raises(Refused, match="can't be reached"):
        asked(url)


def test_in_clear_no_one_outside_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(SimLanguageServer(says("red"))) as url:
        monkeypatch.setattr("models.llm.openai_server.ipaddress.ip_address", lambda _: Public())
        with pytest.raises(Refused, match="unencrypted"):
            asked(url)


class Public:
    """An address on the internet."""

    is_private = False
