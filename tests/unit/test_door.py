"""The door answers everybody, in order, after it is durable; whoever goes away or fails takes nobody along."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from edge.core import door, jobs
from edge.core.bus import Bus
from edge.core.door import COMMITTED, Shop
from edge.core.errors import InvariantBroken
from edge.core.limits import COMMAND_BYTES, COMMANDS_WAITING
from edge.core.shapes import Capability, Command, CommandSpec, Done, JobKind, Outcome, Refused
from edge.core.storage.database import open_reader
from tests.house import run, sync_fails
from tests.unit.toys import (
    ANN,
    GUEST,
    WRITE,
    Boom,
    Break,
    Note,
    Noted,
    Scribble,
    Toy,
    client_id,
    registry,
    run_in_toy,
    toy,
)


class Later(Command, frozen=True):
    """Queue a job: local state alone, and no event."""


def _later(tx: Any, command: Later) -> int:
    return jobs.queue(tx, "later", {})


LATER = Capability(
    "later",
    (CommandSpec(Later, _later, WRITE),),
    jobs=(JobKind("later", lambda db, params, cursor: iter(())),),
)


async_test = partial(run_in_toy, house=registry(LATER))


class Hold:
    """Keeps the writer busy for as long as the block lasts."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._held, self._go = threading.Event(), threading.Event()

    async def __aenter__(self) -> None:
        self._work = asyncio.ensure_future(self._shop.maintain(lambda db: (self._held.set(), self._go.wait(30))))
        await asyncio.to_thread(self._held.wait, 10)

    async def __aexit__(self, *_: object) -> None:
        self._go.set()
        await self._work


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in another thread
            await asyncio.sleep(0.005)


def test_what_comes_together_is_done_in_order_and_shares_commits(tmp_path: Path) -> None:
    async def scenario(shop: Shop, house: Toy) -> None:
        statements: list[str] = []
        async with Hold(shop):
            house.db.set_trace_callback(statements.append)
            waiting = [asyncio.ensure_future(shop.do(Note(str(number)), ANN)) for number in range(200)]
            await asyncio.sleep(0)
        answers = await asyncio.gather(*waiting)
        house.db.set_trace_callback(None)
        assert [answer.events for answer in answers] == [(Noted(str(number)),) for number in range(200)]
        assert [answer.first_seq for answer in answers] == list(range(2, 202))
        assert statements.count("COMMIT") <= 1 + 200 // 64 + 1

    async_test(scenario, tmp_path)


def test_tills_that_were_answered_together_share_the_next_commit_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not in two halves, of which each waits for the other's commit."""
    monkeypatch.setattr(door, "HANDED_OUT_S", 10.0)
    tills, sales = 8, 25

    async def scenario(shop: Shop, house: Toy) -> None:
        async def till(name: str) -> None:
            for number in range(sales):
                await shop.do(Note(f"{name} {number}"), ANN)

        statements: list[str] = []
        house.db.set_trace_callback(statements.append)
        await asyncio.gather(*(till(str(number)) for number in range(tills)))
        house.db.set_trace_callback(None)
        assert len(house.notes()) == tills * sales
        assert statements.count("COMMIT") <= sales + 3

    async_test(scenario, tmp_path)


def test_a_reader_sees_what_was_answered(tmp_path: Path) -> None:
    async def scenario(shop: Shop, house: Toy) -> None:
        for number in range(50):
            done = await shop.do(Note(str(number)), ANN)
            assert isinstance(done, Done)
            assert shop.reader.execute("SELECT max(seq) FROM journal").fetchone() == (done.first_seq,)

    async_test(scenario, tmp_path)


def test_a_client_that_goes_away_changes_nothing_for_the_others(tmp_path: Path) -> None:
    async def scenario(shop: Shop, house: Toy) -> None:
        heard: list[Command] = []
        shop.listen(lambda command, actor, outcome: heard.append(command))
        async with Hold(shop):
            gone = [asyncio.ensure_future(shop.do(Note(f"gone {number}"), ANN)) for number in range(3)]
            stays = asyncio.ensure_future(shop.do(Note("stays"), ANN))
            await asyncio.sleep(0)
            for task in gone:
                task.cancel()
        assert isinstance(await stays, Done)
        assert house.notes() == ["gone 0", "gone 1", "gone 2", "stays"]
        assert heard == [Note("gone 0"), Note("gone 1"), Note("gone 2"), Note("stays")]

    async_test(scenario, tmp_path)


def test_a_listener_hears_every_answer_and_its_faults_are_its_own(tmp_path: Path) -> None:
    async def scenario(shop: Shop, house: Toy) -> None:
        heard: list[Outcome] = []

        def broken(command: Command, actor: Any, outcome: Outcome) -> None:
            raise RuntimeError("a page that is not well")

        shop.listen(broken)
        shop.listen(lambda command, actor, outcome: heard.append(outcome))
        answers = [await shop.do(Note("a"), ANN), await shop.do(Scribble("b"), ANN), await shop.do(Note("c"), GUEST)]
        assert heard == answers
        assert [type(answer) for answer in answers] == [Done, Done, Refused]

    async_test(scenario, tmp_path)


