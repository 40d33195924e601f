"""Commands that come together share one commit; each happens wholly or not at all, and once."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge.core.journal.rows import RightDenied, read_rows
from edge.core.limits import CHILD_DEPTH, DENIALS_EVERY_US, EVENT_BYTES, REMEMBERED_COMMANDS, REMEMBERED_TRIM_EVERY
from edge.core.messages import Done, Refused
from edge.core.writer import MaintenanceWrite
from edge.lib.errors import InvariantBroken
from tests.shop_fixture import FakeClock
from tests.unit.toys import (
    ANN,
    GUEST,
    Boom,
    Break,
    ChangeOfMind,
    Nest,
    No,
    Note,
    Noted,
    Scribble,
    Tidy,
    Toy,
    Twice,
    client_id,
    toy,
)


def denials(house: Toy) -> list[RightDenied]:
    events = [house.registry.decode(row.type, row.version, row.body) for row in read_rows(house.db, 1, 1000)]
    return [event for event in events if isinstance(event, RightDenied)]


def test_many_commands_one_commit(tmp_path: Path) -> None:
    statements: list[str] = []
    with toy(tmp_path) as house:
        house.db.set_trace_callback(statements.append)
        answers = house.do(*(Note(str(number)) for number in range(50)))
        house.db.set_trace_callback(None)
        assert statements.count("COMMIT") == 1
        assert [answer.result for answer in answers] == [f"noted {number}" for number in range(50)]
        assert house.notes() == [str(number) for number in range(50)]


@pytest.mark.parametrize(("command", "answer"), [(No(), Refused("no")), (Boom(), RuntimeError)])
def test_what_fails_in_the_middle_leaves_nothing_and_the_others_stand(
    tmp_path: Path, command: No | Boom, answer: Refused | type[Exception]
) -> None:
    with toy(tmp_path) as house:
        first, failed, last = house.do(Note("first"), command, Note("last"))
        assert failed == answer or (isinstance(answer, type) and isinstance(failed, answer))
        assert isinstance(first, Done)
        assert isinstance(last, Done)
        assert house.notes() == ["first", "last"]
        assert house.scribbled() is None
        assert last.first_seq == first.first_seq + 1
        assert house.faults() == ()


def test_a_broken_invariant_is_the_answer_and_leaves_nothing(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        (broken, after) = house.do(Break(), Note("after"))
        assert isinstance(broken, InvariantBroken)
        assert isinstance(after, Done)


def test_work_that_gives_way_is_committed_as_far_as_it_came(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        requests = [house.request(Note(str(number))) for number in range(4)]
        durable = house.writer.run(requests, lambda request, answer: None, lambda: len(house.notes()) > 1)
        assert ([one for one, _ in durable], house.writer.left) == (requests[:2], requests[2:])
        assert house.notes() == ["0", "1"]
        house.writer.run(house.writer.left, lambda request, answer: None)
        assert (house.notes(), house.writer.left) == (["0", "1", "2", "3"], [])


def test_refusals_and_local_changes_are_answered_before_the_commit(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        scribbled, refused, noted = house.do(Scribble("a"), No(), Note("b"))
        assert house.early == [scribbled, refused]
        assert isinstance(noted, Done)
        assert house.scribbled() == "a"


def test_the_answers_of_a_register_come_in_order(tmp_path: Path) -> None:
    """A scan that came behind a payment rests on it: a page that heard of it first would show the old basket."""
    next_door = msgspec.structs.replace(ANN, register="2")
    with toy(tmp_path) as house:
        requests = [
            house.request(Note("paid")),
            house.request(Scribble("scanned behind it")),
            house.request(Scribble("next door"), next_door),
            house.request(No()),
        ]
        early: list[object] = []
        durable = house.writer.run(requests, lambda request, answer: early.append(request))
        assert early == [requests[2]]
        assert [request for request, _ in durable] == [requests[0], requests[1], requests[3]]


@pytest.mark.parametrize("child", [True, False])
def test_a_local_command_that_left_an_event_is_answered_behind_the_commit(tmp_path: Path, child: bool) -> None:
    with toy(tmp_path) as house:
        first, again = house.run(*(house.request(Tidy(child), id=client_id(1)) for _ in range(2)))
        assert isinstance(first, Done)
        assert isinstance(again, Done)
        assert first not in house.early
        assert child or again not in house.early  # it found a row that the commit had yet to make durable
        assert house.notes() == ["tidied"]


def test_derived_state_is_changed_between_commands(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        count = MaintenanceWrite(lambda db: db.execute("SELECT count(*) FROM journal").fetchone()[0])
        assert house.run(house.request(Note("a")), count, house.request(Note("b")))[1] == 2
        failing = MaintenanceWrite(lambda db: db.execute("DELETE FROM stock").execute("nonsense"))
        (fault,) = house.run(failing)
        assert "nonsense" in str(fault)
        assert house.faults() == ()


# ---- the same id again -------------------------------------------------------------------------


@pytest.mark.parametrize("command", [Note("a"), Twice("a"), Nest(3, "a"), Nest(0, "a")])
def test_the_same_id_gives_the_same_answer_and_no_second_effect(tmp_path: Path, command: Note | Twice | Nest) -> None:
    with toy(tmp_path) as house:
        (first,) = house.run(house.request(command, id=client_id(1)))
        noted = house.notes()
        (again,) = house.run(house.request(command, id=client_id(1)))
        assert isinstance(again, Done)
        assert again.repeated
        assert (again.events, again.epoch, again.first_seq) == (first.events, first.epoch, first.first_seq)
        assert house.notes() == noted
    with toy(tmp_path) as house:
        (later,) = house.run(house.request(command, id=client_id(1)))
        assert later == again
        assert house.notes() == noted


def test_a_repeated_local_command_has_no_second_effect_either(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        house.run(house.request(Scribble("a"), id=client_id(1)))
        house.do(Scribble("b"))
    with toy(tmp_path) as house:
        (again,) = house.run(house.request(Scribble("a"), id=client_id(1)))
        assert again == Done(client_id(1), repeated=True)
        assert house.scribbled() == "b"


def test_a_repeat_within_one_commit(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        first, again = house.run(*(house.request(Note("a"), id=client_id(1)) for _ in range(2)))
        assert (first.repeated, again.repeated) == (False, True)
        assert again.events == first.events
        assert house.early == []
        assert house.notes() == ["a"]


@pytest.mark.parametrize("first", [Note("a"), Scribble("a"), Nest(2, "a")])
def test_the_same_id_with_another_content_is_a_conflict(tmp_path: Path, first: Note | Scribble | Nest) -> None:
    with toy(tmp_path) as house:
        house.run(house.request(first, id=client_id(1)))
        noted = house.notes()
        for other in (Note("b"), Scribble("b"), Nest(2, "b"), Twice("a")):
            (answer,) = house.run(house.request(other, id=client_id(1)))
            assert isinstance(answer, Refused)
            assert answer.code == "conflict"
        assert house.notes() == noted


def test_what_was_done_inside_a_forgotten_command_is_not_done_again(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        house.run(house.request(Nest(2, "a"), id=client_id(1)))
        house.db.execute("DELETE FROM remembered_command")
        (again,) = house.run(house.request(Nest(2, "a"), id=client_id(1)))
        assert isinstance(again, Done)
        assert house.notes() == ["a"]


def test_a_refusal_is_decided_again(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        (refused,) = house.run(house.request(No(), id=client_id(1)))
        assert refused == Refused("no")
        (done,) = house.run(house.request(Note("a"), id=client_id(1)))
        assert isinstance(done, Done)
        assert not done.repeated


def test_the_oldest_ids_of_local_commands_are_forgotten_in_time(tmp_path: Path) -> None:
    total = REMEMBERED_COMMANDS + REMEMBERED_TRIM_EVERY
    with toy(tmp_path) as house:
        requests = [house.request(Scribble(str(number)), id=client_id(number)) for number in range(total)]
        house.run(*requests)
        count, oldest = house.db.execute("SELECT count(*), min(number) FROM remembered_command").fetchone()
        assert (count, oldest) == (REMEMBERED_COMMANDS, REMEMBERED_TRIM_EVERY + 1)
        (known,) = house.run(house.request(Scribble(str(total - 1)), id=client_id(total - 1)))
        assert known.repeated


# ---- children ----------------------------------------------------------------------------------


def test_children_stand_behind_each_other_under_ids_of_their_own(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        (done,) = house.do(Nest(CHILD_DEPTH - 1, "deep"))
        assert isinstance(done, Done)
        assert done.events == ()
        assert house.notes() == ["deep"]


def test_commands_inside_commands_have_an_end(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        (fault,) = house.do(Nest(CHILD_DEPTH))
        assert isinstance(fault, InvariantBroken)
        assert house.notes() == []


@pytest.mark.parametrize("local", [True, False])
def test_behind_a_child_that_changed_something_and_then_refused_all_is_undone(tmp_path: Path, local: bool) -> None:
    with toy(tmp_path) as house:
        (refused,) = house.do(ChangeOfMind(local, refuses=True))
        assert refused == Refused("no")
        assert (house.notes(), house.scribbled()) == ([], None)


@pytest.mark.parametrize("local", [True, False])
def test_to_go_on_behind_such_a_child_is_a_fault_of_ours(tmp_path: Path, local: bool) -> None:
    with toy(tmp_path) as house:
        (fault,) = house.do(ChangeOfMind(local))
        assert isinstance(fault, InvariantBroken)
        assert (house.notes(), house.scribbled()) == ([], None)


def test_an_event_too_large_for_the_wire_is_refused(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        refused, fits = house.do(Note("x" * EVENT_BYTES), Note("x" * (EVENT_BYTES - 11)))
        assert refused == Refused("too_large", {"bytes": EVENT_BYTES + 11, "limit": EVENT_BYTES})
        assert isinstance(fits, Done)


# ---- rights ------------------------------------------------------------------------------------


def test_a_denied_right_is_an_event_and_nothing_else_happens(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        (refused,) = house.do(Note("a"), actor=GUEST)
        assert refused == Refused("right_denied", {"command": "Note", "right": "write"})
        assert denials(house) == [RightDenied("Note", "write")]
        row = read_rows(house.db, 2, 1)[0]
        assert (row.actor, row.register, row.surface) == ("guest", "2", "kiosk")
        assert house.notes() == []
        assert house.faults() == ()


def test_a_stuck_button_does_not_fill_the_journal(tmp_path: Path) -> None:
    clock = FakeClock()
    with toy(tmp_path, clock) as house:
        for _ in range(100):
            house.do(Note("a"), actor=GUEST)
        assert len(denials(house)) == 1
        house.do(Twice("another command"), actor=GUEST)
        assert len(denials(house)) == 2
        clock.advance(DENIALS_EVERY_US / 1e6)
        house.do(Note("a"), actor=GUEST)
        assert len(denials(house)) == 3


def test_the_same_id_works_once_the_right_is_there(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        house.run(house.request(Note("a"), GUEST, client_id(1)))
        (done,) = house.run(house.request(Note("a"), ANN, client_id(1)))
        assert isinstance(done, Done)
        assert (done.repeated, done.events) == (False, (Noted("a"),))
        assert house.faults() == ()


def test_one_id_denied_twice_in_a_moment_is_two_rows(tmp_path: Path) -> None:
    other = GUEST.__class__("visitor", "kiosk", "3", frozenset())
    with toy(tmp_path) as house:
        answers = house.run(
            house.request(Note("a"), GUEST, client_id(1)), house.request(Note("a"), other, client_id(1))
        )
        assert [answer.code for answer in answers] == ["right_denied"] * 2
        assert len(denials(house)) == 2
        assert house.writer.why_read_only is None
