"""Who works in the background gets turns that no one at a till notices."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from edge.core import till_first
from edge.core.limits import TILL_QUIET_S
from edge.core.storage.database import open_scratch
from edge.core.till_first import RightOfWay, TillFirst
from tests.shop_fixture import run

MANY = 20_000
COUNT = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {MANY}) SELECT max(i) FROM n"
STANDS_S = 0.2
"""So long a reader that goes on would be done a hundred times."""


class Hands:
    """A clock that is set by hand, and a till at it."""

    def __init__(self) -> None:
        self.now = 100.0
        self.till = TillFirst(lambda: self.now)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(till_first, "PAUSE_LIMIT_S", 3600.0)
    monkeypatch.setattr(till_first, "BACKOFF_FACTOR", 1e9)


def test_someone_is_at_a_till_for_a_while_behind_each_touch() -> None:
    hands = Hands()
    assert not hands.till.active
    hands.till.touch()
    hands.now += TILL_QUIET_S * 0.9
    assert hands.till.active
    hands.now += TILL_QUIET_S * 0.2
    assert not hands.till.active


def test_a_turn_is_smaller_while_someone_is_at_a_till() -> None:
    hands = Hands()
    assert hands.till.budget(8) == 8
    hands.till.touch()
    assert (hands.till.budget(8), hands.till.budget(8, 4), hands.till.budget(2, 4)) == (1, 4, 2)


@pytest.mark.usefixtures("patient")
def test_where_no_one_is_there_work_goes_on_at_once() -> None:
    async def scenario() -> None:
        async with asyncio.timeout(30):
            async with Hands().till.turn(least_s=3600.0):
                pass

    run(scenario())


@pytest.mark.usefixtures("patient")
def test_quick_work_goes_on_in_the_lull_behind_an_answer_and_long_work_waits_for_the_next() -> None:
    async def scenario() -> None:
        hands = Hands()
        hands.till.touch()
        async with asyncio.timeout(30):
            await hands.till.rest(0.001)

            async def long_turn() -> None:
                async with hands.till.turn():
                    hands.now += 0.5

            waits = asyncio.ensure_future(long_turn())
            for _ in range(10):
                await asyncio.sleep(0)
            assert not waits.done()
            hands.till.touch()
            await waits

    run(scenario())


@pytest.mark.usefixtures("patient")
def test_work_that_fails_is_not_kept_waiting() -> None:
    async def scenario() -> None:
        hands = Hands()
        hands.till.touch()
        async with asyncio.timeout(30):
            with pytest.raises(LookupError):
                async with hands.till.turn(least_s=3600.0):
                    raise LookupError

    run(scenario())


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def read_long(way: RightOfWay) -> int:
    """A statement of many steps, by a connection that yields."""
    db = way.yielded_by(open_scratch())
    try:
        (last,) = db.execute(COUNT).fetchone()
        return int(last)
    finally:
        db.close()


@pytest.mark.usefixtures("patient")
def test_a_reader_stands_still_while_a_till_is_served_and_goes_on_behind_the_last_one(
    thread: ThreadPoolExecutor,
) -> None:
    way = RightOfWay()
    way.take()
    way.take()
    reads = thread.submit(read_long, way)
    assert wait([reads], STANDS_S).not_done
    way.give_back()
    assert wait([reads], STANDS_S).not_done, "another till is still served"
    way.give_back()
    assert reads.result(30) == MANY


def test_a_reader_gets_on_however_long_tills_are_served(
    thread: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(till_first, "PAUSE_LIMIT_S", 0.01)
    way = RightOfWay()
    way.take()
    assert thread.submit(read_long, way).result(30) == MANY


@pytest.mark.usefixtures("patient")
def test_the_loop_itself_never_stands_still() -> None:
    way = RightOfWay()
    way.take()
    release = threading.Timer(30, way.give_back)
    release.start()
    assert read_long(way) == MANY
    assert release.is_alive(), "it waited"
    release.cancel()
