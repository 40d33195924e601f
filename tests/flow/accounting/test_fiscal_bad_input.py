"""What goes wrong before the law: each is found or refused, by its name."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pysqlite3
import pytest

import edge.core.journal.archive as archive_files
import edge.operations.maintenance.archive as archiving
from edge.accounting.fiscal.authority_files import reproduction_params
from edge.accounting.fiscal.commands import EndRegime, StartRegime
from edge.accounting.fiscal.events import LogSigned, PaperSigned, PeriodClosed
from edge.accounting.fiscal.law_check import check_laws
from edge.accounting.fiscal.queries import closings, fiscal_files
from edge.accounting.fiscal.regimes import KEEP_YEARS
from edge.accounting.fiscal.watches import days_without_z
from edge.core.command_bus import CommandBus
from edge.core.messages import Refusal
from edge.counter.till.commands import PrintReport, RefundSale, SkipNumbers, StartTraining
from edge.counter.till.events import ReportPrinted
from edge.foundation.access.commands import SetUser
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.lib.fiscal.france.verification import verify_archive
from edge.operations.ledger import Ledger
from tests.fiscal_shop import (
    DAY_S,
    FRANCE,
    GERMANY,
    ISRAEL,
    JUICE,
    authorities,
    begin,
    close,
    made,
    of_type,
    sell,
    tell,
)
from tests.flow.accounting.test_fiscal_files import DAY, NEXT, a_day, csv_rows, signing
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, FakeClock, agreed, config, done, open_shop, run
from tests.unit.operations.test_archive import BACKUP, held

SOURCE = Path(__file__).parents[3] / "edge"
HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGVkUElOb2ZBdmlnYWls"


def changed_in_the_ledger(path: Path, sql: str, was: str, now: str) -> None:
    """Someone with a database program changes the rows of `sql`."""
    writer = pysqlite3.connect(path)
    with writer:
        writer.execute("DROP TRIGGER journal_is_append_only_u")
        replaced = f"UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), ?, ?) AS BLOB) WHERE {sql}"
        assert writer.execute(replaced, (was, now)).rowcount
    writer.close()


@pytest.mark.parametrize(("regime", "text"), [("fr", FRANCE), ("de", GERMANY)])
def test_a_paper_that_was_changed_in_the_ledger_stops_the_file_and_is_named(
    tmp_path: Path, regime: str, text: str
) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=text) as shop:
            await begin(shop, regime)  # type: ignore[arg-type]
            await a_day(shop, clock)
            await close(shop)
            second = "seq = (SELECT seq FROM receipt WHERE number = 2)"
            changed_in_the_ledger(config(tmp_path, text).ledger, second, '"price_minor":250', '"price_minor":150')
            files = authorities(shop, config(tmp_path, text), signing(tmp_path))
            with pytest.raises(Refusal) as refused:
                await made(shop, files, regime, DAY, DAY, NEXT)  # type: ignore[arg-type]
            assert refused.value.refused.values["place"] == {"fr": "paper 1-2", "de": "Z 1 of 1"}[regime]
            (check,) = check_laws(shop.reader, files, NEXT)
            assert check.fault

    run(scenario())


def test_a_number_that_is_missing_is_named_unless_it_is_explained(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=ISRAEL) as shop:
            await begin(shop, "il")
            await a_day(shop, clock)
            files = authorities(shop, config(tmp_path, ISRAEL), signing(tmp_path))
            assert [one.fault for one in check_laws(shop.reader, files, NEXT)] == [""]
            assert not list(days_without_z(shop.reader, 0, NEXT))
            await sell(shop)
            (late,) = days_without_z(shop.reader, 0, "2027-01-18")
            assert late.values == {"register": "1", "day": NEXT, "days": 1}, "that day has no Z"
            writer = pysqlite3.connect(shop.path)
            with writer:
                writer.execute("DELETE FROM receipt WHERE number = 2")
            writer.close()
            (check,) = check_laws(shop.reader, files, NEXT)
            assert "A00000002" in check.fault

    run(scenario())


def test_a_closed_day_takes_no_paper_where_the_clock_was_set_back_over_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=FRANCE) as shop:
            await begin(shop, "fr")
            await sell(shop)
            clock.advance(DAY_S)
            await sell(shop)
            assert [one.period for one in of_type(shop, PeriodClosed)] == [DAY]
        clock.at_us -= int(DAY_S * 1e6)
        clock.boot_id = b"c" * 16  # believed: the machine was started anew
        async with open_shop(tmp_path, clock, stocked=False, text=FRANCE) as shop:
            late = await sell(shop)
            assert late is not None
            assert late.day > DAY, "what is closed stays closed"
            clock.advance(2 * DAY_S)
            await sell(shop)
            clock.advance(DAY_S)
            await close(shop)
            await tell(shop)
            log = [one for told in of_type(shop, LogSigned) for one in told.entries]
            assert [one.note for one in log if one.code == "CLOCK_SET"] == [f"{-DAY_S:+} s"]
            days = [one for one in of_type(shop, PeriodClosed) if one.kind == "day"]
            assert len({one.period for one in days}) == len(days)
            assert sum(one.papers for one in days) == 4
            keys = signing(tmp_path)
            files = authorities(shop, config(tmp_path, FRANCE), keys)
            archive = await made(shop, files, "fr", DAY, days[-1].period, "2027-02-01")
            verify_archive(archive.data, archive.beside, keys.key("fr").public_key())

    run(scenario())


def test_two_z_in_a_day_are_one_closing_which_is_their_sum(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=FRANCE) as shop:
            await begin(shop, "fr")
            for _ in range(2):
                await sell(shop, MILK, JUICE)
                await agreed(shop, PrintReport("z"), MANAGER)
            clock.advance(DAY_S)
            await close(shop)
            (day,) = closings(shop.reader)
            totals = [one.total_minor for one in of_type(shop, ReportPrinted)]
            assert (len(totals), day.total_minor) == (2, sum(totals))

    run(scenario())


def test_a_refund_of_a_paper_before_the_law_is_of_the_law_and_names_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=FRANCE) as shop:
            await sell(shop, MILK)
            await done(shop, StartRegime("fr"), SYSTEM)
            await sell(shop, MILK)
            assert not of_type(shop, PaperSigned), "it began in mid-day: from the next day on"
            clock.advance(DAY_S)
            await agreed(shop, RefundSale(1), MANAGER)
            (signed,) = of_type(shop, PaperSigned)
            assert (signed.kind, signed.number, signed.total_minor) == ("REMBOURSEMENT", 3, -120)
            clock.advance(DAY_S)
            await close(shop)
            await tell(shop)
            keys = signing(tmp_path)
            files = authorities(shop, config(tmp_path, FRANCE), keys)
            archive = await made(shop, files, "fr", NEXT, NEXT, "2027-01-17")
            verify_archive(archive.data, archive.beside, keys.key("fr").public_key())
            assert csv_rows(archive.data, "papers")[0]["basis"] == "1-1"
            with pytest.raises(Refusal, match="fiscal_no_regime"):
                files.plan_file(shop.reader, "fr", DAY, DAY, "", shop.now_us(), "2027-01-17")
            await done(shop, EndRegime("fr", "other_system"), SYSTEM)
            clock.advance(DAY_S)
            await sell(shop)
            assert len(of_type(shop, PaperSigned)) == 1, "never signed afterwards"

    run(scenario())


def test_practice_is_told_and_makes_no_paper_of_the_law(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=FRANCE) as shop:
            await begin(shop, "fr")
            await done(shop, SetUser("ann", "Ann", "cashier", HASH), SYSTEM)
            person = msgspec.structs.replace(CASHIER, name="ann", anonymous=False)
            await agreed(shop, StartTraining(), person)
            await tell(shop)
            codes = [one.code for log in of_type(shop, LogSigned) for one in log.entries]
            assert "TRAINING_ON" in codes
            assert not of_type(shop, PaperSigned)

    run(scenario())


def test_a_restore_in_mid_month_goes_on_and_its_gap_is_explained(tmp_path: Path) -> None:
    async def begun(folder: Path, clock: FakeClock) -> None:
        async with open_shop(folder, clock, text=FRANCE) as shop:
            await begin(shop, "fr")
            await a_day(shop, clock)
            await close(shop)

    async def goes_on(folder: Path, clock: FakeClock) -> None:
        async with open_shop(folder, clock, stocked=False, text=FRANCE) as shop:
            await done(shop, SkipNumbers(10_000, "restored"), msgspec.structs.replace(SYSTEM, register="1"))
            signed = await sell(shop)
            assert signed is not None and signed.number == 10_001
            clock.advance(30 * DAY_S)
            await close(shop)
            await tell(shop)
            keys = signing(folder)
            files = authorities(shop, config(folder, FRANCE), keys)
            archive = await made(shop, files, "fr", DAY, "2027-01-31", "2027-02-15")
            verify_archive(archive.data, archive.beside, keys.key("fr").public_key())
            assert "SKIPPED" in {row["code"] for row in csv_rows(archive.data, "events")}
            month = next(one for one in closings(shop.reader) if one.kind == "month")
            assert month.perpetual_minor == sum(one.total_minor for one in of_type(shop, PaperSigned))

    clock, there, here = FakeClock(), tmp_path / "there", tmp_path / "here"
    there.mkdir()
    run(begun(there, clock))
    shutil.copytree(there, here)
    run(goes_on(here, clock))


def test_a_name_without_a_place_in_eight_bits_is_counted_and_said(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock, text = FakeClock(), ISRAEL.replace('language = "en"', 'language = "he"')
        async with open_shop(tmp_path, clock, text=text) as shop:
            await begin(shop, "il")
            name = {"en": "x", "he": "חָלָב – “תנובה” ₪5 日本"}
            await done(shop, SetProducts((Product("odd", name, ("4012345678918",), 500),)), SYSTEM)
            await sell(shop, "4012345678918")
            clock.advance(DAY_S)
            files = authorities(shop, config(tmp_path, text), signing(tmp_path))
            file = await made(shop, files, "il", DAY, DAY, NEXT)
            assert file.lost >= 2, "two letters of Japanese have no place in it"
            assert [one.fault for one in check_laws(shop.reader, files, NEXT)] == [""]

    run(scenario())


def test_rows_and_files_are_kept_longer_than_any_law_wants_and_come_out_of_archived_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, rows in (("ARCHIVE_LIVE_ROWS", 5), ("ARCHIVE_FRAME_ROWS", 8), ("ARCHIVE_DELETE_ROWS", 7)):
        monkeypatch.setattr(archiving, name, rows)
    monkeypatch.setattr(archive_files, "ARCHIVE_FRAME_ROWS", 8)
    text = FRANCE + BACKUP.format(tmp_path / "usb")

    async def lived(clock: FakeClock) -> tuple[str, str]:
        async with open_shop(tmp_path, clock, text=text) as shop:
            await begin(shop, "fr")
            await a_day(shop, clock)
            await close(shop)
            await tell(shop)
            files = authorities(shop, config(tmp_path, text), signing(tmp_path))
            archive = await made(shop, files, "fr", DAY, DAY, NEXT)
            return archive.sha256, archive.beside

    async def again(clock: FakeClock) -> tuple[str, str]:
        async with open_shop(tmp_path, clock, stocked=False, text=text) as shop:
            return made_again(shop)

    def made_again(shop: CommandBus) -> tuple[str, str]:
        files = authorities(shop, config(tmp_path, text), signing(tmp_path))
        file = files.make_file(shop.reader, reproduction_params(fiscal_files(shop.reader)[0]))
        return file.sha256, file.beside

    clock = FakeClock()
    before = run(lived(clock))
    loaded = config(tmp_path, text)
    ledger = Ledger(loaded, clock)
    held(ledger, ledger.writer.head.seq)
    ledger.close()
    clock.advance((max(KEEP_YEARS.values()) + 1) * 366 * DAY_S)
    segments = archiving.make(loaded, clock.read().at_us, 10)
    assert segments, "rows were put away"
    ledger = Ledger(loaded, clock)
    for segment in archiving.waiting(ledger.db):
        archiving.enter(ledger.db, segment)
    while archiving.take_out(ledger.db):
        pass
    ledger.close()
    assert run(again(clock)) == before
    assert KEEP_YEARS == {"fr": 6, "ca-qc": 6, "ca-on": 6, "il": 7, "at": 7, "de": 10}
    deletes = [path for path in SOURCE.rglob("*.py") if "DELETE FROM fiscal" in path.read_text("utf-8")]
    assert deletes == [], "no command takes a row of it away"
