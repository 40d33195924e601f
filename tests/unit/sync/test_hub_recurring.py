"""Tasks of head office that go on after Postgres was unavailable."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

import pytest

from sync import limits
from sync.hub import recurring
from sync.hub.recurring import PostgresAway, repeat, retry, skip_if_away

AWAY = OSError("connection refused")


class Script:
    """Results of successive calls: exceptions are raised. Cancels the task at the end."""

    def __init__(self, *results: object) -> None:
        self._results = list(results)

    async def __call__(self) -> object:
        if not self._results:
            raise asyncio.CancelledError
        result = self._results.pop(0)
        if isinstance(result, Exception):
            raise result
        return result


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made; none takes time, and jitter is in its middle."""
    found: list[float] = []

    async def pause(seconds: float) -> None:
        found.append(seconds)

    monkeypatch.setattr("sync.hub.recurring.asyncio.sleep", pause)
    monkeypatch.setattr("sync.hub.recurring.random.random", lambda: 0.5)
    return found


def _run(turn: Script, every_s: float = 30.0, *, at_once: bool = True, drain: bool = False) -> None:
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(repeat("a task", turn, every_s, at_once=at_once, drain=drain))


def _lines(caplog: pytest.LogCaptureFixture) -> Sequence[tuple[int, str]]:
    return [(record.levelno, record.getMessage()) for record in caplog.records if record.name == recurring.__name__]


def test_it_waits_longer_each_time_and_goes_on_as_usual_afterwards(waits: list[float]) -> None:
    _run(Script(AWAY, AWAY, AWAY, None, AWAY, None))
    first = limits.STORE_RETRY_S
    assert waits == [first, 2 * first, 4 * first, 30.0, first, 30.0]


def test_no_wait_is_longer_than_its_limit_or_the_usual_pause(waits: list[float]) -> None:
    _run(Script(*[AWAY] * 40), every_s=3600.0)
    assert max(waits) == limits.TURN_RETRY_MAX_S
    waits.clear()
    _run(Script(*[AWAY] * 40), every_s=5.0)
    assert max(waits) == 5.0


def test_an_outage_is_logged_once_and_so_is_its_end(waits: list[float], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        _run(Script(AWAY, AWAY, None, None))
    assert _lines(caplog) == [
        (logging.WARNING, "hub: Postgres is unavailable or busy (connection refused); waiting: a task"),
        (logging.INFO, "hub: Postgres is back after 2 attempts: a task"),
    ]


def test_its_own_errors_end_it(waits: list[float]) -> None:
    with pytest.raises(KeyError):
        asyncio.run(repeat("a task", Script(None, KeyError("own")), 30.0))
    with pytest.raises(ValueError, match="own"):
        asyncio.run(retry("a task", Script(ValueError("own"))))


def test_it_drains_without_pauses_or_begins_with_one(waits: list[float]) -> None:
    _run(Script(2, 1, 0), drain=True)
    assert waits == [0, 0, 30.0]
    waits.clear()
    _run(Script(), at_once=False)
    assert waits == [30.0]


def test_attempts_are_limited(waits: list[float]) -> None:
    assert asyncio.run(retry("messages", Script(AWAY, AWAY, "stored"), 3)) == "stored"
    with pytest.raises(PostgresAway):
        asyncio.run(retry("messages", Script(AWAY, AWAY, AWAY, "too late"), 3))
    assert max(waits) <= limits.STORE_RETRY_MAX_S


def test_something_minor_is_left_out_with_a_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with skip_if_away("a hint"):
        raise AWAY
    assert _lines(caplog) == [
        (logging.WARNING, "hub: skipped, as Postgres is unavailable or busy (connection refused): a hint")
    ]
    with pytest.raises(KeyError), skip_if_away("a hint"):
        raise KeyError
