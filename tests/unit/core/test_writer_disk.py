"""A disk that is full, read-only or failing: refused in plain words, nothing half-done, and back by itself."""

from __future__ import annotations

import threading
from pathlib import Path

import pysqlite3
import pytest
import structlog

from edge.core.command_bus import Checkpointer
from edge.core.journal import highwater
from edge.core.journal.rows import EpochStarted, read_head
from edge.core.limits import PROBE_BYTES
from edge.core.messages import Done, OutcomeUnknown, Refused
from edge.core.storage.database import open_writer
from edge.core.writer import MaintenanceWrite
from tests.disks import file_size_limit
from tests.shop_fixture import sync_fails
from tests.unit.toys import GUEST, Note, Scribble, Toy, Twice, client_id, toy

FULL = Refused("read_only", {"why": "the disk is full"})
PAGE = 4096


def fill(house: Toy, room_bytes: int = 0) -> None:
    """Let the disk have room for so much more, and nothing beyond."""
    pages = house.db.execute("PRAGMA page_count").fetchone()[0]
    house.db.execute(f"PRAGMA max_page_count = {pages + room_bytes // PAGE}")


def make_room(house: Toy) -> None:
    house.db.execute("PRAGMA max_page_count = 1000000")


class FailingCommit:
    """A commit whose sync fails, before or after it reached the disk."""

    def __init__(self, house: Toy, monkeypatch: pytest.MonkeyPatch, reached: bool) -> None:
        self._house = house
        self._reached = reached
        monkeypatch.setattr(house.writer, "_commit", self)

    def __call__(self) -> None:
        if self._reached:
            self._house.db.execute("COMMIT")
        sync_fails()


def test_a_wal_that_cannot_be_copied_is_said_once_and_once_when_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = threading.Event()
    faults = iter([True, True, True, False, False, True, False])

    def check(_checkpointer: Checkpointer, _db: object) -> None:
        fails = next(faults, None)
        if fails is None:
            tried.set()
        elif fails:
            raise pysqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(Checkpointer, "_check", check)
    open_writer(tmp_path / "ledger.db").close()
    monkeypatch.setattr(highwater.Marker, "look", lambda *_: None)
    checkpointer = Checkpointer(tmp_path / "ledger.db", every_s=0.001)
    with structlog.testing.capture_logs() as said:
        checkpointer.start()
        assert tried.wait(10)
        checkpointer.stop()
    assert [entry["log_level"] for entry in said] == ["warning", "info"] * 2


def test_a_full_disk_refuses_the_whole_commit_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        house.do(Note("before"), Scribble("before"))
        head = house.writer.head
        fill(house)
        scribble, small, large = house.do(Scribble("lost"), Note("small"), Note("x" * 50_000))
        assert small == large == FULL
        assert isinstance(scribble, Done)  # answered before the commit: this line is what can be lost
        assert house.writer.why_read_only == "the disk is full"
        assert house.notes() == ["before"]
        assert house.scribbled() == "before"
        assert house.writer.head == head == read_head(house.db)
        assert house.do(Note("later"), Scribble("later")) == [FULL, FULL]
        assert house.faults() == ()


