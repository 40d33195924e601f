"""Tables can always be made again from the journal; one that follows may fail without a sale noticing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.core.batch import RowBatch
from edge.core.bus import Bus
from edge.core.command_bus import CommandBus
from edge.core.jobs import store as jobs
from edge.core.journal.projections import Follower, FollowerFailed, FollowersTogether, caught_up, follow, rebuild_stale
from edge.core.journal.rows import EpochStarted
from edge.core.journal.verify import verify
from edge.core.limits import FOLLOW_BYTES, FOLLOW_ROWS, GATHER_S
from edge.core.messages import Done, RecordedEvent
from edge.core.registry import Projector, Registry
from tests.shop_fixture import run
from tests.unit.toys import ANN, Note, Noted, Toy, core, counts, notes, toy


def _doubled(db: Any, fact: RecordedEvent, event: Noted) -> None:
    sql = "INSERT INTO stock (sku, on_hand) VALUES (?, 2) ON CONFLICT (sku) DO UPDATE SET on_hand = on_hand + 2"
    db.execute(sql, (event.text,))


def _listed(db: Any, fact: RecordedEvent, event: Noted) -> None:
    if event.text == "indigestible":
        raise ZeroDivisionError("a bug in the list")
    db.execute("INSERT INTO directive_open (number, kind) VALUES (?, ?)", (fact.seq, event.text))


def _listed_rightly(db: Any, fact: RecordedEvent, event: Noted) -> None:
    db.execute("INSERT INTO directive_open (number, kind) VALUES (?, ?)", (fact.seq, event.text))


LISTED = Projector("list", 1, ("directive_open",), {Noted: _listed}, strict=False)
MENDED = msgspec.structs.replace(LISTED, on={Noted: _listed_rightly})


def house_with(*projectors: Projector) -> Registry:
    return Registry((core, jobs.capability, msgspec.structs.replace(notes, projectors=projectors)))


def stock(house: Toy) -> dict[str, int]:
    return dict(house.db.execute("SELECT sku, on_hand FROM stock").fetchall())


def listed(db: Any) -> list[str]:
    return [row[0] for row in db.execute("SELECT kind FROM directive_open ORDER BY number")]


def test_a_changed_projector_has_its_tables_made_again(tmp_path: Path) -> None:
    changed = house_with(msgspec.structs.replace(counts, version=2, on={Noted: _doubled}))
    with toy(tmp_path) as house:
        assert rebuild_stale(house.db, house.registry) == ["counts"]
        assert rebuild_stale(house.db, house.registry) == []
        house.do(Note("milk"), Note("milk"), Note("beer"))
        assert stock(house) == {"milk": 2, "beer": 1}
    with toy(tmp_path, house=changed) as house:
        assert house.faults() != ()
        assert rebuild_stale(house.db, changed) == ["counts"]
        assert stock(house) == {"milk": 4, "beer": 2}
        house.do(Note("milk"))
        assert stock(house) == {"milk": 6, "beer": 2}
        assert house.faults() == ()
        assert rebuild_stale(house.db, changed) == []


def test_a_rebuild_that_fails_leaves_everything_as_it_was(tmp_path: Path) -> None:
    def broken(db: Any, fact: RecordedEvent, event: Noted) -> None:
        raise ZeroDivisionError

    with toy(tmp_path) as house:
        rebuild_stale(house.db, house.registry)
        house.do(Note("milk"))
        changed = house_with(msgspec.structs.replace(counts, version=2, on={Noted: broken}))
        with pytest.raises(ZeroDivisionError):
            rebuild_stale(house.db, changed)
        assert stock(house) == {"milk": 1}
        assert house.faults() == ()
        assert isinstance(house.do(Note("beer"))[0], Done)


def test_a_rebuild_that_is_interrupted_begins_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A power cut while the new rows are copied in: the old ones are still there, and so is the old version."""
    changed = house_with(msgspec.structs.replace(counts, version=2, on={Noted: _doubled}))
    with toy(tmp_path) as house:
        rebuild_stale(house.db, house.registry)
        house.do(Note("milk"))
        with monkeypatch.context() as patch:
            patch.setattr(
                "edge.core.journal.projections._copy_from_behind", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)
            )
            with pytest.raises(KeyboardInterrupt):
                rebuild_stale(house.db, changed)
        assert stock(house) == {"milk": 1}
        assert rebuild_stale(house.db, changed) == ["counts"]
        assert stock(house) == {"milk": 2}


