"""What is summed behind a command is right at once for whoever reads it, also where a process was killed in between."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from edge.core.command_bus import CommandBus
from edge.core.jobs import store as jobs
from edge.core.journal.projections import FollowerFailed, bring_up, caught_up, follow, rebuild_stale
from edge.core.journal.running_sum import RunningSum
from edge.core.limits import FOLLOW_ROWS
from edge.core.messages import Command, Done, RecordedEvent, Refusal
from edge.core.registry import Capability, CommandSpec, Projector, QuerySpec, Registry, Transaction
from edge.core.surfaces import STAFF
from tests.unit.toys import ANN, WRITE, Note, Noted, Toy, core, notes, run_in_toy, toy


class Told(msgspec.Struct, frozen=True):
    """How much was noted at a register, and what last."""

    count: int = 0
    last: str = ""


class NoteAndTell(Command, frozen=True):
    """Notes, and says what there is by then; or (`refused`) says no."""

    text: str
    refused: bool = False


def _noted(told: Told, fact: RecordedEvent, event: Noted) -> Told:
    return Told(told.count + 1, event.text)


TOLD = RunningSum("told", 1, "register_period", Told(), {Noted: _noted})


def _note_and_tell(tx: Transaction, command: NoteAndTell) -> Told:
    tx.append(Noted(command.text))
    if command.refused:
        raise Refusal("no")
    return TOLD.read(tx.db, tx.actor.register)


def house(*projectors: Projector, queries: tuple[QuerySpec, ...] = ()) -> Registry:
    telling = Capability(
        "telling",
        commands=(CommandSpec(NoteAndTell, _note_and_tell, WRITE, surfaces=STAFF),),
        projectors=projectors or (TOLD.projector,),
        queries=queries,
    )
    return Registry((core, jobs.capability, notes, telling))


def through(opened: Toy, name: str = "told") -> int:
    found: tuple[int] = opened.db.execute("SELECT seq FROM projection WHERE name = ?", (name,)).fetchone()
    return found[0]


def test_a_sum_is_right_in_the_command_and_behind_it_before_anyone_wrote_it(tmp_path: Path) -> None:
    with toy(tmp_path, house=house()) as opened:
        rebuild_stale(opened.db, opened.registry)
        opened.do(Note("milk"))
        (answer,) = opened.do(NoteAndTell("beer"))
        assert isinstance(answer, Done) and answer.result == Told(2, "beer")
        opened.do(NoteAndTell("gin", refused=True))
        assert TOLD.read(opened.db, "1") == Told(2, "beer"), "what was undone is in no sum"
        assert TOLD.read(opened.db, "2") == Told()
        assert not opened.db.execute("SELECT * FROM register_period").fetchall()
        assert opened.faults() == ()


def test_what_was_written_and_what_is_behind_it_are_the_sum(tmp_path: Path) -> None:
    with toy(tmp_path, house=house()) as opened:
        rebuild_stale(opened.db, opened.registry)
        opened.do(*(Note(str(number)) for number in range(2 * FOLLOW_ROWS + 5)))
        step = follow(opened.db, opened.registry, TOLD.projector)
        assert step.behind and step.took
        assert opened.db.execute("SELECT body FROM register_period").fetchone() is not None
        assert TOLD.read(opened.db, "1") == Told(2 * FOLLOW_ROWS + 5, str(2 * FOLLOW_ROWS + 4))
        assert opened.faults() == (), "it is what the journal says as far as it has read"
        opened.db.execute("UPDATE register_period SET body = ?", (b'{"count":7}',))
        assert any("register_period" in fault for fault in opened.faults())


def test_the_start_brings_in_what_a_killed_process_left(tmp_path: Path) -> None:
    with toy(tmp_path, house=house()) as opened:
        rebuild_stale(opened.db, opened.registry)
        opened.do(*(Note(str(number)) for number in range(FOLLOW_ROWS + 1)))
    with toy(tmp_path, house=house()) as opened:
        assert rebuild_stale(opened.db, opened.registry) == []
        bring_up(opened.db, opened.registry)
        assert through(opened) == opened.writer.head.seq
        assert TOLD.read(opened.db, "1") == Told(FOLLOW_ROWS + 1, str(FOLLOW_ROWS))
        bring_up(opened.db, opened.registry)
        assert TOLD.read(opened.db, "1").count == FOLLOW_ROWS + 1, "once"
        assert opened.faults() == ()


def test_another_version_is_made_again_before_the_shop_opens(tmp_path: Path) -> None:
    with toy(tmp_path, house=house()) as opened:
        rebuild_stale(opened.db, opened.registry)
        opened.do(Note("milk"), Note("beer"))
    twice = RunningSum("told", 2, "register_period", Told(), {Noted: lambda told, _, event: Told(told.count + 2)})
    with toy(tmp_path, house=house(twice.projector)) as opened:
        assert rebuild_stale(opened.db, opened.registry) == ["told"]
        assert through(opened) == opened.writer.head.seq, "no fact is taken a second time"
        assert twice.read(opened.db, "1") == Told(4)
        assert opened.faults() == ()


def test_a_fact_of_an_older_version_is_not_guessed_at(tmp_path: Path) -> None:
    with toy(tmp_path, house=house()) as opened:
        rebuild_stale(opened.db, opened.registry)
        opened.do(Note("milk"))
        opened.db.execute("DROP TRIGGER journal_is_append_only_u")
        opened.db.execute("UPDATE journal SET version = 0 WHERE type = 'Noted'")
        with pytest.raises(LookupError, match="version 0 of Noted"):
            TOLD.read(opened.db, "1")


# ---- whoever reads rows lets them catch up -----------------------------------------------------------


def _listed(db: Any, fact: RecordedEvent, event: Noted) -> None:
    if event.text == "indigestible":
        raise ZeroDivisionError("a bug in the list")
    db.execute("INSERT INTO directive_open (number, kind) VALUES (?, ?)", (fact.seq, event.text))


def _counted(db: Any, fact: RecordedEvent, event: Noted) -> None:
    (there,) = db.execute("SELECT count(*) FROM directive_open").fetchone()
    db.execute("INSERT INTO register_period (register, body) VALUES (?, ?)", (str(fact.seq), str(there).encode()))


LIST = Projector("list", 1, ("directive_open",), {Noted: _listed}, strict=False, verified=True)
COUNT = Projector("count", 1, ("register_period",), {Noted: _counted}, strict=False, rests_on=("list",))


def test_who_lets_them_catch_up_misses_nothing_that_was_answered(tmp_path: Path) -> None:
    registry = house(LIST)

    async def scenario(shop: CommandBus, opened: Toy) -> None:
        for number in range(FOLLOW_ROWS + 3):
            assert isinstance(await shop.do(Note(str(number)), ANN), Done)
        await caught_up(shop, "list")
        (count,) = shop.reader.execute("SELECT count(*) FROM directive_open").fetchone()
        assert count == FOLLOW_ROWS + 3
        await caught_up(shop, "list")
        assert shop.reader.execute("SELECT count(*) FROM directive_open").fetchone() == (count,)

    with toy(tmp_path, house=registry) as opened:
        rebuild_stale(opened.db, registry)
    run_in_toy(scenario, tmp_path, registry)


def test_a_projection_that_stands_still_stops_no_start_and_is_told_to_who_rests_on_it(tmp_path: Path) -> None:
    registry = house(LIST)

    async def scenario(shop: CommandBus, opened: Toy) -> None:
        with pytest.raises(FollowerFailed, match="list stopped at"):
            await caught_up(shop, "list")
        assert isinstance(await shop.do(Note("milk"), ANN), Done), "selling goes on"

    with toy(tmp_path, house=registry) as opened:
        rebuild_stale(opened.db, registry)
        bring_up(opened.db, registry)
        before = through(opened, "list")
        opened.do(Note("milk"), Note("indigestible"))
        bring_up(opened.db, registry)
        assert through(opened, "list") == before, "its turn is undone as a whole"
    run_in_toy(scenario, tmp_path, registry)


def test_what_a_projection_rests_on_has_each_row_before_it_has(tmp_path: Path) -> None:
    registry = house(COUNT, LIST)
    with toy(tmp_path, house=registry) as opened:
        rebuild_stale(opened.db, registry)
        opened.do(*(Note(str(number)) for number in range(FOLLOW_ROWS + 1)))
        first = follow(opened.db, registry, COUNT)
        assert first.behind and not first.took and through(opened, "list") > 0 == through(opened, "count")
        follow(opened.db, registry, COUNT)
        counts = {int(body) for (body,) in opened.db.execute("SELECT body FROM register_period")}
        assert counts == {FOLLOW_ROWS + 1}


def test_only_what_follows_can_be_rested_on() -> None:
    with pytest.raises(ValueError, match="count depends on list"):
        house(COUNT)
    with pytest.raises(ValueError, match="asked depends on counts"):
        house(LIST, queries=(QuerySpec("asked", lambda db: None, WRITE, surfaces=STAFF, rests_on=("counts",)),))
