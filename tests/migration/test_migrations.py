"""A ledger of any age opens, verifies and sells; one that is not ours or from the future is left alone, in words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pysqlite3
import pytest

from edge.__main__ import main
from edge.app.ledger import Ledger, build_registry
from edge.core.clock import SystemClock
from edge.core.journal.verify import verify
from edge.core.messages import Done
from edge.core.storage import migrate as core_migrate
from edge.core.storage.database import open_scratch, open_writer
from edge.core.storage.migrate import migrate, migrations, version
from edge.lib.errors import NeedsHuman
from edge.shop.access.queries import User, read_users, user_hashes
from edge.shop.catalog.prices import price_history
from edge.shop.catalog.sources.precedence import SourcePrecedence
from edge.shop.catalog.sources.queries import lineage
from edge.shop.stock.queries import read_stock
from edge.shop.till.commands import AddLine, Pay
from edge.shop.till.events import SaleCompleted
from edge.shop.till.queries import read_basket, read_receipts
from tests.migration.make import MILK_SOLD
from tests.shop_fixture import CASHIER, CONFIG, MILK, FakeClock, config, open_shop, run

FOLDER = Path(__file__).parent
EDGE = FOLDER.parents[1] / "edge"
OLD = sorted(FOLDER.glob("schema_*.sql"))
NAMES = {"en": "Milk", "fr": "Lait", "he": "חלב"}
TABLES = sorted(EDGE.glob("**/tables.sql"))


def schema(db: Any) -> dict[str, str]:
    """Every table, index and trigger as SQLite has it, without comments and layout."""
    rows = db.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    return {
        name: re.sub(r"\s*([(),])\s*|\s+", lambda m: m[1] or " ", re.sub(r"--[^\n]*", "", sql)) for name, sql in rows
    }


def kept(folder: Path, dump: Path) -> Path:
    """A ledger of an old version, in the data folder of a shop."""
    (folder / "data").mkdir()
    path = folder / "data/ledger.db"
    db = open_scratch(path)
    db.executescript(dump.read_text())
    db.close()
    return path


def test_the_tables_of_all_capabilities_together_are_what_migrations_make() -> None:
    migrated, declared = open_scratch(), open_scratch()
    migrate(migrated)
    for path in TABLES:
        declared.executescript(path.read_text())
    assert schema(migrated) == schema(declared)
    assert len(TABLES) >= 7


def test_every_table_says_which_kind_it_is_and_only_its_projector_writes_it(tmp_path: Path) -> None:
    kinds: dict[str, str] = {}
    for path in TABLES:
        for paragraph in re.split(r"\n\s*\n", path.read_text()):
            words = paragraph.split("\n")[0].removeprefix("-- ")
            for table in re.findall(r"CREATE (?:VIRTUAL )?TABLE (\w+)", paragraph):
                kinds[table] = words
    registry = build_registry(config(tmp_path))
    for projector in registry.projectors:
        kind = "Strict projection" if projector.strict else "Following projection"
        for table in projector.tables:
            assert kinds.pop(table).startswith(kind), table
    rest = {table: words for table, words in kinds.items() if not words.startswith("Local state")}
    assert set(rest) == {"header", "journal"}, "a table is derived by a projector, or says that it is local state"


def test_an_old_ledger_is_kept_of_the_newest_schema() -> None:
    numbers = [number for number, _, _ in migrations()]
    kept = [int(path.stem.removeprefix("schema_")) for path in OLD]
    assert set(kept) <= set(numbers) and kept[-1] == numbers[-1], "run: python -m tests.migration.make"
    assert all(path.stat().st_size < 150_000 for path in OLD)


@pytest.mark.parametrize("dump", OLD, ids=lambda path: path.stem)
def test_an_old_ledger_migrates_verifies_and_sells(tmp_path: Path, dump: Path) -> None:
    kept(tmp_path, dump)

    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(1_800_100_000_000_000), stocked=False) as shop:
            assert verify(shop.reader, shop.registry).faults == ()
            fresh = open_scratch()
            migrate(fresh)
            assert schema(shop.reader) == schema(fresh)
            assert read_stock(shop.reader, "milk") == -MILK_SOLD
            assert [entry.price_minor for entry in price_history(shop.reader, "milk")] == [130, 120]
            assert lineage(shop.reader, "milk", SourcePrecedence(()))["names.fr"].product.names == NAMES
            assert [line.sku for line in read_basket(shop.reader, "1").lines] == ["milk"]
            (last, *_) = read_receipts(shop.reader, "1")
            await shop.do(AddLine(MILK), CASHIER)
            paid = await shop.do(Pay("cash"), CASHIER)
            assert isinstance(paid, Done)
            (sale,) = paid.events
            assert isinstance(sale, SaleCompleted)
            assert sale.number == last.number + 1
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


@pytest.mark.parametrize("dump", OLD[:-1:6], ids=lambda path: path.stem)
def test_an_old_ledger_that_is_sound_is_not_called_damaged(
    tmp_path: Path, dump: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """After an update, before `edge upgrade`: nobody is to restore a backup for it."""
    kept(tmp_path, dump)
    file = str(tmp_path / "config.toml")
    (tmp_path / "config.toml").write_text(CONFIG)
    assert main(["--config", file, "verify"]) == 0
    assert "an older version" in (said := capsys.readouterr().out) and "edge upgrade" in said
    db = pysqlite3.connect(tmp_path / "data/ledger.db")
    db.execute("PRAGMA user_version = 23")  # the only thing in it that is not so
    db.close()
    assert main(["--config", file, "verify"]) == 1


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        ledger = Ledger(config(tmp_path), SystemClock())
        assert (ledger.writer.head.seq, version(ledger.db)) == (1, migrations()[-1][0])
        ledger.close()


def test_a_migration_that_fails_leaves_the_old_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    db = open_writer(tmp_path / "ledger.db")
    migrate(db)
    before = schema(db)
    number = version(db)
    broken = "CREATE TABLE halfway (a); INSERT INTO nowhere VALUES (1);"
    known = migrations()
    monkeypatch.setattr(core_migrate, "migrations", lambda: [*known, (number + 1, "9999_broken.sql", broken)])
    with pytest.raises(pysqlite3.OperationalError, match="nowhere"):
        migrate(db)
    assert (schema(db), version(db)) == (before, number)


def test_migrations_go_up_to_a_number() -> None:
    db = open_scratch()
    assert migrate(db, through=0) == []
    assert migrate(db, through=1) == ["0001_the_first_ledger.sql"]
    assert version(db) == 1
    assert migrate(db) == [name for number, name, _ in migrations() if number > 1]


def refused(folder: Path) -> str:
    with pytest.raises(NeedsHuman) as caught:
        Ledger(config(folder))
    return str(caught.value)


def test_a_ledger_from_the_future_is_refused(tmp_path: Path) -> None:
    Ledger(config(tmp_path)).close()
    db = pysqlite3.connect(tmp_path / "data/ledger.db")
    db.execute("PRAGMA user_version = 4711")
    db.close()
    said = refused(tmp_path)
    assert said.startswith("The ledger has schema 4711, and this software knows ")
    assert said.endswith("It was opened by a newer version: install that one again.")


@pytest.mark.parametrize("marked", [True, False])
def test_the_database_of_another_application_is_refused_and_left_as_it_is(tmp_path: Path, marked: bool) -> None:
    (tmp_path / "data").mkdir()
    path = tmp_path / "data/ledger.db"
    db = pysqlite3.connect(path)
    db.execute(f"PRAGMA application_id = {1234 if marked else 0}")
    db.execute("CREATE TABLE bookmarks (url)")
    db.close()
    before = path.read_bytes()
    assert "ledger.db is a database, but not an edge ledger. Name another data folder." in refused(tmp_path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"This is a shopping list. " * 100, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "data").mkdir()
    path = tmp_path / "data/ledger.db"
    path.write_bytes(content)
    said = refused(tmp_path)
    assert "ledger.db is damaged, or is none: file is not a database. Nothing in its journal is good. Do not" in said
    assert path.read_bytes() == content


def test_a_folder_in_the_ledgers_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data/ledger.db").mkdir(parents=True)
    assert "ledger.db cannot be opened: disk I/O error. Check the disk" in refused(tmp_path)


def test_a_ledger_whose_newest_rows_were_changed_is_not_opened(tmp_path: Path) -> None:
    Ledger(config(tmp_path)).close()
    db = pysqlite3.connect(tmp_path / "data/ledger.db")
    db.executescript("DROP TRIGGER journal_is_append_only_u; UPDATE journal SET actor = 'mallory'")
    db.close()
    assert "ledger.db is damaged, or is none: row #1 (EpochStarted) was changed" in refused(tmp_path)


def test_a_refused_ledger_can_be_opened_by_the_next_process(tmp_path: Path) -> None:
    """Whatever opening fails of, the lock on the folder is given back."""
    Ledger(config(tmp_path)).close()
    path = tmp_path / "data/ledger.db"
    good = path.read_bytes()
    path.write_bytes(b"x" * 5000)
    refused(tmp_path)
    path.write_bytes(good)
    Ledger(config(tmp_path)).close()


def test_one_process_at_a_time(tmp_path: Path) -> None:
    ledger = Ledger(config(tmp_path))
    said = refused(tmp_path)
    assert "Another edge process (pid " in said
    assert "Stop it first" in said
    ledger.close()
    Ledger(config(tmp_path)).close()


def test_a_folder_with_any_name_is_good_enough(tmp_path: Path) -> None:
    folder = tmp_path / "what? 100% #1 חנות"
    folder.mkdir()
    ledger = Ledger(config(folder))
    ledger.close()
    assert (folder / "data/ledger.db").exists()


def test_what_was_known_of_users_in_the_clear_is_sealed_and_in_no_byte_any_more(tmp_path: Path) -> None:
    path = kept(tmp_path, FOLDER / "schema_0024.sql")
    assert b"Dana" in path.read_bytes()

    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(1_800_100_000_000_000), stocked=False) as shop:
            assert read_users(shop.reader) == [User("u1", "manager", "Dana", True)]
            assert user_hashes(shop.reader) == [("u1", "$argon2id$made-up")]
            assert verify(shop.reader, shop.registry).faults == ()
            left = b"".join(file.read_bytes() for file in sorted(path.parent.iterdir()) if file.is_file())
            assert b"Dana" not in left and b"$argon2id$" not in left

    run(scenario())
