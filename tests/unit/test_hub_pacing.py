"""How a hub worker divides itself among devices."""

import asyncio
from collections.abc import Sequence

import pytest

from sync import block, limits, wire
from sync.hub.lane import Lane
from sync.hub.machine import Key
from sync.hub.pacing import Pacing
from sync.session import Incoming
from sync.wire import Rows
from tests.wires import KEY, History

MUCH = limits.BULK_ROWS


class Clock:
    """Time that the test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def key(number: int) -> Key:
    return Key("acme", f"store-{number}", "box")


def paced(few: int, bulk: int = 0) -> tuple[Clock, Pacing]:
    """So many devices have just sent little, and `bulk` others much."""
    clock = Clock()
    pacing = Pacing(clock)
    for number in range(few + bulk):
        pacing.hear(key(number))
        if number >= few:
            pacing.rest(key(number), 0.01, MUCH)
    return clock, pacing


def test_who_sends_little_never_waits() -> None:
    _, pacing = paced(few=5, bulk=1)
    assert pacing.rest(key(0), 3.0, MUCH - 1) == 0.0


def test_one_alone_has_the_worker_for_itself() -> None:
    _, pacing = paced(few=0, bulk=1)
    assert pacing.rest(key(0), 0.01, MUCH) == 0.0


@pytest.mark.parametrize(("few", "bulk", "times"), [(10, 1, limits.PACE), (2, 1, 2.0), (2, 4, 0.5), (0, 9, 0.0)])
def test_one_with_much_leaves_the_worker_to_those_with_little(few: int, bulk: int, times: float) -> None:
    _, pacing = paced(few, bulk)
    assert pacing.rest(key(few), 0.01, MUCH) == pytest.approx(0.01 * times)


def test_a_rest_has_an_end() -> None:
    _, pacing = paced(few=10, bulk=1)
    assert pacing.rest(key(10), 60.0, MUCH) == limits.PACE_MAX_S


def test_those_who_are_silent_are_forgotten() -> None:
    clock, pacing = paced(few=10, bulk=1)
    clock.now += limits.RECENT_S + 1
    pacing.hear(key(10))
    assert pacing.rest(key(10), 0.01, MUCH) == 0.0
    assert pacing.credit() == limits.CREDIT_ROWS


@pytest.mark.parametrize(
    ("stores", "credit"),
    [(1, limits.CREDIT_ROWS), (8, limits.CREDIT_SHARED_ROWS // 8), (10_000, limits.CREDIT_LEAST_ROWS)],
)
def test_credit_is_shared(stores: int, credit: int) -> None:
    _, pacing = paced(few=stores)
    assert pacing.credit() == credit


class Counted:
    """Notes what a lane says of its turns, and takes the rest that it is told to take."""

    def __init__(self, rest_s: float) -> None:
        self.rows: list[int] = []
        self._rest_s = rest_s

    def credit(self) -> int:
        return limits.CREDIT_ROWS

    def rest(self, key: Key, took_s: float, rows: int) -> float:
        assert took_s >= 0
        self.rows.append(rows)
        return self._rest_s


def messages(*counts: int) -> Sequence[Rows]:
    history = History()
    history.append(sum(counts) - 1)
    firsts = [sum(counts[:place]) for place in range(len(counts))]
    return [block.pack(1, history.rows[at : at + count]) for at, count in zip(firsts, counts, strict=True)]


def test_a_lane_rests_after_each_message_that_it_opened_and_after_their_commit() -> None:
    """And others have their turn each time."""

    async def scenario() -> None:
        stored: list[int] = []

        class Store:
            async def rows(self, key: Key, blocks: Sequence[object], credit: int) -> None:
                stored.append(len(blocks))

        turns = Counted(0.0)

        async def send(key: Key, message: object) -> None: ...

        lane = Lane(KEY, Store(), turns, send, lambda key: None)  # type: ignore[arg-type]
        others: list[int] = []
        done: list[int] = []
        for number, message in enumerate(messages(30, 20)):
            lane.put(Incoming("", wire.encode(message), lambda number=number: done.append(number)))  # type: ignore[misc]
        neighbour = asyncio.create_task(watch(others, turns))
        await lane.work()
        neighbour.cancel()
        assert (turns.rows, stored, done) == ([30, 20, 50], [2], [0, 1])
        assert {1, 2} <= set(others), "a neighbour's task ran between the two"

    async def watch(seen: list[int], turns: Counted) -> None:
        while True:
            seen.append(len(turns.rows))
            await asyncio.sleep(0)

    asyncio.run(scenario())


def test_what_is_more_than_an_edge_sends_is_let_go_unread() -> None:
    async def send(key: Key, message: object) -> None: ...

    done: list[int] = []
    lane = Lane(KEY, None, Counted(0.0), send, lambda key: None)  # type: ignore[arg-type]
    for number in range(limits.EDGE_UNACKED + 3):
        lane.put(Incoming("", b"", lambda number=number: done.append(number)))  # type: ignore[misc]
    assert done == [limits.EDGE_UNACKED, limits.EDGE_UNACKED + 1, limits.EDGE_UNACKED + 2]
