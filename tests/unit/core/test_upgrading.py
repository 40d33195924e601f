"""Upgrades: tried on a copy, prepared while the shop sells, and quick to open; a way back is kept."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from edge.core.journal.projections import prepare, rebuild_stale, rows_to_read
from edge.core.journal.verify import verify
from edge.core.registry import Capability, Projector, Registry
from edge.core.storage.database import open_reader, open_scratch, open_writer
from edge.core.storage.migrate import newest, version
from edge.lib.errors import NeedsHuman
from edge.operations import ledger as opening
from edge.operations.ledger import PREPARED, Ledger, build_registry
from edge.operations.maintenance import upgrade
from tests.migration.next_release import of_this_release, release_next
from tests.migration.test_migrations import kept
from tests.shop_fixture import FakeClock, config
from tests.unit.toys import Note, Noted, Toy, _noted, notes, toy


def changed(house: Toy) -> Registry:
    """The toys' registry with a projector of the next version."""
    (projector,) = notes.projectors
    newer = Projector("counts", 2, projector.tables, {Noted: _noted})
    commands = Capability("notes", notes.commands, notes.events, projectors=(newer,))
    return Registry(
        commands if capability.name == "notes" else capability for capability in house.registry.capabilities
    )


def test_what_was_prepared_is_not_read_again(tmp_path: Path) -> None:
    with toy(tmp_path) as house:
        for text in ("a", "b", "a"):
            house.do(Note(text))
        rebuild_stale(house.db, house.registry)
        newer, base = changed(house), tmp_path / "base.db"
        assert rows_to_read(house.db, house.registry) == 0
        assert rows_to_read(house.db, newer) == house.writer.head.seq
        prepare(house.db, newer, base)
        marked = open_scratch(base)
        marked.execute("UPDATE stock SET on_hand = 70 WHERE sku = 'a'")
        marked.close()
        house.do(Note("a"))
        house.do(Note("c"))
        assert rows_to_read(house.db, newer, base) == 2
        assert rebuild_stale(house.db, newer, base) == ["counts"]
        assert sorted(house.db.execute("SELECT sku, on_hand FROM stock")) == [("a", 71), ("b", 1), ("c", 1)]


def test_what_was_prepared_of_another_history_or_version_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    base, older = tmp_path / "base.db", tmp_path / "older.db"
    with toy(tmp_path / "other") as other:
        for text in "abc":
            other.do(Note(text))
        prepare(other.db, changed(other), base)
        prepare(other.db, other.registry, older)
    with toy(tmp_path) as house:
        for text in "defg":
            house.do(Note(text))
        newer = changed(house)
        for unfit in (base, older, tmp_path / "nothing.db"):
            assert rows_to_read(house.db, newer, unfit) == house.writer.head.seq
        rebuild_stale(house.db, newer, base)
        assert sorted(house.db.execute("SELECT sku, on_hand FROM stock")) == [(text, 1) for text in "defg"]


def test_an_old_ledger_is_rehearsed_then_upgraded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = kept(tmp_path, of_this_release())
    known = newest()
    release_next(monkeypatch)
    loaded, before = config(tmp_path), path.read_bytes()
    tried = upgrade.rehearse(loaded)
    assert (tried.from_schema, tried.to_schema) == (known, known + 1)
    assert tried.tables == ("search", "receipts")
    assert tried.faults == ()
    assert path.read_bytes() == before, "only a copy was changed"
    done = upgrade.upgrade(loaded, FakeClock())
    assert done.done
    db = open_reader(path)
    assert version(db) == tried.to_schema
    assert verify(db, build_registry(loaded)).faults == ()
    was = open_reader(done.kept)
    assert was.execute("SELECT count(*) FROM journal").fetchone() == (tried.seq,)
    assert version(was) == tried.from_schema
    assert {path.name for path in loaded.folder.iterdir()} >= {"ledger.db", upgrade.BEFORE}
    assert not (loaded.folder / PREPARED).exists()


def test_a_shop_that_no_one_prepared_opens_late_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(tmp_path, of_this_release())
    release_next(monkeypatch)
    monkeypatch.setattr(opening, "REBUILD_AT_START_ROWS", 3)
    loaded = config(tmp_path)
    with capture_logs() as said:
        Ledger(loaded, FakeClock()).close()
    assert any("edge upgrade" in line.get("next_time", "") for line in said)
    assert verify(open_reader(loaded.ledger), build_registry(loaded)).faults == ()


