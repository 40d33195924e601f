"""What a shop under a tax law that signs notices."""

from __future__ import annotations

import ast
import hashlib
from pathlib import Path

from edge.accounting.fiscal.commands import EndRegime, SignLog, StartRegime
from edge.accounting.fiscal.events import CopySigned, LogSigned, NoteSigned, PaperSigned, PeriodClosed
from edge.accounting.fiscal.queries import closings, fiscal_files, read_regimes
from edge.accounting.fiscal.service.year_archive import YearArchivePart
from edge.accounting.fiscal.version import FISCAL_VERSION
from edge.accounting.receipt_mail.commands import MailReceipt
from edge.accounting.receipt_mail.service.letters import receipts
from edge.core.journal.verify import verify
from edge.core.messages import Refused
from edge.counter.till.commands import AddLine, Pay, PrintReport, ReprintReceipt, VoidLastSale
from edge.counter.till.lines.bill_splits import PrintBill
from edge.foundation.outbox.letters import letters_of
from edge.foundation.printing.layout import plain_text
from edge.foundation.printing.queries import last_print_job
from edge.lib.fiscal.france.chains import printed_mark
from edge.lib.fiscal.france.verification import verify_archive
from tests.fiscal_shop import DAY_S, FRANCE, authorities, close, made, of_type, sell, tell
from tests.flow.accounting.test_fiscal_files import signing
from tests.shop_fixture import CASHIER, MANAGER, MILK, SYSTEM, FakeClock, agreed, config, done, open_shop, run

ROOT = Path(__file__).parents[3]
SIGNED = ("es256.py", "france/chains.py", "france/closings.py", "austria/receipt.py")
PINNED = ("4", "fcbb9f3bd8227ed5")
"""The version of what is signed, and the hash of the code that says how."""


def code_of(module: str) -> str:
    """A module's lines without descriptions, raised errors, comments and empty lines: rewording those signs nothing
    differently."""
    lines = module.splitlines()
    for node in ast.walk(ast.parse(module)):
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if isinstance(node, ast.Raise) or (is_text and isinstance(node.value.value, str)):
            lines[node.lineno - 1 : node.end_lineno] = [""] * ((node.end_lineno or node.lineno) - node.lineno + 1)
    return "\n".join(line for line in lines if line.strip() and not line.lstrip().startswith("#"))


def test_a_sale_is_signed_in_its_own_commit_and_chained(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=FRANCE) as shop:
            await done(shop, StartRegime("fr"), SYSTEM)
            first = await sell(shop, MILK)
            second = await sell(shop, MILK, MILK)
            assert first
            assert second
            assert (first.number, second.number) == (1, 2)
            assert first.signature != second.signature
            assert [(row.rate, row.gross_minor) for row in second.vat] == [(550, 240)]
            await agreed(shop, VoidLastSale(reason="x"), MANAGER)
            void = of_type(shop, PaperSigned)[-1]
            assert (void.kind, void.total_minor) == ("ANNULATION", -240)
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_days_months_and_years_close_by_themselves(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()  # 2027-01-15
        async with open_shop(tmp_path, clock, text=FRANCE) as shop:
            await done(shop, StartRegime("fr"), SYSTEM)
            await sell(shop, MILK)
            assert await close(shop) == 0, "the day is not over"
            clock.advance(DAY_S)
            await sell(shop, MILK, MILK)
            (day,) = of_type(shop, PeriodClosed)
            assert (day.kind, day.period, day.total_minor) == ("day", "2027-01-15", 120), "before the next day's paper"
            clock.advance(40 * DAY_S)
            await close(shop)
            assert [one.period for one in of_type(shop, PeriodClosed)] == ["2027-01-15", "2027-01-16", "2027-01"]
            clock.advance(330 * DAY_S)
            await close(shop)
            made = closings(shop.reader)
            assert made[0].kind == "year" and made[0].period == "2027"
            assert (made[0].total_minor, made[0].perpetual_minor) == (360, 360)
            assert [one.papers for one in made if one.kind == "month"] == [0] * 11 + [2]
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


def test_copies_are_counted_and_signed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=FRANCE) as shop:
            await done(shop, StartRegime("fr"), SYSTEM)
            await sell(shop)
            for _ in range(2):
                await done(shop, ReprintReceipt(1))
            assert [(one.copy, one.times) for one in of_type(shop, CopySigned)] == [(1, 1), (2, 2)]

    run(scenario())


def test_what_happened_is_in_a_signed_log(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=FRANCE) as shop:
            await done(shop, StartRegime("fr"), SYSTEM)
            await sell(shop)
            await agreed(shop, PrintReport("z"), MANAGER)
            await tell(shop)
            told = [(one.code, one.register) for log in of_type(shop, LogSigned) for one in log.entries]
            assert told == [("REGIME", "store"), ("KEY", "store"), ("Z", "1")]
            assert not (await done(shop, SignLog(), SYSTEM)).events, "nothing is told twice"

    run(scenario())


def test_a_key_that_is_gone_stops_no_sale_and_what_was_sold_is_signed_later(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=FRANCE) as shop:
            await done(shop, StartRegime("fr"), SYSTEM)
            await sell(shop)
        secrets = (tmp_path / "data" / "secrets.json").read_bytes()
        (tmp_path / "data" / "secrets.json").unlink()
        async with open_shop(tmp_path, clock, stocked=False, text=FRANCE) as shop:
            await sell(shop)
            assert len(of_type(shop, PaperSigned)) == 1
            clock.advance(DAY_S)
            await close(shop)
            assert not of_type(shop, PeriodClosed), "no day is closed before its papers are signed"
        (tmp_path / "data" / "secrets.json").write_bytes(secrets)
        async with open_shop(tmp_path, clock, stocked=False, text=FRANCE) as shop:
            await close(shop)
            assert [one.number for one in of_type(shop, PaperSigned)] == [1, 2]
            (day,) = of_type(shop, PeriodClosed)
            assert day.total_minor == 240

    run(scenario())


