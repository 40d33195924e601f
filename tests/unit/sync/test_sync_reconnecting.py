"""How long a box waits before it tries the broker again, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from sync import limits, mqtt
from sync.mqtt import BrokerConfig, keep_connected
from sync.session import LinkLost, Session
from tests.simulation.loop import VirtualLoop

LATEST = 0.999
"""What spreads a wait: the longest."""


class Away:
    """A broker that never lets anyone in, for the reason `code`; `tries` are the times at which someone came."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
        self.tries: list[float] = []
        self._code = code
        monkeypatch.setattr(mqtt, "connect", self._connect)

    @asynccontextmanager
    async def _connect(self, *_: object) -> AsyncIterator[Session]:
        self.tries.append(asyncio.get_running_loop().time())
        raise LinkLost(self._code, place="x:1", detail="", host="x", file="x", today="", topic="x", why="x")
        yield

    def pauses(self) -> list[float]:
        return [later - sooner for sooner, later in zip(self.tries, self.tries[1:], strict=False)]


def kept_trying(behind: asyncio.Event | None, until_s: float, sells_at_s: float | None = None) -> None:
    async def serve(_: Session) -> None: ...

    async def scenario() -> None:
        if sells_at_s is not None and behind is not None:
            asyncio.get_running_loop().call_at(sells_at_s, behind.set)
        trying = keep_connected(
            *(BrokerConfig(), "box", "down", 1), serve=serve, lost=lambda _: None, random=lambda: LATEST, behind=behind
        )
        async with asyncio.timeout(until_s):
            await trying

    loop = VirtualLoop()
    try:
        with pytest.raises(TimeoutError):
            loop.run_until_complete(scenario())
    finally:
        loop.close()


def an_event(*, is_set: bool) -> asyncio.Event:
    event = asyncio.Event()
    if is_set:
        event.set()
    return event


def test_who_has_something_to_send_is_back_within_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    broker = Away(monkeypatch, "no_broker")
    kept_trying(an_event(is_set=True), 600)
    assert max(broker.pauses()) <= limits.RECONNECT_BACKLOG_S + 1e-9


def test_who_has_nothing_to_send_comes_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    broker = Away(monkeypatch, "no_broker")
    kept_trying(an_event(is_set=False), 3600)
    assert max(broker.pauses()) > limits.RECONNECT_MAX_S
    assert len(broker.tries) < 100


def test_the_first_sale_in_a_long_pause_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    broker = Away(monkeypatch, "no_broker")
    kept_trying(an_event(is_set=False), 3600, sells_at_s=2000.0)
    assert any(2000.0 <= at <= 2002.0 for at in broker.tries)


@pytest.mark.parametrize("code", sorted(mqtt.NOT_LET_IN))
def test_who_is_turned_away_does_not_hammer_at_the_door(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    broker = Away(monkeypatch, code)
    kept_trying(an_event(is_set=True), 3600)
    assert len(broker.tries) < 100