# ---- those that follow -------------------------------------------------------------------------


@asynccontextmanager
async def opened(folder: Path, follows: Projector) -> AsyncIterator[tuple[CommandBus, Toy]]:
    with toy(folder, house=house_with(counts, follows)) as house:
        rebuild_stale(house.db, house.registry)
        shop = CommandBus(house.path, house.registry, house.clock, house.writer, Bus())
        shop.start()
        try:
            yield shop, house
        finally:
            shop.close()


@asynccontextmanager
async def following(shop: CommandBus, projector: Projector) -> AsyncIterator[tuple[Follower, asyncio.Task[None]]]:
    follower = Follower(shop, projector)
    task = asyncio.ensure_future(follower.run(lambda: None))
    try:
        yield follower, task
    finally:
        task.cancel()
        await asyncio.wait([task])


async def until(shop: CommandBus, condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await shop.maintain(lambda db: None)


def async_test(scenario: Callable[[CommandBus, Toy], Any], folder: Path, follows: Projector) -> None:
    async def main() -> None:
        async with opened(folder, follows) as (shop, house):
            await scenario(shop, house)

    run(main(), 30)


def test_what_follows_catches_up_and_keeps_up_also_after_a_restart(tmp_path: Path) -> None:
    many = FOLLOW_ROWS * 2 + 30

    async def behind(shop: CommandBus, house: Toy) -> None:
        await asyncio.gather(*(shop.do(Note(str(number)), ANN) for number in range(many)))
        async with following(shop, LISTED):
            await until(shop, lambda: len(listed(shop.reader)) == many)
            await shop.do(Note("one more"), ANN)
            await until(shop, lambda: len(listed(shop.reader)) == many + 1)
        await shop.do(Note("while it slept"), ANN)

    async def later(shop: CommandBus, house: Toy) -> None:
        async with following(shop, LISTED) as (follower, _):
            await until(shop, lambda: follower.through == shop.head.seq)
        assert listed(shop.reader) == [*(str(number) for number in range(many)), "one more", "while it slept"]

    async_test(behind, tmp_path, LISTED)
    async_test(later, tmp_path, LISTED)


def test_a_bug_in_what_follows_refuses_no_sale_and_is_said(tmp_path: Path) -> None:
    async def broken(shop: CommandBus, house: Toy) -> None:
        await shop.do(Note("fine"), ANN)
        async with following(shop, LISTED) as (follower, task):
            await until(shop, lambda: follower.through == shop.head.seq)
            assert isinstance(await shop.do(Note("indigestible"), ANN), Done)
            with pytest.raises(FollowerFailed, match=r"list stopped at row #3 \(Noted\): a bug in the list"):
                await task
        assert isinstance(await shop.do(Note("sold all the same"), ANN), Done)
        async with following(shop, LISTED) as (_, task):
            with pytest.raises(FollowerFailed, match="row #3"):
                await task
        assert listed(shop.reader) == ["fine"]
        assert verify(shop.reader, shop.registry).faults == ()

    async def mended(shop: CommandBus, house: Toy) -> None:
        async with following(shop, MENDED):
            await until(shop, lambda: listed(shop.reader) == ["fine", "indigestible", "sold all the same"])

    async_test(broken, tmp_path, LISTED)
    async_test(mended, tmp_path, MENDED)


def test_what_follows_starts_over_when_its_projector_changed(tmp_path: Path) -> None:
    async def first(shop: CommandBus, house: Toy) -> None:
        await shop.do(Note("a"), ANN)
        async with following(shop, LISTED) as (follower, _):
            await until(shop, lambda: follower.through == shop.head.seq)

    def shouted(db: Any, fact: RecordedEvent, event: Noted) -> None:
        db.execute("INSERT INTO directive_open (number, kind) VALUES (?, ?)", (fact.seq, event.text.upper()))

    newer = msgspec.structs.replace(LISTED, version=2, on={Noted: shouted})

    async def second(shop: CommandBus, house: Toy) -> None:
        async with following(shop, newer) as (follower, _):
            await until(shop, lambda: follower.through == shop.head.seq)
        assert listed(shop.reader) == ["A"]

    async_test(first, tmp_path, LISTED)
    async_test(second, tmp_path, newer)


def test_what_follows_rests_while_nothing_happens(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, house: Toy) -> None:
        async with following(shop, LISTED) as (follower, _):
            await until(shop, lambda: follower.through == shop.head.seq)
            turns: list[str] = []
            house.db.set_trace_callback(lambda sql: turns.append(sql) if "FROM projection" in sql else None)
            for _ in range(20):
                await shop.maintain(lambda db: None)
            house.db.set_trace_callback(None)
            assert len(turns) <= 1

    async_test(scenario, tmp_path, LISTED)


def test_what_follows_passes_over_what_is_not_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.core.journal.projections.FOLLOW_SPAN", 3)
    seen = []

    def begun(db: Any, fact: RecordedEvent, event: EpochStarted) -> None:
        seen.append(fact.seq)

    async def scenario(shop: CommandBus, house: Toy) -> None:
        await asyncio.gather(*(shop.do(Note(str(number)), ANN) for number in range(10)))
        async with following(shop, epochs) as (follower, _):
            await until(shop, lambda: follower.through == shop.head.seq)
        assert (seen, shop.head.seq) == ([1], 11)

    epochs = msgspec.structs.replace(LISTED, on={EpochStarted: begun})
    async_test(scenario, tmp_path, epochs)


def test_what_follows_may_put_work_off_and_do_it_a_little_at_a_time(tmp_path: Path) -> None:
    turns = []

    def noted(db: Any, fact: RecordedEvent, event: Noted) -> None:
        db.execute("INSERT INTO directive_open (number, kind) VALUES (?, 'to do')", (fact.seq,))

    def settle(db: Any, at_once: int) -> bool:
        limit = 3 * at_once
        rows = db.execute("SELECT number FROM directive_open WHERE kind = 'to do' LIMIT ?", (limit,)).fetchall()
        db.executemany("UPDATE directive_open SET kind = 'done' WHERE number = ?", rows)
        turns.append((at_once, len(rows)))
        return len(rows) == limit

    async def scenario(shop: CommandBus, house: Toy) -> None:
        await asyncio.gather(*(shop.do(Note(str(number)), ANN) for number in range(7)))
        async with following(shop, lazy):
            await until(shop, lambda: listed(shop.reader) == ["done"] * 7)
            await shop.do(Note("one more"), ANN)
            await until(shop, lambda: listed(shop.reader) == ["done"] * 8)
        assert turns[0] == (1, 3), "the first turn is a short one; who is behind takes more at once, away from a till"
        assert all(done <= 3 * at_once for at_once, done in turns)

    lazy = msgspec.structs.replace(LISTED, on={Noted: noted}, process_pending=settle)
    async_test(scenario, tmp_path, lazy)


def test_a_bug_in_work_that_was_put_off_is_said_and_refuses_nothing(tmp_path: Path) -> None:
    def settle(db: Any, turns: int) -> bool:
        raise ZeroDivisionError("a bug in the work")

    async def scenario(shop: CommandBus, house: Toy) -> None:
        async with following(shop, lazy) as (_, task):
            with pytest.raises(FollowerFailed, match=r"list stopped after row #1: a bug in the work"):
                await task
        assert isinstance(await shop.do(Note("sold all the same"), ANN), Done)

    lazy = msgspec.structs.replace(LISTED, process_pending=settle)
    async_test(scenario, tmp_path, lazy)


def test_what_follows_takes_what_gathered_while_someone_sells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of its turns is a commit, for which the next sale would wait."""
    turns = 0
    turn = Follower._turn

    async def counted(self: Follower) -> bool:
        nonlocal turns
        turns += 1
        return await turn(self)

    monkeypatch.setattr(Follower, "_turn", counted)

    async def scenario(shop: CommandBus, house: Toy) -> None:
        async with following(shop, LISTED) as (follower, _):
            await shop.do(Note("first"), ANN)
            await until(shop, lambda: follower.through == shop.head.seq)
            before, began_s = turns, time.monotonic()
            for number in range(30):
                await shop.do(Note(str(number)), ANN)
            await until(shop, lambda: len(listed(shop.reader)) == 31)
            assert turns - before <= (time.monotonic() - began_s) / GATHER_S + 1
            before = turns
            for _ in range(5):
                await shop.maintain(lambda db: None)
                await shop.heartbeat()
            assert turns == before, "nothing happened that anybody could follow"

    async_test(scenario, tmp_path, LISTED)


# ---- several that follow together --------------------------------------------------------------


def _spelt(db: Any, fact: RecordedEvent, event: Noted) -> None:
    db.execute("INSERT INTO register_period (register, body) VALUES (?, ?)", (f"{fact.seq:04}", event.text.encode()))


def spelt(db: Any) -> list[str]:
    return [body.decode() for (body,) in db.execute("SELECT body FROM register_period ORDER BY register")]


SPELT = Projector("spelt", 1, ("register_period",), {Noted: _spelt}, strict=False)


@asynccontextmanager
async def both(shop: CommandBus) -> AsyncIterator[tuple[asyncio.Task[None], asyncio.Task[None]]]:
    """Tasks of both followers, which take each other along, once both are up."""
    together = FollowersTogether()
    ready = [asyncio.Event(), asyncio.Event()]
    followers = [Follower(shop, one, together) for one in (LISTED, SPELT)]
    tasks = [asyncio.ensure_future(one.run(up.set)) for one, up in zip(followers, ready, strict=True)]
    try:
        for up in ready:
            await up.wait()
        yield tasks[0], tasks[1]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


def several_test(scenario: Callable[[CommandBus, Toy], Any], folder: Path) -> None:
    async def main() -> None:
        with toy(folder, house=house_with(counts, LISTED, SPELT)) as house:
            rebuild_stale(house.db, house.registry)
            shop = CommandBus(house.path, house.registry, house.clock, house.writer, Bus())
            shop.start()
            try:
                await scenario(shop, house)
            finally:
                shop.close()

    run(main(), 30)


def test_a_fact_is_read_once_for_all_that_follow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(shop: CommandBus, house: Toy) -> None:
        async with both(shop):
            decoded: list[str] = []
            decode = house.registry.decode
            monkeypatch.setattr(
                house.registry, "decode", lambda kind, *rest: (decoded.append(kind), decode(kind, *rest))[1]
            )
            await asyncio.gather(*(shop.do(Note(str(number)), ANN) for number in range(9)))
            await until(shop, lambda: len(listed(shop.reader)) == len(spelt(shop.reader)) == 9)
            assert decoded == [], "they are still in memory"
            house.writer.journal.memos.forget()
            await asyncio.gather(*(shop.do(Note(str(number)), ANN) for number in range(9, 18)))
            house.writer.journal.memos.forget()
            await until(shop, lambda: len(listed(shop.reader)) == len(spelt(shop.reader)) == 18)
        assert house.faults() == ()

    several_test(scenario, tmp_path)


def test_one_that_stands_still_holds_no_one_up(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, house: Toy) -> None:
        async with both(shop) as (list_task, spelt_task):
            for text in ("milk", "indigestible", "beer"):
                await shop.do(Note(text), ANN)
            with pytest.raises(FollowerFailed, match=r"list stopped at row #3 \(Noted\): a bug in the list"):
                await list_task
            await until(shop, lambda: spelt(shop.reader) == ["milk", "indigestible", "beer"])
            assert not spelt_task.done() and "indigestible" not in listed(shop.reader)

    several_test(scenario, tmp_path)


def test_who_lets_several_catch_up_misses_nothing(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, house: Toy) -> None:
        await asyncio.gather(*(shop.do(Note(str(number)), ANN) for number in range(FOLLOW_ROWS + 5)))
        await caught_up(shop, "list")
        assert len(listed(shop.reader)) == FOLLOW_ROWS + 5 and spelt(shop.reader) == []
        await shop.do(Note("one more"), ANN)
        await caught_up(shop, "spelt", "list")
        assert len(listed(shop.reader)) == len(spelt(shop.reader)) == FOLLOW_ROWS + 6

    several_test(scenario, tmp_path)


# ---- those that write in batches ---------------------------------------------------------------


class _Rows(RowBatch):
    """What was noted, written together; a kill in the middle is played by raising."""

    dies = False

    def __init__(self, db: Any) -> None:
        super().__init__(db)
        self.rows: list[tuple[int, str]] = []

    def flush(self) -> None:
        self.db.executemany("INSERT INTO directive_open (number, kind) VALUES (?, ?)", self.rows)
        self.rows.clear()
        if self.dies:
            raise ZeroDivisionError("dies behind its rows")


class _DyingRows(_Rows):
    dies = True


def _collected(batch: _Rows, fact: RecordedEvent, event: Noted) -> None:
    batch.rows.append((fact.seq, event.text))


COLLECTED = msgspec.structs.replace(LISTED, on={Noted: _collected}, batch=_Rows)


def test_a_batch_is_written_by_one_statement_a_turn(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, house: Toy) -> None:
        await asyncio.gather(*(shop.do(Note(str(number)), ANN) for number in range(20)))
        written: list[str] = []
        house.db.set_trace_callback(lambda sql: written.append(sql) if "projection SET seq" in sql else None)
        await caught_up(shop, "list")
        house.db.set_trace_callback(None)
        assert listed(shop.reader) == [str(number) for number in range(20)]
        assert len(written) == 1, "its position, with its rows"

    async_test(scenario, tmp_path, COLLECTED)


def test_a_batch_that_dies_leaves_neither_rows_nor_position(tmp_path: Path) -> None:
    async def dying(shop: CommandBus, house: Toy) -> None:
        await shop.do(Note("milk"), ANN)
        with pytest.raises(FollowerFailed, match="list stopped after row #2: dies behind its rows"):
            await caught_up(shop, "list")
        assert listed(shop.reader) == []
        assert isinstance(await shop.do(Note("beer"), ANN), Done), "sales go on"

    async def mended(shop: CommandBus, house: Toy) -> None:
        await caught_up(shop, "list")
        assert listed(shop.reader) == ["milk", "beer"], "each once"

    async_test(dying, tmp_path, msgspec.structs.replace(COLLECTED, batch=_DyingRows))
    async_test(mended, tmp_path, COLLECTED)


def test_what_is_strict_writes_each_event_at_once() -> None:
    with pytest.raises(ValueError, match="counts is strict"):
        msgspec.structs.replace(counts, batch=_Rows)


def test_beside_a_till_large_rows_are_followed_a_few_at_a_time(tmp_path: Path) -> None:
    large = FOLLOW_BYTES // 3
    with toy(tmp_path, house=house_with(LISTED)) as opened:
        rebuild_stale(opened.db, opened.registry)
        opened.do(*(Note("x" * (FOLLOW_BYTES + 1)) for _ in range(2)), *(Note("y" * large) for _ in range(5)))
        taken = []
        behind = True
        while behind:
            opened.db.execute("BEGIN")
            behind = follow(opened.db, opened.registry, LISTED).behind
            opened.db.execute("COMMIT")
            taken.append(len(listed(opened.db)))
        assert taken == [1, 2, 4, 6, 7], "one that is larger than a turn comes alone; none is passed over"


def test_without_a_till_large_rows_are_still_followed_in_parts(tmp_path: Path) -> None:
    with toy(tmp_path, house=house_with(LISTED)) as opened:
        rebuild_stale(opened.db, opened.registry)
        opened.do(*(Note("y" * (FOLLOW_BYTES // 2)) for _ in range(11)))
        opened.db.execute("BEGIN")
        assert follow(opened.db, opened.registry, LISTED, 4).behind
        assert len(listed(opened.db)) < 8, "four turns' worth at most: a till may begin at any time"
        opened.db.execute("COMMIT")


def test_events_of_many_short_rows_are_followed_fewer_at_a_time(tmp_path: Path) -> None:
    heavy = msgspec.structs.replace(LISTED, heavy={Noted: 8})
    with toy(tmp_path, house=house_with(heavy)) as opened:
        rebuild_stale(opened.db, opened.registry)
        opened.do(*(Note("y" * (FOLLOW_BYTES // 10)) for _ in range(3)))
        opened.db.execute("BEGIN")
        assert follow(opened.db, opened.registry, heavy).behind
        assert len(listed(opened.db)) == 1
        opened.db.execute("COMMIT")