def test_who_may_not_begin_is_told_why(tmp_path: Path) -> None:
    async def scenario() -> None:
        both = FRANCE.replace('["fr"]', '["fr", "at", "il"]').replace("732829320", "732829321")
        async with open_shop(tmp_path, text=both) as shop:
            assert await shop.do(StartRegime("fr"), SYSTEM) == Refused("fiscal_siren_missing")
            refused = await shop.do(StartRegime("il"), SYSTEM)
            assert refused == Refused("fiscal_number_wrong", {"number": "123456789"})
            await done(shop, StartRegime("at"), SYSTEM)
            again = await shop.do(StartRegime("at"), SYSTEM)
            assert isinstance(again, Refused) and again.code == "fiscal_started"
            await done(shop, EndRegime("at", "mistaken"), SYSTEM)
            assert read_regimes(shop.reader)[0].until == "2027-01-15"

    run(scenario())


def test_what_is_signed_changes_only_with_the_fiscal_version() -> None:
    code = "".join(code_of((ROOT / "edge/lib/fiscal" / name).read_text()) for name in SIGNED)
    assert (FISCAL_VERSION, hashlib.sha256(code.encode()).hexdigest()[:16]) == PINNED, (
        "another FISCAL_VERSION, then its hash here"
    )


def test_a_start_tells_another_version_and_other_taxes_and_an_end_is_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=FRANCE) as shop:
            await done(shop, StartRegime("fr"), SYSTEM)
            await done(shop, SignLog(started=True), SYSTEM)
            await done(shop, SignLog(started=True), SYSTEM)
            await done(shop, SignLog(stopped=True), SYSTEM)
        other = FRANCE.replace('"5.5"', '"6"')
        async with open_shop(tmp_path, stocked=False, text=other) as shop:
            await done(shop, SignLog(started=True), SYSTEM)
            await tell(shop)
            codes = [one.code for log in of_type(shop, LogSigned) for one in log.entries]
            assert codes == ["REGIME", "KEY", "START", "START", "STOP", "START", "TAXES"]

    run(scenario())


def test_a_bill_before_payment_is_signed_in_a_chain_of_its_own_and_archived(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=FRANCE) as shop:
            await done(shop, StartRegime("fr"), SYSTEM)
            for _ in range(2):
                await agreed(shop, AddLine(MILK))
                await done(shop, PrintBill())
            job = last_print_job(shop.reader, "1", "bill")
            assert job is not None
            assert "Document provisoire" in plain_text(job.document)
            assert [(one.note, one.total_minor) for one in of_type(shop, NoteSigned)] == [(1, 120), (2, 240)]
            await agreed(shop, Pay("card"))
            clock.advance(DAY_S)
            await close(shop)
            await tell(shop)
            keys = signing(tmp_path)
            files = authorities(shop, config(tmp_path, FRANCE), keys)
            archive = await made(shop, files, "fr", "2027-01-15", "2027-01-15", "2027-01-16")
            manifest = verify_archive(archive.data, archive.beside, keys.key("fr").public_key())
            assert manifest.rows["notes"] == 2

    run(scenario())


def test_the_archive_of_a_year_is_made_by_itself_and_lies_beside_the_backups(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock, text = FakeClock(), FRANCE + f'[backup]\nfolder = "{tmp_path / "usb"}"\nsame_disk = true\n'
        (tmp_path / "usb").mkdir()
        async with open_shop(tmp_path, clock, text=text) as shop:
            part = YearArchivePart(config(tmp_path, text), shop)
            await done(shop, StartRegime("fr"), SYSTEM)
            await sell(shop)
            await close(shop)
            assert await part.look() == 0, "the year is not over"
            clock.advance(360 * DAY_S)
            await close(shop)
            assert await part.look() == 2
            (file,) = fiscal_files(shop.reader)
            assert (file.since, file.until, file.place) == ("2027-01-15", "2027-12-31", 1)
            first, second = (folder / "fiscal" / "2027.zip" for folder in (tmp_path / "data", tmp_path / "usb"))
            verify_archive(first.read_bytes(), first.with_name("2027.zip.jws").read_text())
            second.with_name("2027.zip.jws").unlink()
            second.unlink()
            assert await part.look() == 1, "what is gone is laid again"
            assert second.read_bytes() == first.read_bytes()
            assert len(fiscal_files(shop.reader)) == 1, "and is the same one"

    run(scenario())


def test_a_receipt_by_mail_says_which_duplicate_it_is(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock, text = FakeClock(), FRANCE + '[notify.email]\nhost = "127.0.0.1"\nsender = "shop@example.com"\n'
        async with open_shop(tmp_path, clock, text=text) as shop:
            await done(shop, StartRegime("fr"), SYSTEM)
            signed = await sell(shop)
            assert signed
            writer = receipts(config(tmp_path, text), shop.registry)
            for at, to in enumerate(("one@example.org", "two@example.org"), 1):
                clock.advance(60)
                await done(shop, MailReceipt(1, to), CASHIER)
                mail = max(letters_of(shop.reader, "receipt:"), key=lambda one: one.made_us)
                letter = writer.write(shop.reader, mail)
                assert not isinstance(letter, str)
                told = "\n".join(letter.parcel.paragraphs)
                assert f"DUPLICATE no. {at}" in told
                assert printed_mark(signed.signature) in told

    run(scenario())