def test_a_full_queue_refuses_and_loses_nothing(tmp_path: Path) -> None:
    async def scenario(shop: Shop, house: Toy) -> None:
        async with Hold(shop):
            waiting = [asyncio.ensure_future(shop.do(Note(str(n)), ANN)) for n in range(COMMANDS_WAITING)]
            await asyncio.sleep(0)
            heard: list[Outcome] = []
            shop.listen(lambda command, actor, outcome: heard.append(outcome))
            busy = Refused("busy", {"waiting": COMMANDS_WAITING})
            assert await shop.do(Note("one too many"), ANN) == busy
            assert heard == [busy]  # a scanner's command has no page that waits for its answer
        assert all(isinstance(answer, Done) for answer in await asyncio.gather(*waiting))
        assert len(house.notes()) == COMMANDS_WAITING
        assert isinstance(await shop.do(Note("later"), ANN), Done)

    async_test(scenario, tmp_path)


def test_a_command_that_is_too_large_is_refused(tmp_path: Path) -> None:
    async def scenario(shop: Shop, house: Toy) -> None:
        refused = await shop.do(Note("x" * COMMAND_BYTES), ANN)
        assert refused == Refused("too_large", {"bytes": COMMAND_BYTES + 11, "limit": COMMAND_BYTES})

    async_test(scenario, tmp_path)


def test_the_same_id_through_the_door(tmp_path: Path) -> None:
    async def scenario(shop: Shop, house: Toy) -> None:
        answers = await asyncio.gather(*(shop.do(Note("a"), ANN, client_id(1)) for _ in range(5)))
        assert sorted(answer.repeated for answer in answers) == [False, True, True, True, True]
        assert house.notes() == ["a"]

    async_test(scenario, tmp_path)


def test_a_fault_of_ours_reaches_the_one_who_asked(tmp_path: Path) -> None:
    async def scenario(shop: Shop, house: Toy) -> None:
        failed, done = await asyncio.gather(shop.do(Boom(), ANN), shop.do(Note("a"), ANN), return_exceptions=True)
        assert isinstance(failed, RuntimeError)
        assert isinstance(done, Done)

    async_test(scenario, tmp_path)


def test_a_broken_invariant_ends_the_process(tmp_path: Path) -> None:
    async def scenario(shop: Shop, house: Toy) -> None:
        with pytest.raises(InvariantBroken, match="Two and two"):
            await shop.do(Break(), ANN)
        with pytest.raises(InvariantBroken, match="Two and two"):
            await shop.faulted()

    async_test(scenario, tmp_path)


def test_a_writer_that_dies_ends_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(shop: Shop, house: Toy) -> None:
        def die(*_: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(threading, "excepthook", lambda args: None)
        monkeypatch.setattr(house.writer, "run", die)
        asked = asyncio.ensure_future(shop.do(Note("a"), ANN))
        with pytest.raises(ZeroDivisionError):
            await shop.faulted()
        asked.cancel()

    async_test(scenario, tmp_path)


def test_closing_finishes_what_waits_and_refuses_what_comes(tmp_path: Path) -> None:
    async def main() -> None:
        with toy(tmp_path) as house:
            shop = Shop(house.path, house.registry, house.clock, house.writer, Bus())
            shop.start()
            waiting = [asyncio.ensure_future(shop.do(Note(str(number)), ANN)) for number in range(300)]
            await asyncio.sleep(0)
            shop.close()
            answers = await asyncio.gather(*waiting)
            assert all(isinstance(answer, Done) for answer in answers)
            late = await shop.do(Note("late"), ANN)
            assert isinstance(late, Refused)
            assert late.code == "busy"
            assert house.notes() == [str(number) for number in range(300)]

    run(main(), 30)


def test_the_heart_beats_while_nothing_happens_and_while_nothing_can_be_written(tmp_path: Path) -> None:
    async def scenario(shop: Shop, house: Toy) -> None:
        await shop.heartbeat()
        await shop.maintain(lambda db: db.execute("PRAGMA query_only = ON"))
        await shop.do(Note("a"), ANN)
        assert shop.why_read_only == "the disk is read-only"
        await shop.heartbeat()

    async_test(scenario, tmp_path)


def test_the_heart_stands_still_with_the_writer(tmp_path: Path) -> None:
    async def scenario(shop: Shop, house: Toy) -> None:
        async with Hold(shop):
            waiting = [asyncio.ensure_future(shop.do(Note(str(n)), ANN)) for n in range(COMMANDS_WAITING + 5)]
            beat = asyncio.ensure_future(shop.heartbeat())
            await asyncio.wait([beat], timeout=0.3)
            assert not beat.done()
        await beat
        await asyncio.gather(*waiting)

    async_test(scenario, tmp_path)


def test_long_work_waits_for_who_is_at_a_till_and_goes_on_behind_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "PAUSE_LIMIT_S", 3600.0)

    async def scenario(shop: Shop, house: Toy) -> None:
        async with asyncio.timeout(10):
            await shop.step_back(3600.0)  # nobody is there
            await shop.do(Scribble("a"), ANN)
            waits = asyncio.ensure_future(shop.step_back(3600.0))
            await shop.maintain(lambda db: None)
            assert not waits.done()
            await shop.do(Scribble("b"), ANN)
            await waits

    async_test(scenario, tmp_path)