def test_a_shop_that_was_prepared_opens_without_reading_its_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(tmp_path, of_this_release())
    release_next(monkeypatch)
    loaded = config(tmp_path)
    upgrade.upgrade(loaded, FakeClock())
    monkeypatch.setattr(opening, "REBUILD_AT_START_ROWS", 0)
    with capture_logs() as said:
        Ledger(loaded, FakeClock()).close()
    assert not [line for line in said if "next_time" in line]


def test_what_was_tried_is_kept_for_the_next_start_beside_a_backup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a box does before it restarts with the new version: a shop of millions of facts opens within minutes."""
    path = kept(tmp_path, of_this_release())
    known = newest()
    release_next(monkeypatch)
    loaded, before = config(tmp_path), path.read_bytes()
    copy, tried = upgrade.prepare_upgrade(loaded, FakeClock())
    assert (tried.faults, tried.tables) == ((), ("search", "receipts"))
    assert path.read_bytes() == before, "the version that runs reads it on"
    assert copy is not None and version(open_reader(copy)) == known
    monkeypatch.setattr(opening, "REBUILD_AT_START_ROWS", 0)
    with capture_logs() as said:
        Ledger(loaded, FakeClock()).close()
    assert not [line for line in said if "next_time" in line], "nothing is left to be read"
    assert verify(open_reader(path), build_registry(loaded)).faults == ()


def test_a_copy_with_a_fault_leaves_nothing_for_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = kept(tmp_path, of_this_release())
    with closing(open_writer(path)) as db:
        db.execute("UPDATE stock SET on_hand = on_hand + 1")
    release_next(monkeypatch)
    loaded = config(tmp_path)
    _, tried = upgrade.prepare_upgrade(loaded, FakeClock())
    assert any("stock" in fault for fault in tried.faults)
    assert not (loaded.folder / PREPARED).exists()


@pytest.mark.parametrize("how", ["rehearse", "prepare_upgrade", "upgrade"])
def test_without_room_it_says_how_much_is_missing_before_anything_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    kept(tmp_path, of_this_release())
    loaded = config(tmp_path)
    before = set(loaded.folder.iterdir())
    monkeypatch.setattr(upgrade.shutil, "disk_usage", lambda _: SimpleNamespace(free=10**6))
    arguments = (loaded,) if how == "rehearse" else (loaded, FakeClock())
    with pytest.raises(NeedsHuman, match=r"An upgrade needs \d+ MB .* and 1 MB are free\. Free up \d+ MB, or use"):
        getattr(upgrade, how)(*arguments)
    assert set(loaded.folder.iterdir()) - before <= {
        loaded.ledger.with_name(f"ledger.db-{end}") for end in ("shm", "wal")
    }


def test_tables_are_built_on_the_disk_of_the_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On many boxes /tmp is memory, and has no room for those of millions of sales."""
    path = kept(tmp_path, of_this_release())
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    ledger = Ledger(config(tmp_path), FakeClock())
    try:
        assert verify(ledger.db, ledger.registry).faults == ()
    finally:
        ledger.close()
    assert not list(path.parent.glob("rebuild-*"))


def test_an_upgrade_beside_an_open_shop_only_prepares(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = config(tmp_path)
    shop = Ledger(loaded, FakeClock())
    shop.db.execute("UPDATE projection SET version = 0 WHERE name = 'receipts'")
    assert not upgrade.upgrade(loaded, FakeClock()).done
    shop.close()
    monkeypatch.setattr(opening, "REBUILD_AT_START_ROWS", 0)
    with capture_logs() as said:
        Ledger(loaded, FakeClock()).close()
    assert not [line for line in said if "next_time" in line]
    assert not (loaded.folder / PREPARED).exists()


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("PRAGMA user_version = 79", r"from before version 0\.1\.0.*no later one can convert it"),
        (
            "ALTER TABLE receipt ADD COLUMN odd TEXT",
            r"receipt.*If version 0\.1\.0 made it, stop the shop.*guide",
        ),
    ],
)
def test_a_ledger_that_this_version_does_not_open_is_refused_before_it_is_copied(
    tmp_path: Path, sql: str, why: str
) -> None:
    loaded = config(tmp_path)
    Ledger(loaded, FakeClock()).close()
    with closing(open_writer(loaded.ledger)) as db:
        db.execute(sql)
    before = {path.name for path in loaded.folder.iterdir()}
    with pytest.raises(NeedsHuman, match=why):
        upgrade.upgrade(loaded, FakeClock())
    more = {path.name for path in loaded.folder.iterdir()} - before
    assert more <= {"ledger.db-shm", "ledger.db-wal"}, "no copy stays, in clear"
