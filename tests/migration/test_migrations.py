"""A ledger of any age opens, verifies and sells; one that is not ours or from the future is left alone, in words."""

from __future__ import annotations

import re
from pathlib import Path

import pysqlite3
import pytest

from edge.__main__ import main
from edge.core.clock import SystemClock
from edge.core.journal.verify import verify
from edge.core.messages import Done
from edge.core.storage import schema
from edge.core.storage.database import open_scratch, open_writer
from edge.core.storage.migrate import BASELINE, differences, migrate, migrations, newest, version
from edge.counter.till.commands import AddLine, Pay
from edge.counter.till.events import SaleCompleted
from edge.counter.till.queries import read_basket, read_receipts
from edge.goods.catalog.prices import price_history
from edge.goods.catalog.sources.precedence import SourcePrecedence
from edge.goods.catalog.sources.queries import lineage
from edge.goods.stock.queries import read_stock
from edge.lib.errors import NeedsHuman
from edge.operations.ledger import Ledger, build_registry
from setup.scaffold.migration import schema_of
from tests.migration.make import MILK_SOLD
from tests.migration.next_release import TABLES as MORE_TABLES
from tests.migration.next_release import of_this_release, release_next
from tests.shop_fixture import CASHIER, CONFIG, MILK, FakeClock, config, open_shop, run

FOLDER = Path(__file__).parent
EDGE = FOLDER.parents[1] / "edge"
RELEASES = sorted(FOLDER.glob("releases/*/ledger.sql"))
NAMES = {"en": "Milk", "fr": "Lait", "he": "חלב"}
TABLES = sorted(EDGE.glob("**/tables.sql"), key=lambda path: (path.parent.name != "core", path.parent.name))


def kept(folder: Path, dump: str) -> Path:
    """A ledger of an older release, in the data folder of a shop."""
    (folder / "data").mkdir()
    path = folder / "data/ledger.db"
    db = open_scratch(path)
    db.executescript(dump)
    db.close()
    return path


def test_a_new_ledger_has_the_tables_that_capabilities_declare() -> None:
    fresh = open_scratch()
    assert (migrate(fresh), version(fresh)) == ([], newest())
    assert differences(fresh) == []
    assert len(TABLES) >= 7 and [path.read_text() for path in TABLES] == list(schema.declared_tables())


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


def test_every_release_keeps_a_ledger_and_only_what_was_released_is_migrated() -> None:
    numbers = [number for number, _, _ in migrations()]
    assert numbers == list(range(BASELINE + 1, newest() + 1))
    assert RELEASES
    for dump in RELEASES:
        assert BASELINE <= schema_of(dump.read_text()) <= newest()
        assert dump.stat().st_size < 250_000


@pytest.mark.parametrize("dump", [*RELEASES, None], ids=lambda path: path.parent.name if path else "todays")
def test_an_old_ledger_migrates_verifies_and_sells(
    tmp_path: Path, dump: Path | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(tmp_path, dump.read_text() if dump else of_this_release())
    if dump is None:
        release_next(monkeypatch)

    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock(1_800_100_000_000_000), stocked=False) as shop:
            assert verify(shop.reader, shop.registry).faults == ()
            assert (version(shop.reader), differences(shop.reader)) == (newest(), [])
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


