"""What handlers ask at each command is read again once a fact may have changed it, and not before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edge.core.jobs import store as jobs
from edge.core.memo import Memo
from edge.core.messages import Command, Done, Event, RecordedEvent, Refusal
from edge.core.registry import Capability, CommandSpec, Projector, Registry, Transaction
from edge.core.surfaces import STAFF
from tests.unit.toys import WRITE, Note, Noted, core, notes, toy


class Passed(Event, frozen=True):
    """Nothing of what is remembered."""


class Look(Command, frozen=True):
    """Says what there is; notes first (`text`), and looks before and behind that."""

    text: str = ""
    refused: bool = False
    passes: bool = False


class Kept:
    """A memo of the sums, and how often it was read."""

    def __init__(self, *tables: str, follow: Callable[[dict[str, int], RecordedEvent], bool] | None = None) -> None:
        self.reads = 0
        self.memo = Memo(self._read, *tables, follow=follow)
        spec = CommandSpec(Look, self._look, WRITE, surfaces=STAFF)
        passed = Projector("passed", 1, ("directive_open",), {Passed: _passed})
        looking = Capability("looking", commands=(spec,), events=(Passed,), projectors=(passed,))
        self.house = Registry((core, jobs.capability, notes, looking))

    def _read(self, db: Any) -> dict[str, int]:
        self.reads += 1
        return dict(db.execute("SELECT sku, on_hand FROM stock").fetchall())

    def _look(self, tx: Transaction, command: Look) -> tuple[dict[str, int], dict[str, int]]:
        before = self.memo.of(tx)
        if command.text:
            tx.append(Noted(command.text))
        if command.passes:
            tx.append(Passed())
        behind = self.memo.of(tx)
        if command.refused:
            raise Refusal("no")
        return before, behind


def _passed(db: Any, fact: RecordedEvent, event: Passed) -> None:
    db.execute("INSERT INTO directive_open (number, kind) VALUES (?, ?)", (fact.seq, "x"))


def test_it_is_read_again_when_a_fact_changed_its_table(tmp_path: Path) -> None:
    kept = Kept("stock")
    with toy(tmp_path, house=kept.house) as opened:

        def look(**asked: Any) -> Any:
            (answer,) = opened.do(Look(**asked))
            return answer.result if isinstance(answer, Done) else answer

        assert look() == look() == ({}, {})
        assert look(passes=True) == ({}, {})
        assert kept.reads == 1
        assert look(text="milk") == ({}, {"milk": 1}), "inside the command as well"
        assert look() == ({"milk": 1}, {"milk": 1})
        assert kept.reads == 2
        opened.do(Note("beer"))
        assert look()[0] == {"milk": 1, "beer": 1}, "another's command changed it"


def test_it_follows_what_it_can_and_is_read_again_for_the_rest(tmp_path: Path) -> None:
    def follow(sums: dict[str, int], fact: RecordedEvent) -> bool:
        if not isinstance(fact.event, Noted) or fact.event.text == "unknown":
            return False
        sums[fact.event.text] = sums.get(fact.event.text, 0) + 1
        return True

    kept = Kept("stock", follow=follow)
    with toy(tmp_path, house=kept.house) as opened:

        def look(**asked: Any) -> Any:
            (answer,) = opened.do(Look(**asked))
            assert isinstance(answer, Done)
            return answer.result[1]

        assert [look(text=text)[text] for text in ("milk", "milk", "beer")] == [1, 2, 1]
        assert kept.reads == 1
        opened.do(Look(text="milk", refused=True))
        assert look() == {"milk": 2, "beer": 1}, "a refusal is forgotten"
        assert kept.reads == 2
        assert look(text="unknown") == {"milk": 2, "beer": 1, "unknown": 1}
        assert kept.reads == 3


def test_what_was_undone_is_not_remembered(tmp_path: Path) -> None:
    kept = Kept("stock")
    with toy(tmp_path, house=kept.house) as opened:
        opened.do(Look(text="milk", refused=True))
        (answer,) = opened.do(Look())
        assert isinstance(answer, Done) and answer.result == ({}, {})


def test_a_table_of_whose_changes_no_one_hears_cannot_be_remembered(tmp_path: Path) -> None:
    kept = Kept("stock", "open_basket")
    with toy(tmp_path, house=kept.house) as opened:
        (answer,) = opened.do(Look())
        assert isinstance(answer, LookupError)
        with pytest.raises(LookupError, match="open_basket"):
            raise answer
