"""The journal has no gaps, grows at its end alone, and shows whatever was done to it behind our back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pysqlite3
import pytest

from edge.core.journal.rows import (
    EpochStarted,
    Header,
    check_chain,
    read_head,
    read_head_before,
    read_rows,
    write_header,
)
from edge.core.journal.verify import check_tail
from edge.core.messages import Done
from edge.core.storage.database import open_scratch
from edge.core.storage.migrate import migrate
from edge.lib.errors import NeedsHuman
from sync.wire import COLUMNS, origin
from tests.unit.toys import Note, Noted, Toy, Twice, toy

OTHER: dict[str, Any] = {
    "epoch": 7,
    "seq": 900,
    "command_id": b"x" * 16,
    "n": 5,
    "command_hash": b"x" * 32,
    "register": "99",
    "actor": "mallory",
    "surface": "hub",
    "business_date": "2001-01-01",
    "at_us": 1,
    "mono_us": 1,
    "boot_id": b"x" * 16,
    "clock": "suspect",
    "type": "Noticed",
    "version": 2,
    "body": b'{"text":"nothing happened"}',
    "prev": b"x" * 32,
    "hash": b"x" * 32,
}


def tampered(house: Toy, statement: str, *values: Any) -> Any:
    """The ledger after someone with the file in their hands has changed it."""
    house.db.executescript("DROP TRIGGER journal_is_append_only_u; DROP TRIGGER journal_is_append_only_d")
    house.db.execute(statement, values)
    return house.db


def test_rows_follow_each_other_without_a_gap(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        house.do(Note("a"), Twice("b"))
        house.do(Note("c"))
        rows = read_rows(house.db, 1, 100)
        assert [row.seq for row in rows] == [1, 2, 3, 4, 5]
        assert [row.n for row in rows] == [0, 0, 0, 1, 0]
        assert rows[0].prev == origin("t", "s", "d")
        assert [row.prev for row in rows[1:]] == [row.hash for row in rows[:-1]]
        assert list(check_chain(house.db)) == []
        assert read_head(house.db).seq == house.writer.head.seq == 5


@pytest.mark.parametrize("column", COLUMNS)
def test_a_change_of_any_column_is_found_and_named(tmp_path: Path, column: str) -> None:
    with toy(tmp_path) as house:
        house.do(Note("a"), Note("b"), Note("c"))
        db = tampered(house, f"UPDATE journal SET {column} = ? WHERE seq = 3", OTHER[column])
        faults = list(check_chain(db))
        assert faults
        assert any("#3" in sentence or "#900" in sentence for _, sentence in faults), faults
        assert any(fault == sentence for fault in house.faults() for _, sentence in faults)


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b'{"text":', b"[]", b'{"text": 5}'])
def test_a_body_that_is_no_longer_readable_is_named_too(tmp_path: Path, body: bytes) -> None:
    with toy(tmp_path) as house:
        house.do(Note("a"), Note("b"))
        tampered(house, "UPDATE journal SET body = ? WHERE seq = 2", body)
        assert house.faults()[0] == "row #2 (Noted) was changed after it was written"


def test_a_row_that_was_taken_out_is_missed(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        house.do(*(Note(str(number)) for number in range(5)))
        tampered(house, "DELETE FROM journal WHERE seq IN (3, 4)")
        assert "rows #3 to #4 are missing" in house.faults()


def test_rows_that_changed_places_are_noticed(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        house.do(Note("a"), Note("b"))
        db = tampered(house, "UPDATE journal SET seq = 1000 WHERE seq = 2")
        db.execute("UPDATE journal SET seq = 2 WHERE seq = 3")
        db.execute("UPDATE journal SET seq = 3 WHERE seq = 1000")
        assert {seq for seq, _ in check_chain(db)} == {2, 3}


def test_a_whole_row_made_up_does_not_fit_in(tmp_path: Path) -> None:
    """Copying a good row behind the end: its hash is right, its place is not."""
    with toy(tmp_path) as house:
        house.do(Note("a"))
        columns = ", ".join(COLUMNS).replace("seq", "3").replace("command_id", "zeroblob(16)")
        house.db.execute(f"INSERT INTO journal SELECT {columns} FROM journal WHERE seq = 2")
        assert any("row #3 doesn't continue row #2" in fault for fault in house.faults())


def test_every_fault_is_found_not_only_the_first(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        house.do(*(Note(str(number)) for number in range(2_500)))
        db = tampered(house, "UPDATE journal SET actor = 'mallory' WHERE seq % 1000 = 5")
        assert [seq for seq, _ in check_chain(db)] == [5, 1005, 2005]


def test_a_table_that_was_changed_by_hand_is_found(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        house.do(Note("milk"))
        house.db.execute("UPDATE stock SET on_hand = 40")
        told = "table stock has ('milk', 40, None, 0), but the journal gives ('milk', 1, None, 0)"
        assert house.faults() == (told,)
        house.db.execute("DELETE FROM stock")
        assert house.faults() == ("table stock has None, but the journal gives ('milk', 1, None, 0)",)


@pytest.mark.parametrize("statement", ["UPDATE journal SET actor = 'x'", "DELETE FROM journal WHERE seq = 1"])
def test_our_own_code_cannot_change_the_past(tmp_path: Path, statement: str) -> None:
    with toy(tmp_path) as house, pytest.raises(pysqlite3.IntegrityError, match="append-only"):
        house.db.execute(statement)


def test_the_newest_rows_are_looked_at_before_the_shop_opens(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        house.do(Note("a"))
        assert check_tail(house.db) == []
        tampered(house, "UPDATE journal SET register = '7' WHERE seq = 2")
        assert check_tail(house.db) == ["row #2 (Noted) was changed after it was written"]


def test_a_new_epoch_goes_on_counting_and_names_its_parent(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        house.do(Note("before"))
        parents = []
        for reason in ("restored", "recovered"):
            head = house.writer.head
            parents.append(head)
            house.writer.begin_epoch(EpochStarted(reason, head.epoch, head.seq, head.hash.hex()))
            house.do(Note(reason))
        rows = read_rows(house.db, 1, 100)
        assert [row.epoch for row in rows] == [1, 1, 2, 2, 3, 3]
        assert [row.seq for row in rows] == [1, 2, 3, 4, 5, 6]
        started = [house.registry.decode(row.type, row.version, row.body) for row in rows if row.n == 0]
        epochs = [event for event in started if isinstance(event, EpochStarted)]
        assert [(event.reason, event.parent_epoch, event.parent_seq) for event in epochs] == [
            ("opened", 0, 0),
            ("restored", 1, 2),
            ("recovered", 2, 4),
        ]
        assert [event.parent_hash for event in epochs[1:]] == [head.hash.hex() for head in parents]
        assert house.faults() == ()
    with toy(tmp_path) as house:
        assert house.writer.head.epoch == 3
        house.do(Note("after a restart"))
        assert house.faults() == ()


def test_an_epoch_that_nothing_began_is_named(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        house.do(Note("a"), Note("b"))
        tampered(house, "UPDATE journal SET epoch = 2 WHERE seq = 3")
        assert "row #3 is in epoch 2, which was never started" in house.faults()


def test_a_ledger_of_another_store_is_refused(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        write_header(house.db, Header("t", "s", "d"), 5)
        for stranger in (Header("x", "s", "d"), Header("t", "x", "d"), Header("t", "s", "x")):
            with pytest.raises(NeedsHuman, match="The ledger belongs to t/s/d, but the configuration has"):
                write_header(house.db, stranger, 5)


def test_the_journal_of_one_device_cannot_pass_for_that_of_another(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        house.do(Note("a"))
        house.db.execute("UPDATE header SET device = 'other'")
        assert "row #1 doesn't continue row #0: one of them was changed" in house.faults()


def test_a_part_of_the_chain_is_checked_from_its_first_row(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        house.do(Note("a"), Note("b"), Note("c"))
        assert read_head_before(house.db, 3).seq == 2
        assert list(check_chain(house.db, 3)) == []
        assert list(check_chain(house.db, 99)) == []


def test_a_handler_reads_what_stands_in_the_journal(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        (done,) = house.do(Note("a"))
        assert isinstance(done, Done)
        assert done.events == (Noted("a"),)
        assert (done.epoch, done.first_seq, done.result) == (1, 2, "noted a")


def test_a_ledger_without_a_header_says_what_to_do(tmp_path: Path) -> None:
    db = open_scratch()
    migrate(db)
    with pytest.raises(NeedsHuman, match="no header"):
        read_head(db)
