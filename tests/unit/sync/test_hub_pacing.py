"""How a hub worker divides itself among devices."""

import asyncio
from collections.abc import Sequence
from functools import partial

import pytest

from sync import limits, row_packing, wire
from sync.hub.device_queue import DeviceQueue
from sync.hub.fairness import Pacing
from sync.hub.model import Block, Device, Key, Outcome
from sync.session import Incoming
from sync.wire import Epoch, ResendRequest, Rows
from tests.sync_doubles import KEY, History, until

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


def test_what_waits_in_memory_has_a_limit() -> None:
    _, pacing = paced(few=1)
    assert pacing.hold(limits.HUB_HELD_BYTES)
    assert not pacing.hold(1)
    pacing.release(1)
    assert pacing.hold(1)


class Counted:
    """Notes what a lane says of its turns, and takes the rest that it is told to take."""

    def __init__(self, rest_s: float, room: int = 0) -> None:
        self.rows: list[int] = []
        self.room = room
        self._rest_s = rest_s

    def credit(self) -> int:
        return limits.CREDIT_ROWS

    def rest(self, key: Key, took_s: float, rows: int) -> float:
        assert took_s >= 0
        self.rows.append(rows)
        return self._rest_s

    def hold(self, size: int) -> bool:
        if self.room < size:
            return False
        self.room -= size
        return True

    def release(self, size: int) -> None:
        self.room += size


def messages(*counts: int) -> Sequence[Rows]:
    history = History()
    history.append(sum(counts) - 1)
    firsts = [sum(counts[:place]) for place in range(len(counts))]
    return [row_packing.pack(1, history.rows[at : at + count]) for at, count in zip(firsts, counts, strict=True)]


def test_a_lane_rests_after_each_message_that_it_opened_and_after_their_commit() -> None:
    """And others have their turn each time."""

    async def scenario() -> None:
        stored: list[int] = []

        class Store:
            async def rows(self, key: Key, blocks: Sequence[object], credit: int) -> None:
                stored.append(len(blocks))

        turns = Counted(0.0)

        async def send(key: Key, message: object) -> None: ...

        lane = DeviceQueue(KEY, Store(), turns, send, lambda key: None)  # type: ignore[arg-type]
        others: list[int] = []
        done: list[int] = []
        for number, message in enumerate(messages(30, 20)):
            lane.put(Incoming("", wire.encode(message), partial(done.append, number)))
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


def test_what_follows_is_opened_while_postgres_stores() -> None:
    async def scenario() -> None:
        first, second = (Incoming("", wire.encode(message), lambda: None) for message in messages(30, 20))
        stored: list[int] = []

        class Store:
            async def rows(self, key: Key, blocks: Sequence[Block], credit: int) -> None:
                stored.append(blocks[0].first)
                if len(stored) == 1:
                    lane.put(second)
                    await until(lambda: 20 in turns.rows, "the second message was opened")

        turns = Counted(0.0)
        lane = DeviceQueue(KEY, Store(), turns, Sent(), lambda key: None)  # type: ignore[arg-type]
        lane.put(first)
        await lane.work()
        assert stored == [1, 31]

    asyncio.run(scenario())


def test_many_messages_of_one_device_take_no_room_of_its_neighbours_and_none_is_let_go() -> None:
    """The broker is told at once that we have those beyond the sixteenth; all are stored, some at a time."""

    async def scenario() -> None:
        store, sent, done = Sixteens(), Sent(), list[int]()
        turns = Counted(0.0, room=1 << 20)
        lane = DeviceQueue(KEY, store, turns, sent, lambda key: None)  # type: ignore[arg-type]
        for number, message in enumerate(messages(*[10] * 40)):
            lane.put(Incoming("", wire.encode(message), partial(done.append, number)))
        assert done == list(range(limits.EDGE_UNACKED, 40))
        assert turns.room < 1 << 20
        await lane.work()
        assert (store.blocks, sorted(done), turns.room) == ([16, 16, 8], list(range(40)), 1 << 20)
        assert sent.messages == []

    asyncio.run(scenario())


def test_what_there_is_no_room_for_is_let_go_and_asked_for_again_at_once() -> None:
    async def scenario() -> None:
        store, sent = Sixteens(), Sent()
        lane = DeviceQueue(KEY, store, Counted(0.0), sent, lambda key: None)  # type: ignore[arg-type]
        for message in messages(*[10] * 20):
            lane.put(Incoming("", wire.encode(message), lambda: None))
        await lane.work()
        assert store.blocks == [16]
        assert sent.messages == [ResendRequest(1, 161, 160 + limits.WINDOW_ROWS)]

    asyncio.run(scenario())


class Sent:
    """Keeps what the lane sends."""

    def __init__(self) -> None:
        self.messages: list[object] = []

    async def __call__(self, key: Key, message: object) -> None:
        self.messages.append(message)


class Sixteens:
    """A store that takes everything, and counts the blocks of each transaction."""

    def __init__(self) -> None:
        self.blocks: list[int] = []

    async def rows(self, key: Key, blocks: Sequence[Block], credit: int) -> Outcome:
        self.blocks.append(len(blocks))
        epochs = (Epoch(1, 1, 0, 0, bytes(32)),)
        return Outcome(Device(bytes(32), through=blocks[-1].last, epochs=epochs, stored=blocks[-1].last))