def test_selling_goes_on_once_there_is_room(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        fill(house)
        request = house.request(Note("x" * 50_000), id=client_id(1))
        assert house.run(request) == [FULL]
        assert not house.writer.probe()
        assert house.do(Note("still full")) == [FULL]
        make_room(house)
        assert house.writer.probe()
        assert house.writer.why_read_only is None
        (done,) = house.run(request)
        assert isinstance(done, Done)
        assert (done.repeated, done.first_seq) == (False, 2)
        assert house.db.execute("SELECT count(*) FROM write_probe").fetchone() == (0,)
        assert house.faults() == ()


def test_a_little_room_is_not_enough_to_open_again(tmp_path: Path) -> None:
    """Or every other command would fail, and the till would say now this and now that."""
    with toy(tmp_path) as house:
        fill(house)
        house.do(Note("x" * 50_000))
        fill(house, PROBE_BYTES // 2)
        assert not house.writer.probe()
        fill(house, PROBE_BYTES * 2)
        assert house.writer.probe()


def test_a_read_only_disk(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        house.do(Note("before"))
        house.db.execute("PRAGMA query_only = ON")
        refused = Refused("read_only", {"why": "the disk is read-only"})
        assert house.do(Note("a"), Twice("b")) == [refused, refused]
        assert not house.writer.probe()
        house.db.execute("PRAGMA query_only = OFF")
        assert house.writer.probe()
        assert isinstance(house.do(Note("after"))[0], Done)
        assert house.notes() == ["before", "after"]
        assert house.faults() == ()


def test_a_disk_that_fails_in_the_middle_of_a_write(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        house.do(Note("before"))
        wal = house.path.with_name("ledger.db-wal")
        with file_size_limit(wal.stat().st_size + PAGE):
            (answer,) = house.run(house.request(Note("x" * 100_000), id=client_id(1)))
            assert answer == OutcomeUnknown(client_id(1), "the disk reports errors")
            assert not house.writer.probe()
        assert house.writer.probe()
        assert house.notes() == ["before"]
        (done,) = house.run(house.request(Note("x" * 100_000), id=client_id(1)))
        assert isinstance(done, Done)
        assert not done.repeated
    with toy(tmp_path) as house:
        assert len(house.notes()) == 2
        assert house.faults() == ()


def test_a_failed_commit_that_reached_the_disk_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with toy(tmp_path) as house:
        FailingCommit(house, monkeypatch, reached=True)
        noted, twice = house.run(house.request(Note("a"), id=client_id(1)), house.request(Twice("b")))
        assert isinstance(noted, Done)
        assert isinstance(twice, Done)
        assert len(twice.events) == 2
        assert house.writer.head == read_head(house.db)
        assert house.writer.head.seq == 4


def test_a_failed_commit_that_did_not_is_unknown_until_looked_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit whose sync failed may be found again after a power cut: no one may say that it did not happen."""
    with toy(tmp_path) as house:
        with monkeypatch.context() as patch:
            FailingCommit(house, patch, reached=False)
            work = MaintenanceWrite(lambda db: None)
            noted, answer = house.run(house.request(Note("a"), id=client_id(1)), work)
        assert noted == OutcomeUnknown(client_id(1), "the disk reports errors")
        assert answer == Refused("read_only", {"why": "the disk reports errors"})
        assert house.writer.head == read_head(house.db)
        assert house.writer.head.seq == 1
        assert house.writer.probe()
        (done,) = house.run(house.request(Note("a"), id=client_id(1)))
        assert isinstance(done, Done)
        assert house.notes() == ["a"]
        assert house.faults() == ()


def test_what_was_done_before_is_still_known_while_nothing_can_be_written(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        house.run(house.request(Note("a"), id=client_id(1)), house.request(Scribble("a"), id=client_id(2)))
        fill(house)
        house.do(Note("x" * 50_000))
        noted, scribbled, other, new = house.run(
            house.request(Note("a"), id=client_id(1)),
            house.request(Scribble("a"), id=client_id(2)),
            house.request(Note("b"), id=client_id(1)),
            house.request(Note("c"), id=client_id(3)),
        )
        assert isinstance(noted, Done)
        assert noted.repeated
        assert isinstance(scribbled, Done)
        assert other.code == "conflict"
        assert new == FULL


def test_a_denial_that_cannot_be_written_down_is_still_a_refusal(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        house.db.execute("PRAGMA query_only = ON")
        (refused,) = house.do(Note("a"), actor=GUEST)
        assert isinstance(refused, Refused)
        assert house.notes() == []


def test_a_new_epoch_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        house.db.execute("PRAGMA query_only = ON")
        with pytest.raises(pysqlite3.OperationalError):
            house.writer.begin_epoch(EpochStarted("restored", 1, 1, ""))
        house.db.execute("PRAGMA query_only = OFF")
        (done,) = house.do(Note("a"))
        assert (done.epoch, done.first_seq) == (1, 2)
        assert house.faults() == ()