def test_an_old_ledger_that_is_sound_is_not_called_damaged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an update, before `edge upgrade`: no one is to restore a backup for it."""
    kept(tmp_path, of_this_release())
    release_next(monkeypatch)
    file = str(tmp_path / "config.toml")
    (tmp_path / "config.toml").write_text(CONFIG)
    assert main(["--config", file, "verify"]) == 0
    assert "an older version" in (said := capsys.readouterr().out) and "edge upgrade" in said
    db = pysqlite3.connect(tmp_path / "data/ledger.db")
    db.execute("DROP INDEX journal_epoch")  # the only thing in it that is not so
    db.close()
    assert main(["--config", file, "verify"]) == 1
    assert "journal_epoch differs from this software's definition" in capsys.readouterr().out


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        ledger = Ledger(config(tmp_path), SystemClock())
        assert (ledger.writer.head.seq, version(ledger.db)) == (1, newest())
        ledger.close()


def test_a_migration_that_fails_leaves_the_old_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    db = open_writer(tmp_path / "ledger.db")
    migrate(db)
    before, known = schema.statements(db), newest()
    release_next(monkeypatch, "CREATE TABLE halfway (a); INSERT INTO nowhere VALUES (1);")
    with pytest.raises(pysqlite3.OperationalError, match="nowhere"):
        migrate(db)
    assert (schema.statements(db), version(db)) == (before, known)


def test_migrations_that_do_not_lead_to_the_declared_tables_leave_the_old_schema(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = open_writer(tmp_path / "ledger.db")
    migrate(db)
    known = newest()
    release_next(monkeypatch, "CREATE TABLE elsewhere (a);")
    with pytest.raises(NeedsHuman, match="don't match this version: elsewhere, mark, print_job"):
        migrate(db)
    assert version(db) == known and "elsewhere" not in schema.statements(db)


def test_migrations_are_applied_in_order_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    db = open_scratch()
    migrate(db)
    known = newest()
    release_next(monkeypatch, "CREATE TABLE mark_before (at TEXT);", f"DROP TABLE mark_before; {MORE_TABLES}")
    assert migrate(db) == [f"{known + 1:04d}_next.sql", f"{known + 2:04d}_next.sql"]
    assert (version(db), migrate(db)) == (known + 2, [])


def refused(folder: Path) -> str:
    with pytest.raises(NeedsHuman) as caught:
        Ledger(config(folder))
    return str(caught.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            "PRAGMA user_version = 4711",
            r"has schema 4711, but this software supports \d+\. It was opened by a newer",
        ),
        ("PRAGMA user_version = 79", r"has schema 79, from before version 0\.1\.0\. Start the version that made it"),
        ("ALTER TABLE receipt ADD COLUMN mood TEXT", r"don't match this version: receipt\. .*edge upgrade --from"),
        ("DROP INDEX journal_epoch", r"don't match this version: journal_epoch\. "),
    ],
)
def test_a_ledger_of_another_schema_is_refused_and_left_as_it_is(tmp_path: Path, change: str, words: str) -> None:
    Ledger(config(tmp_path)).close()
    path = tmp_path / "data/ledger.db"
    db = pysqlite3.connect(path)
    db.execute(change)
    db.commit()
    db.close()
    before = path.read_bytes()
    assert re.search(words, refused(tmp_path))
    assert path.read_bytes() == before


@pytest.mark.parametrize("marked", [True, False])
def test_the_database_of_another_application_is_refused_and_left_as_it_is(tmp_path: Path, marked: bool) -> None:
    (tmp_path / "data").mkdir()
    path = tmp_path / "data/ledger.db"
    db = pysqlite3.connect(path)
    db.execute(f"PRAGMA application_id = {1234 if marked else 0}")
    db.execute("CREATE TABLE bookmarks (url)")
    db.close()
    before = path.read_bytes()
    assert "ledger.db is a database, but not an edge ledger. Set another data folder." in refused(tmp_path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"This is a shopping list. " * 100, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "data").mkdir()
    path = tmp_path / "data/ledger.db"
    path.write_bytes(content)
    said = refused(tmp_path)
    assert (
        "ledger.db is damaged or isn't a ledger: file is not a database. Nothing in its journal is intact. Don't"
        in said
    )
    assert path.read_bytes() == content


def test_a_folder_in_the_ledgers_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data/ledger.db").mkdir(parents=True)
    assert "ledger.db can't be opened: disk I/O error. Check the disk" in refused(tmp_path)


def test_a_ledger_whose_newest_rows_were_changed_is_not_opened(tmp_path: Path) -> None:
    Ledger(config(tmp_path)).close()
    db = pysqlite3.connect(tmp_path / "data/ledger.db")
    db.executescript("DROP TRIGGER journal_is_append_only_u; UPDATE journal SET actor = 'mallory'")
    db.close()
    assert "ledger.db is damaged or isn't a ledger: row #1 (EpochStarted) was changed" in refused(tmp_path)


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
