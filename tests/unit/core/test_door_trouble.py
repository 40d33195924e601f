"""The door when something goes wrong: a handler, the writer's thread, the disk."""

from __future__ import annotations

import asyncio
import random
import threading
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from edge.core.command_bus import COMMITTED, CommandBus
from edge.core.messages import Command, Done, Outcome, Refused
from edge.lib.errors import InvariantBroken
from tests.shop_fixture import sync_fails
from tests.sync_doubles import until
from tests.unit.toys import ANN, Boom, Break, Note, Scribble, Toy, registry, run_in_toy

async_test = partial(run_in_toy, house=registry())


def test_a_fault_of_ours_reaches_the_one_who_asked(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, house: Toy) -> None:
        failed, done = await asyncio.gather(shop.do(Boom(), ANN), shop.do(Note("a"), ANN), return_exceptions=True)
        assert isinstance(failed, RuntimeError)
        assert isinstance(done, Done)

    async_test(scenario, tmp_path)


def test_a_broken_invariant_ends_the_process(tmp_path: Path) -> None:
    async def scenario(shop: CommandBus, house: Toy) -> None:
        with pytest.raises(InvariantBroken, match="Two and two"):
            await shop.do(Break(), ANN)
        with pytest.raises(InvariantBroken, match="Two and two"):
            await shop.wait_for_fault()

    async_test(scenario, tmp_path)


def test_a_writer_that_dies_ends_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(shop: CommandBus, house: Toy) -> None:
        def die(*_: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(threading, "excepthook", lambda args: None)
        monkeypatch.setattr(house.writer, "run", die)
        asked = asyncio.ensure_future(shop.do(Note("a"), ANN))
        with pytest.raises(ZeroDivisionError):
            await shop.wait_for_fault()
        asked.cancel()

    async_test(scenario, tmp_path)


def test_the_till_says_that_it_cannot_save_and_that_it_can_again(tmp_path: Path) -> None:
    """By itself: no one has to sell something to find out."""

    async def scenario(shop: CommandBus, house: Toy) -> None:
        await shop.maintain(lambda db: db.execute("PRAGMA query_only = ON"))
        refused = await shop.do(Note("a"), ANN)
        assert refused == Refused("read_only", {"why": "the disk is read-only"})
        assert shop.why_read_only == "the disk is read-only"
        committed = shop.bus.subscribe(COMMITTED)
        house.db.execute("PRAGMA query_only = OFF")
        await until(lambda: shop.why_read_only is None, "it can be written again", 10.0)
        assert await committed.next() == (COMMITTED, shop.head), "what follows the journal was refused, and looks again"
        assert isinstance(await shop.do(Note("b"), ANN), Done)
        assert house.notes() == ["b"]

    async_test(scenario, tmp_path)


def test_whoever_keeps_what_answers_said_is_corrected_when_they_came_to_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that comes and goes, while local state is answered ahead of its commit."""

    async def scenario(shop: CommandBus, house: Toy) -> None:
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
        shop.on_uncertain_commit(read_again)
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
