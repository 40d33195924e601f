"""Old facts go into files, and nothing is missed: the chain, repeats, refunds, sync, rebuilds and backups read on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
import pytest

from edge.__main__ import main
from edge.analytics.insight.explain import ExplainFigure
from edge.backoffice.directives.service.sync_part import SyncSource
from edge.core import ids
from edge.core.journal import archive, archive_manifest, browse
from edge.core.journal.browse import JournalFilter, read_back
from edge.core.journal.figure_trace import ExplainedFigure
from edge.core.journal.moments import find_moment
from edge.core.journal.past import PastFiles, open_view, projectors_of_views
from edge.core.journal.projections import rebuild_stale, rows_to_read
from edge.core.journal.rows import EpochStarted, check_chain, facts, find_command, read_rows, read_rows_of
from edge.core.journal.verify import verify
from edge.core.messages import Done
from edge.core.process.parts import Part, Supervisor
from edge.core.secrets import keys
from edge.core.storage.database import Connection, open_reader
from edge.core.transaction import content_hash, encode
from edge.core.writer import Request
from edge.counter.till.commands import AddLine, Pay, RefundSale
from edge.lib.errors import NeedsHuman
from edge.operations.ledger import Ledger, build_registry
from edge.operations.maintenance import archive as archiving
from edge.operations.maintenance.part import MaintenancePart
from edge.runtime.config import Config
from sync.wire import Row
from tests.http_client import when
from tests.shop_fixture import CASHIER, CONFIG, MANAGER, MILK, FakeClock, config, open_shop, run

YEARS_US = 3 * 365 * 86_400_000_000
ROWS = 20
BACKUP = '\n[backup]\nfolder = "{}"\nsame_disk = true\n'


@pytest.fixture
def lived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Config, FakeClock]]:
    """A shop with a past of two epochs that the hub holds; three years later."""
    monkeypatch.setattr(archiving, "ARCHIVE_LIVE_ROWS", 10)
    monkeypatch.setattr(archiving, "ARCHIVE_FRAME_ROWS", 8)
    monkeypatch.setattr(archive, "ARCHIVE_FRAME_ROWS", 8)
    monkeypatch.setattr(archiving, "ARCHIVE_DELETE_ROWS", 7)
    clock = FakeClock()
    loaded = config(tmp_path, CONFIG + BACKUP.format(tmp_path / "usb"))

    async def live(sales: int) -> None:
        async with open_shop(tmp_path, clock) as shop:
            for _ in range(sales):
                await shop.do(AddLine(MILK), CASHIER)
                assert isinstance(await shop.do(Pay("cash"), CASHIER), Done)
                clock.advance(60)

    run(live(12))
    ledger = Ledger(loaded, clock)
    head = ledger.writer.head
    ledger.writer.begin_epoch(EpochStarted("restored", head.epoch, head.seq, head.hash.hex()))
    ledger.close()
    run(live(20))
    ledger = Ledger(loaded, clock)
    held(ledger, ledger.writer.head.seq)
    ledger.close()
    clock.advance(YEARS_US // 1_000_000)
    yield loaded, clock


def held(ledger: Ledger, seq: int) -> None:
    """The hub holds the journal through row `seq`, and told its hash."""
    told = "INSERT OR REPLACE INTO sync_position SELECT 1, epoch, seq, hash FROM journal WHERE seq = ?"
    ledger.db.execute(told, (seq,))


@contextmanager
def reading(loaded: Config) -> Iterator[Connection]:
    db = open_reader(loaded.ledger)
    try:
        yield db
    finally:
        db.close()


def archived(loaded: Config, clock: FakeClock) -> list[archive.Segment]:
    """Make the files, and take them over."""
    made = archiving.make(loaded, clock.read().at_us, ROWS)
    ledger = Ledger(loaded, clock)
    for segment in archiving.waiting(ledger.db):
        archiving.enter(ledger.db, segment)
    while archiving.take_out(ledger.db):
        pass
    ledger.close()
    return made


def test_the_journal_reads_as_before(lived: tuple[Config, FakeClock]) -> None:
    loaded, clock = lived
    registry = build_registry(loaded)
    with reading(loaded) as db:
        before = read_rows(db, 1, 10_000)
        told = list(facts(db, registry))
    made = archived(loaded, clock)
    assert len(made) == (len(before) - 10) // ROWS
    with reading(loaded) as db:
        live = [seq for (seq,) in db.execute("SELECT seq FROM journal ORDER BY seq")]
        epoch = next(row.seq for row in before if row.epoch == 2)
        assert live == [1, epoch - 1, epoch, *range(made[-1].last + 1, len(before) + 1)]
        rows, at = [], 1
        while page := read_rows(db, at, 5):
            rows += page
            at = page[-1].seq + 1
        assert rows == before
        assert list(facts(db, registry)) == told
        assert list(check_chain(db)) == []
        assert verify(db, registry).faults == ()
        assert verify(db, registry, deep=True).faults == ()
        sales, at = [], 1
        while at <= len(before):
            found, through = read_rows_of(db, ["SaleCompleted"], at, 30, 3)
            sales += found
            at = through + 1
        assert sales == [row for row in before if row.type == "SaleCompleted"]
        for row in before:
            assert row in find_command(db, row.command_id)


def test_the_journal_is_browsed_back_into_its_files(
    lived: tuple[Config, FakeClock], monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded, clock = lived
    archived(loaded, clock)
    monkeypatch.setattr(browse, "ARCHIVE_FRAME_ROWS", 8)
    monkeypatch.setattr(browse, "JOURNAL_LOOKED_THROUGH", 30)
    with reading(loaded) as db:
        every, at = [], 1
        while rows := read_rows(db, at, 100):
            every += rows
            at = rows[-1].seq + 1
        day = every[0].business_date
        for wanted, expected in (
            (JournalFilter(), every),
            (JournalFilter(type="SaleCompleted"), [row for row in every if row.type == "SaleCompleted"]),
            (JournalFilter(sku="milk"), [row for row in every if b'"sku":"milk"' in row.body]),
            (JournalFilter(day=day), [row for row in every if row.business_date == day]),
            (JournalFilter(actor="nobody"), []),
        ):
            assert browsed(db, wanted) == expected[::-1], wanted
        unread = msgspec.structs.replace(every[0], body=b"no JSON")
        assert not browse._is_wanted(unread, JournalFilter(sku="milk"), b'"milk"'), "decoded only where it may name it"


def browsed(db: Connection, wanted: JournalFilter) -> list[Row]:
    """All that is found, page by page."""
    found, before = [], 0
    while True:
        page = read_back(db, wanted, before, 7)
        assert len(page.rows) <= 7
        found += page.rows
        before = page.before
        if not before:
            return found


def test_a_command_repeated_after_years_has_no_second_effect(lived: tuple[Config, FakeClock]) -> None:
    loaded, clock = lived
    ledger = Ledger(loaded, clock)
    spec, command = ledger.registry.by_name["AddLine"], AddLine(MILK)
    pay = Pay("cash")
    id = ids.command_id(clock.read().at_us, b"0123456789")
    paying = ledger.registry.by_name["Pay"]

    def ask(spec: object, command: object, id: bytes, fresh: bool) -> object:
        request = Request(spec, command, CASHIER, id, content_hash(spec.name, encode(command)), fresh)  # type: ignore
        early: list[object] = []
        return [answer for _, answer in ledger.writer.run([request], lambda _, a: early.append(a))] + early

    clock.advance(-YEARS_US // 1_000_000)
    ask(spec, command, ids.command_id(clock.read().at_us, b"9876543210"), True)
    (done,) = ask(paying, pay, id, False)
    assert isinstance(done, Done) and done.events
    for number in range(40):
        ask(spec, command, ids.command_id(number * 10_000, b"9876543210"), True)
        ask(paying, pay, ids.command_id(number * 10_000, b"0123456789"), True)
    clock.advance(YEARS_US // 1_000_000)
    held(ledger, ledger.writer.head.seq)
    ledger.close()
    made = archived(loaded, clock)
    assert made[-1].last > done.first_seq + 2
    ledger = Ledger(loaded, clock)
    head = ledger.writer.head
    (again,) = ask(paying, pay, id, False)
    assert again == msgspec.structs.replace(done, repeated=True, result=None)
    (other,) = ask(paying, Pay("card"), id, False)
    assert getattr(other, "code", "") == "conflict"
    assert ledger.writer.head == head
    ledger.close()


def test_an_old_receipt_is_taken_back_and_the_hub_gets_old_rows_again(lived: tuple[Config, FakeClock]) -> None:
    loaded, clock = lived
    with reading(loaded) as db:
        before = read_rows(db, 1, 10_000)
    archived(loaded, clock)

    async def scenario() -> None:
        async with open_shop(loaded.folder.parent, clock, stocked=False) as shop:
            back = await shop.do(RefundSale(1, reason="sour"), MANAGER)
            assert isinstance(back, Done), back
            journal = SyncSource(shop, loaded.header, loaded.ledger)
            first, second = await journal.epochs()
            assert (first.epoch, first.first_seq, second.parent_epoch) == (1, 1, 1)
            assert await journal.read(3, 4, 10**9) == before[2:6]
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_only_what_is_old_and_held_is_archived(lived: tuple[Config, FakeClock]) -> None:
    loaded, clock = lived
    now_us = clock.read().at_us
    with reading(loaded) as db:
        head = read_rows(db, 1, 10_000)[-1].seq
        assert archiving.goes_through(db, now_us, 400) == head - 10
        assert archiving.goes_through(db, now_us - YEARS_US, 400) <= 0
    ledger = Ledger(loaded, clock)
    held(ledger, 25)
    assert archiving.goes_through(ledger.db, now_us, 400) == 25
    with pytest.raises(Exception, match="append-only"):
        ledger.db.execute("DELETE FROM journal WHERE seq = 2")
    ledger.close()
    (made,) = archived(loaded, clock)
    assert (made.first, made.last) == (1, 20)
    ledger = Ledger(loaded, clock)
    with pytest.raises(Exception, match="append-only"):
        ledger.db.execute("DELETE FROM journal WHERE seq = 21")
    ledger.close()


def test_rebuilds_and_checks_begin_at_the_checkpoint(lived: tuple[Config, FakeClock], tmp_path: Path) -> None:
    loaded, clock = lived
    made = archived(loaded, clock)
    registry = build_registry(loaded)
    ledger = Ledger(loaded, clock)
    base = archive_manifest.open_base(ledger.db, tmp_path / "base.db")
    strict = [projector for projector in registry.projectors if projector.exact]
    ledger.db.execute("UPDATE projection SET version = -1")
    assert base is not None
    head = ledger.writer.head.seq
    assert rows_to_read(ledger.db, registry, base) == head - made[-1].last
    (ledger_folder,) = {archive.folder_of(ledger.db)}
    (ledger_folder / made[0].name).rename(tmp_path / "away")
    rebuild_stale(ledger.db, registry, base)
    (tmp_path / "away").rename(ledger_folder / made[0].name)
    assert verify(ledger.db, registry).faults == ()
    assert len(strict) > 3
    ledger.close()


@pytest.mark.parametrize("hit", ["rows", "base", "word", "gone"])
def test_damage_to_the_archive_is_found(lived: tuple[Config, FakeClock], hit: str) -> None:
    loaded, clock = lived
    made = archived(loaded, clock)
    folder = loaded.folder / archive.FOLDER
    path = {"base": next(folder.glob("base-*")), "word": folder / archive_manifest.FILE}.get(hit, folder / made[0].name)
    if hit == "gone":
        path.unlink()
    else:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    with reading(loaded) as db:
        faults = verify(db, build_registry(loaded)).faults
        assert faults and (path.name in faults[0] or "checkpoint" in faults[0]), faults
        if hit in ("rows", "gone"):
            with pytest.raises(NeedsHuman, match="Restore the file from a backup"):
                list(facts(db, build_registry(loaded)))
    Ledger(loaded, clock).close()  # the shop opens all the same


def test_archived_rows_leave_the_ledger_in_turns_that_end_when_their_time_is_over(
    lived: tuple[Config, FakeClock],
) -> None:
    loaded, clock = lived
    archiving.make(loaded, clock.read().at_us, ROWS)
    ledger = Ledger(loaded, clock)
    for segment in archiving.waiting(ledger.db):
        archiving.enter(ledger.db, segment)
    count = "SELECT count(*) FROM journal"
    (before,) = ledger.db.execute(count).fetchone()
    slow = (number * archiving.ARCHIVE_TURN_S for number in range(1_000))
    assert archiving.take_out(ledger.db, slow.__next__)
    assert ledger.db.execute(count).fetchone() == (before - archiving.ARCHIVE_DELETE_ROWS,)
    assert not archiving.take_out(ledger.db, lambda: 0.0)
    ledger.close()


def test_nothing_is_archived_of_what_the_hub_holds_otherwise(lived: tuple[Config, FakeClock]) -> None:
    loaded, clock = lived
    ledger = Ledger(loaded, clock)
    for hash in (b"", bytes(32)):  # a hub that does not say; one that heard a clone of this box
        ledger.db.execute("UPDATE sync_position SET hash = ?", (hash,))
        assert archiving.make(loaded, clock.read().at_us, ROWS) == []
    held(ledger, ledger.writer.head.seq)
    ledger.close()
    assert archiving.make(loaded, clock.read().at_us, ROWS)


def test_a_checkpoint_that_someone_else_signed_is_found_and_not_believed(lived: tuple[Config, FakeClock]) -> None:
    loaded, clock = lived
    ledger = Ledger(loaded, clock)
    archiving.pin(loaded, ledger.db)
    ledger.close()
    archived(loaded, clock)
    folder = loaded.folder / archive.FOLDER
    with reading(loaded) as db:
        assert verify(db, build_registry(loaded)).faults == ()
    word = archive_manifest.read(folder)
    assert word is not None
    archive_manifest.write(folder, word, keys.signing_key(bytes(16)))
    assert archive_manifest.read(folder) == word, "as such it is sound"
    with reading(loaded) as db:
        (fault,) = verify(db, build_registry(loaded)).faults
        assert "signed with a key other than" in fault
        assert archive_manifest.open_base(db, loaded.folder / "base.db") is None
    keys.store(loaded.folder, bytes(16))
    (folder / archive_manifest.FILE).unlink()
    ledger = Ledger(loaded, clock)
    held(ledger, ledger.writer.head.seq)
    ledger.close()
    with pytest.raises(NeedsHuman, match="doesn't match this ledger's archive"):
        archiving.make(loaded, clock.read().at_us, 1)


def test_a_second_archive_goes_on_from_the_first(lived: tuple[Config, FakeClock]) -> None:
    loaded, clock = lived
    ledger = Ledger(loaded, clock)
    held(ledger, 45)
    ledger.close()
    first = archived(loaded, clock)
    ledger = Ledger(loaded, clock)
    held(ledger, ledger.writer.head.seq)
    ledger.close()
    second = archived(loaded, clock)
    assert [first[-1].last + 1] == [second[0].first]
    word = archive_manifest.read(loaded.folder / archive.FOLDER)
    assert word is not None
    assert word.segments == (*first, *second)
    assert len(list((loaded.folder / archive.FOLDER).glob("base-*"))) == 1
    with reading(loaded) as db:
        assert verify(db, build_registry(loaded), deep=True).faults == ()


def test_a_running_shop_takes_files_over_while_it_sells(lived: tuple[Config, FakeClock]) -> None:
    loaded, clock = lived
    with reading(loaded) as db:
        before = read_rows(db, 1, 10_000)
    made = archiving.make(loaded, clock.read().at_us, ROWS)

    async def scenario() -> None:
        async with open_shop(loaded.folder.parent, clock, stocked=False) as shop:
            supervisor = Supervisor(shop.bus)
            supervisor.start(Part("backup", MaintenancePart(loaded, clock, shop).run))

            async def left() -> int:
                await shop.do(AddLine(MILK), CASHIER)
                assert isinstance(await shop.do(Pay("cash"), CASHIER), Done)
                count = shop.reader.execute("SELECT count(*) FROM journal WHERE seq <= ?", (made[-1].last,))
                return int(count.fetchone()[0])

            await when(left, lambda rows: rows == 3, "archived facts have left the ledger")
            await supervisor.stop()
            assert read_rows(shop.reader, 1, 5) == before[:5]
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_an_export_has_archived_facts_too(lived: tuple[Config, FakeClock], capsys: pytest.CaptureFixture[str]) -> None:
    loaded, clock = lived
    path = loaded.folder.parent / "config.toml"
    path.write_text(CONFIG)
    exports = []
    for _ in range(2):
        for form in ("jsonl", "hledger"):
            assert main(["--config", str(path), "journal", "export", "--format", form]) == 0
        exports.append(capsys.readouterr().out)
        archived(loaded, clock)
    assert exports[0] == exports[1]
    assert len(exports[0]) > 10_000


def every_row(db: Connection) -> Iterator[Row]:
    """All rows, a page at a time: one ends where a file or a frame does."""
    at = 1
    while page := read_rows(db, at, 1_000):
        yield from page
        at = page[-1].seq + 1


def test_the_past_of_archived_rows_is_read_from_their_files(lived: tuple[Config, FakeClock]) -> None:
    loaded, clock = lived
    registry, through = build_registry(loaded), 30
    with reading(loaded) as db:
        day = read_rows(db, through, 1)[0].business_date

    def seen() -> tuple[object, ...]:
        with reading(loaded) as db:
            files = PastFiles(loaded.ledger)
            view = files.view(db, registry, through)
            with closing(open_view(view, loaded.ledger, through)) as then:
                tables = [one for projector in projectors_of_views(registry) for one in projector.tables]
                held = {table: sorted(map(repr, then.execute(f"SELECT * FROM {table}"))) for table in tables}
                rows = [(row.seq, row.hash) for row in every_row(then) if row.seq <= through]
                assert then.execute("SELECT max(seq) FROM journal").fetchone() == (through,)
            moment = find_moment(db, files.folder, clock.at_us - YEARS_US - 60_000_000)
            figure = ExplainFigure("sales", day, day, "", "UTC", through).read(db, registry)
            report = ExplainFigure("reports.day_minor", "", "", f"{day}\ntotal_minor", "UTC", through).read(
                db, registry
            )
            return held, rows, moment, report, figure

    before = seen()
    made = archived(loaded, clock)
    assert made[0].first <= through <= made[-1].last
    shutil.rmtree(PastFiles(loaded.ledger).folder)
    after = seen()
    assert after == before
    for figure in after[-2:]:
        assert isinstance(figure, ExplainedFigure) and figure.parts
        assert (figure.left_over, figure.faults) == ((0, 0), ())
