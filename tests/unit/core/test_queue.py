"""The till's commands go first and alone, then other people's; what the shop does by itself has its turn as well."""

from __future__ import annotations

import pytest

from edge.core import command_queue
from edge.core.command_queue import CommandQueue
from edge.core.limits import COMMANDS_A_COMMIT, SENTENCES_A_COMMIT
from edge.core.messages import Actor
from edge.core.writer import MaintenanceWrite, Request
from tests.unit.toys import ANN, WRITE, Note, client_id, registry

TALKER = Actor("ann", "chat", "1", frozenset({WRITE}))
PROGRAM = Actor("key:1", "cashier", "1", frozenset({WRITE}), program=True)
JOB = Actor("ann", "job", "1", frozenset({WRITE}))
SPEC = registry().commands[Note]


def asked(text: str, actor: Actor = ANN) -> Request:
    return Request(SPEC, Note(text), actor, client_id(0), b"", True)


def texts(batch: list[Request | MaintenanceWrite] | None) -> list[str]:
    assert batch is not None
    return [one.command.text if isinstance(one, Request) and isinstance(one.command, Note) else "" for one in batch]


def test_people_go_before_what_came_earlier_and_in_a_commit_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_queue, "RENDER_GRACE_S", 0.0)
    waiting = CommandQueue()
    waiting.put(MaintenanceWrite(lambda db: None))
    waiting.put(asked("job", JOB))
    waiting.put(asked("a"))
    waiting.put(asked("b"))
    assert len(waiting) == 4
    assert texts(waiting.take()) == ["a", "b"]
    assert texts(waiting.take()) == ["", "job"]


def test_a_till_goes_before_whoever_talks_and_shares_no_commit_with_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_queue, "RENDER_GRACE_S", 3600.0)
    waiting = CommandQueue()
    for text, actor in (("said", TALKER), ("scan", ANN), ("said too", TALKER), ("next scan", ANN), ("job", JOB)):
        waiting.put(asked(text, actor))
    assert texts(waiting.take()) == ["scan", "next scan"]
    waiting.put(asked("a third", ANN))
    assert texts(waiting.take()) == ["said", "said too"], "behind a till it is their turn, whatever is scanned"
    assert texts(waiting.take()) == ["a third"]


def test_behind_whoever_talks_a_till_goes_once_before_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_queue, "RENDER_GRACE_S", 3600.0)
    waiting = CommandQueue()
    waiting.put(asked("scan a"))
    assert texts(waiting.take()) == ["scan a"]
    for text, actor in (("said", TALKER), ("job", JOB), ("scan b", ANN)):
        waiting.put(asked(text, actor))
    assert texts(waiting.take()) == ["said"]
    monkeypatch.setattr(command_queue, "RENDER_GRACE_S", 0.0)
    waiting._others_from_s = 0.0  # the grace is over
    assert [texts(waiting.take()) for _ in range(2)] == [["scan b"], ["job"]]


def test_with_all_waiting_and_the_grace_over_each_has_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_queue, "RENDER_GRACE_S", 0.0)
    waiting = CommandQueue()
    turns: list[str] = []
    for _ in range(9):
        for text, actor in (("said", TALKER), ("job", JOB), ("scan", ANN)):
            waiting.put(asked(text, actor))
        turns.append(texts(waiting.take())[0])
    assert turns == ["scan", "job", "said"] * 3


def test_few_sentences_and_no_program_hold_up_a_till() -> None:
    waiting = CommandQueue()
    for number in range(3 * SENTENCES_A_COMMIT):
        waiting.put(asked(f"said {number}", TALKER))
    assert len(waiting.take() or ()) == SENTENCES_A_COMMIT
    waiting = CommandQueue()
    for number in range(3 * COMMANDS_A_COMMIT):
        waiting.put(asked(f"program {number}", PROGRAM))
    waiting.put(asked("scan"))
    assert texts(waiting.take()) == ["scan"]
    assert len(waiting.take() or ()) == COMMANDS_A_COMMIT, "and what a program asks is no sentence"


def test_the_others_have_their_turn_however_many_people_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_queue, "RENDER_GRACE_S", 0.0)
    waiting = CommandQueue()
    waiting.put(asked("job", JOB))
    for number in range(3 * COMMANDS_A_COMMIT):
        waiting.put(asked(str(number)))
    assert len(waiting.take() or ()) == COMMANDS_A_COMMIT
    assert texts(waiting.take()) == ["job"]
    assert texts(waiting.take())[0] == str(COMMANDS_A_COMMIT)


def test_the_others_wait_until_an_answer_is_shown_but_people_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_queue, "RENDER_GRACE_S", 3600.0)
    waiting = CommandQueue()
    waiting.put(asked("job", JOB))
    waiting.put(asked("a"))
    assert texts(waiting.take()) == ["a"]
    waiting.put(asked("b"))
    assert texts(waiting.take()) == ["b"]
    waiting.close()  # nobody is waited for any more
    assert texts(waiting.take()) == ["job"]
    assert waiting.take() is None


def test_background_work_that_gave_way_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_queue, "RENDER_GRACE_S", 0.0)
    waiting = CommandQueue()
    for text in ("one", "two", "three"):
        waiting.put(asked(text, JOB))
    batch = waiting.take()
    assert batch is not None and not waiting.is_awaited()
    waiting.put(asked("scan"))
    waiting.put(asked("four", JOB))
    assert waiting.is_awaited()
    waiting.put_back(batch[1:])
    assert texts(waiting.take()) == ["scan"]
    assert texts(waiting.take()) == ["two", "three", "four"]
