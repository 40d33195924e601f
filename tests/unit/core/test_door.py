"""The door answers everyone, in order, after it is durable; whoever goes away or fails takes no one along."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from edge.core import command_bus, till_first
from edge.core.bus import Bus
from edge.core.command_bus import COMMITTED, CommandBus
from edge.core.jobs import store as jobs
from edge.core.limits import COMMAND_BYTES, COMMANDS_WAITING
from edge.core.messages import Command, Done, Outcome, Refused
from edge.core.registry import Capability, CommandSpec, JobKind
from edge.core.storage.database import open_reader
from edge.core.surfaces import STAFF
from tests.shop_fixture import run
from tests.unit.core.test_till_first import COUNT, MANY, STANDS_S
from tests.unit.toys import ANN, GUEST, WRITE, Note, Noted, Scribble, Toy, client_id, registry, run_in_toy, toy


class Later(Command, frozen=True):
    """Queue a job: local state alone, and no event."""


def _later(tx: Any, command: Later) -> int:
    return jobs.queue(tx, "later", {})


LATER = Capability(
    "later",
    (CommandSpec(Later, _later, WRITE, surfaces=STAFF),),
    jobs=(JobKind("later", lambda db, params, cursor: iter(())),),
)


async_test = partial(run_in_toy, house=registry(LATER))


class Hold:
    """Keeps the writer busy for as long as the block lasts."""

    def __init__(self, shop: CommandBus) -> None:
        self._shop = shop
        self._held, self._go = threading.Event(), threading.Event()

    async def __aenter__(self) -> None:
        self._work = asyncio.ensure_future(self._shop.maintain(lambda db: (self._held.set(), self._go.wait(30))))
        await asyncio.to_thread(self._held.wait, 10)

    async def __aexit__(self, *_: object) -> None:
        self._go.set()
        await self._work


def test_what_comes_together_is_done_in_order_and_shares_commits(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, house: Toy) -> None:
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
    monkeypatch.setattr(command_bus, "DELIVERY_WAIT_S", 10.0)
    tills, sales = 8, 25

    async def scenario(shop: CommandBus, house: Toy) -> None:
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
    async def scenario(shop: CommandBus, house: Toy) -> None:
        for number in range(50):
            done = await shop.do(Note(str(number)), ANN)
            assert isinstance(done, Done)
            assert shop.reader.execute("SELECT max(seq) FROM journal").fetchone() == (done.first_seq,)

    async_test(scenario, tmp_path)


def test_a_client_that_goes_away_changes_nothing_for_the_others(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, house: Toy) -> None:
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
    async def scenario(shop: CommandBus, house: Toy) -> None:
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
    async def scenario(shop: CommandBus, house: Toy) -> None:
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
    async def scenario(shop: CommandBus, house: Toy) -> None:
        refused = await shop.do(Note("x" * COMMAND_BYTES), ANN)
        assert refused == Refused("too_large", {"bytes": COMMAND_BYTES + 11, "limit": COMMAND_BYTES})

    async_test(scenario, tmp_path)


def test_the_same_id_through_the_door(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, house: Toy) -> None:
        answers = await asyncio.gather(*(shop.do(Note("a"), ANN, client_id(1)) for _ in range(5)))
        assert sorted(answer.repeated for answer in answers) == [False, True, True, True, True]
        assert house.notes() == ["a"]

    async_test(scenario, tmp_path)


def test_closing_finishes_what_waits_and_refuses_what_comes(tmp_path: Path) -> None:
    async def main() -> None:
        with toy(tmp_path) as house:
            shop = CommandBus(house.path, house.registry, house.clock, house.writer, Bus())
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
    async def scenario(shop: CommandBus, house: Toy) -> None:
        await shop.heartbeat()
        await shop.maintain(lambda db: db.execute("PRAGMA query_only = ON"))
        await shop.do(Note("a"), ANN)
        assert shop.why_read_only == "the disk is read-only"
        await shop.heartbeat()

    async_test(scenario, tmp_path)


def test_the_heart_stands_still_with_the_writer(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, house: Toy) -> None:
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
    monkeypatch.setattr(till_first, "PAUSE_LIMIT_S", 3600.0)

    async def scenario(shop: CommandBus, house: Toy) -> None:
        async with asyncio.timeout(30):
            await shop.till_first.rest(3600.0)  # nobody is there
            await shop.do(Scribble("a"), ANN)
            waits = asyncio.ensure_future(shop.till_first.rest(3600.0))
            await shop.maintain(lambda db: None)
            assert not waits.done()
            await shop.do(Scribble("b"), ANN)
            await waits

    async_test(scenario, tmp_path)


def test_whoever_waits_for_work_hears_of_a_job_that_left_no_event(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, house: Toy) -> None:
        committed = shop.bus.subscribe(COMMITTED)
        await shop.do(Scribble("a"), ANN)
        await shop.maintain(lambda db: None)
        await shop.do(Later(), ANN)
        async with asyncio.timeout(30):
            assert await committed.next() == (COMMITTED, shop.head)
        done = await shop.do(Note("a"), ANN)
        assert isinstance(done, Done)
        _, head = await committed.next()
        assert head.seq == done.first_seq  # maintenance and scribbling were no news

    async_test(scenario, tmp_path)


def test_a_long_reader_never_makes_a_till_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Someone verifies the ledger or counts for a long time, while the WAL grows beyond its limit."""
    monkeypatch.setattr(command_bus, "WAL_CHECKPOINT_PAGES", 10)
    monkeypatch.setattr(command_bus, "WAL_LIMIT_PAGES", 20)

    async def scenario(shop: CommandBus, house: Toy) -> None:
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
        grown = wal.stat().st_size
        assert grown > 40 * 4096
        assert slowest_s < 1.0
        snapshot.close()
        with closing(open_reader(house.path)) as db:
            async with asyncio.timeout(10):
                while db.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()[1] > 40:
                    await shop.do(Note("x" * 10_000), ANN)
        assert wal.stat().st_size < 2 * grown, "it's written from its beginning again"

    async_test(scenario, tmp_path)


@pytest.mark.parametrize("surface", ["cashier", "panel"])
def test_what_is_read_beside_the_till_stands_still_while_a_till_is_served(
    surface: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A conversation or a report reads meanwhile: it goes on behind the answer to the till, and beside all else."""
    monkeypatch.setattr(till_first, "PAUSE_LIMIT_S", 3600.0)

    async def scenario(shop: CommandBus, house: Toy) -> None:
        db = shop.open_reader()
        with ThreadPoolExecutor(1) as thread:
            reads: list[Future[object]] = []

            def wanted() -> bool:
                reads.append(thread.submit(lambda: db.execute(COUNT).fetchone()))
                return bool(wait(reads, STANDS_S).not_done) is (surface == "cashier")

            assert isinstance(await shop.do(Note("said"), replace(ANN, surface=surface), wanted=wanted), Done)
            assert await asyncio.wrap_future(reads[0]) == (MANY,)
        db.close()

    async_test(scenario, tmp_path)