def test_quick_work_goes_on_in_the_lull_behind_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "PAUSE_LIMIT_S", 3600.0)
    monkeypatch.setattr(door, "PAUSES", 1e9)
    monkeypatch.setattr(door, "LULL_S", 3600.0)

    async def scenario(shop: Shop, house: Toy) -> None:
        async with asyncio.timeout(10):
            await shop.do(Scribble("a"), ANN)
            await shop.step_back(0.001)

    async_test(scenario, tmp_path)


def test_the_till_says_that_it_cannot_save_and_that_it_can_again(tmp_path: Path) -> None:
    """By itself: nobody has to sell something to find out."""

    async def scenario(shop: Shop, house: Toy) -> None:
        await shop.maintain(lambda db: db.execute("PRAGMA query_only = ON"))
        refused = await shop.do(Note("a"), ANN)
        assert refused == Refused("read_only", {"why": "the disk is read-only"})
        assert shop.why_read_only == "the disk is read-only"
        committed = shop.bus.subscribe(COMMITTED)
        house.db.execute("PRAGMA query_only = OFF")
        await until(lambda: shop.why_read_only is None)
        assert await committed.next() == (COMMITTED, shop.head), "what follows the journal was refused, and looks again"
        assert isinstance(await shop.do(Note("b"), ANN), Done)
        assert house.notes() == ["b"]

    async_test(scenario, tmp_path)


def test_whoever_keeps_what_answers_said_is_put_right_when_they_came_to_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that comes and goes, while local state is answered ahead of its commit."""

    async def scenario(shop: Shop, house: Toy) -> None:
        chance, of_disk = random.Random(1), random.Random(2)
        commit, failed, unread = house.writer._commit, 0, 0
        believed: str | None = None

        def perhaps() -> None:
            nonlocal failed
            if of_disk.random() < 0.3:
                failed += 1
                sync_fails()
            commit()

        def on_disk() -> str | None:
            row = shop.reader.execute("SELECT body FROM open_basket WHERE register = '1'").fetchone()
            return row[0].decode() if row else None

        def heard(command: Command, actor: Any, outcome: Outcome) -> None:
            nonlocal believed
            if isinstance(command, Scribble) and isinstance(outcome, Done):
                believed = command.text

        def read_again() -> None:
            nonlocal believed, unread
            if chance.random() < 0.3:
                unread += 1
                raise RuntimeError("not to be read just now")
            believed = on_disk()

        monkeypatch.setattr(house.writer, "_commit", perhaps)
        shop.listen(heard)
        shop.when_in_doubt(read_again)
        for turn in range(200):
            asked = []
            for n in range(chance.randrange(6)):
                asked.append(asyncio.ensure_future(shop.do(Scribble(f"{turn}.{n}"), ANN)))
                await asyncio.sleep(chance.choice((0, 0, 0.001)))
            await asyncio.gather(*asked)
            await shop.maintain(lambda db: None)
            while shop._doubt:
                await shop.maintain(lambda db: None)
            assert believed == on_disk()
        assert failed > 50
        assert unread > 10

    async_test(scenario, tmp_path)


def test_whoever_waits_for_work_hears_of_a_job_that_left_no_event(tmp_path: Path) -> None:
    async def scenario(shop: Shop, house: Toy) -> None:
        committed = shop.bus.subscribe(COMMITTED)
        await shop.do(Scribble("a"), ANN)
        await shop.maintain(lambda db: None)
        await shop.do(Later(), ANN)
        async with asyncio.timeout(5):
            assert await committed.next() == (COMMITTED, shop.head)
        done = await shop.do(Note("a"), ANN)
        assert isinstance(done, Done)
        _, head = await committed.next()
        assert head.seq == done.first_seq  # maintenance and scribbling were no news

    async_test(scenario, tmp_path)


def test_a_long_reader_never_makes_a_till_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Someone verifies the ledger or counts for a long time, while the WAL grows beyond its limit."""
    monkeypatch.setattr(door, "WAL_CHECKPOINT_PAGES", 10)
    monkeypatch.setattr(door, "WAL_LIMIT_PAGES", 20)

    async def scenario(shop: Shop, house: Toy) -> None:
        wal = house.path.with_name("ledger.db-wal")
        slowest_s = 0.0
        snapshot = open_reader(house.path)
        snapshot.execute("BEGIN").execute("SELECT count(*) FROM journal").fetchone()
        loop = asyncio.get_running_loop()
        ends = loop.time() + 1.5
        while loop.time() < ends:
            started = loop.time()
            await shop.do(Note("x" * 10_000), ANN)
            slowest_s = max(slowest_s, loop.time() - started)
        assert wal.stat().st_size > 40 * 4096
        assert slowest_s < 1.0
        snapshot.close()
        await until(lambda: wal.stat().st_size < 40 * 4096)

    async_test(scenario, tmp_path)
