"""`edge fiscal`: how the law stands, files made and looked at, keys and certificates, what is refused in plain words.

The command line runs within the test: a process of its own for each command costs seconds.
"""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import pytest

from edge.__main__ import main
from edge.accounting.fiscal.commands import EndRegime
from edge.accounting.fiscal.events import PaperSigned
from edge.accounting.fiscal.queries import closings
from edge.core.clock import SystemClock
from edge.core.secrets import keys as secret_keys
from edge.core.secrets.store import SecretStore
from edge.lib.fiscal.france.verification import verify_archive
from edge.operations.maintenance.backups import backup
from sim.fiscal.quebec import quebec
from tests.fiscal_shop import (
    DAY_S,
    FRANCE,
    ISRAEL,
    ONTARIO,
    QUEBEC,
    authorities,
    begin,
    close,
    made,
    of_type,
    sell,
    tell,
)
from tests.flow.accounting.test_fiscal_files import a_day, csv_rows, signing
from tests.flow.accounting.test_fiscal_ontario import january
from tests.http_client import Ended
from tests.shop_fixture import SYSTEM, FakeClock, config, done, open_shop, run

YEARS_AGO_US = 1_700_000_000_000_000
"""2023-11-14: the days of the shop are over by the clock of the command line."""
DAY = "2023-11-14"
Capture = pytest.CaptureFixture[str]


class CommandLine:
    """`edge --config CONFIG`, and what it says."""

    def __init__(self, config: Path, capsys: Capture) -> None:
        self._config = config
        self._capsys = capsys

    def __call__(self, *words: str | Path) -> Ended:
        self._capsys.readouterr()
        status = main(["--config", str(self._config), *map(str, words)])
        return Ended(status, *self._capsys.readouterr())

    def fiscal(self, *words: str | Path) -> Ended:
        return self("fiscal", *words)


def command_line(folder: Path, text: str, capsys: Capture) -> CommandLine:
    path = folder / "config.toml"
    path.write_text(text)
    return CommandLine(path, capsys)


def test_france_from_the_command_line(tmp_path: Path, capsys: Capture) -> None:
    edge = command_line(tmp_path, FRANCE, capsys)

    async def lived() -> None:
        clock = FakeClock(YEARS_AGO_US)
        async with open_shop(tmp_path, clock, text=FRANCE) as shop:
            await begin(shop, "fr")
            await a_day(shop, clock)

    run(lived())
    status = edge.fiscal("status")
    assert status.status == 0, status
    assert f"fr: since {DAY}. This software isn't certified" in status.out
    assert "till 1: receipt 5" in status.out
    closed = edge.fiscal("close")
    assert closed.status == 0 and not closed.out.startswith("0 "), closed
    file = tmp_path / "november.zip"
    exported = edge.fiscal("archive", "2023-11", "-o", file)
    assert exported.status == 0 and "SHA-256" in exported.out, exported
    right = edge.fiscal("verify", file)
    assert (right.status, "is valid" in right.out) == (0, True), right
    whole = edge.fiscal("verify")
    assert whole.status == 0 and "fr" in whole.out and "FAULT" not in whole.out, whole
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))
    wrong = edge.fiscal("verify", file)
    assert wrong.status == 1 and wrong.out.startswith("FAULT"), wrong
    backwards = edge.fiscal("export", "fr", "--from", "2023-11-20", "--to", DAY)
    assert backwards.status == 1 and "No file was written" in backwards.err, backwards
    other = edge.fiscal("export", "de", "--from", DAY, "--to", DAY)
    assert other.status == 1 and "de wasn't active" in other.err, other
    sheet = edge.fiscal("attest")
    assert sheet.status == 0 and "732829320" in sheet.out, sheet
    assert not list(tmp_path.glob(".*.part")), "no half file is left"


def test_the_books_of_a_year_and_a_key_that_is_lost(tmp_path: Path, capsys: Capture) -> None:
    edge = command_line(tmp_path, FRANCE, capsys)

    async def lived() -> None:
        clock = FakeClock(YEARS_AGO_US)
        async with open_shop(tmp_path, clock, text=FRANCE) as shop:
            await begin(shop, "fr")
            await sell(shop)

    run(lived())
    books = edge.fiscal("fec", "2023", "-o", tmp_path / "books.txt")
    lines = (tmp_path / "books.txt").read_text().splitlines()
    assert books.status == 0 and f"{len(lines) - 1} lines, 2023-01-01 to 2023-12-31" in books.out, books
    assert len(lines) >= 3 and {len(line.split("\t")) for line in lines} == {18}
    no_year = edge.fiscal("fec", "19999")
    assert no_year.status == 1 and "Tax year not found." in no_year.err, no_year
    kept = edge.fiscal("new-key", "fr")
    assert kept.status == 1 and "works, so it wasn't replaced" in kept.err, kept
    SecretStore(tmp_path / "data", secret_keys.of_secrets(tmp_path / "data")).remove("box.fiscal.fr")
    assert edge.fiscal("new-key", "fr").status == 0
    assert signing(tmp_path).has("fr")
    gone = edge.fiscal("end", "fr", "closed")
    assert gone.status == 0, gone
    assert " to 20" in edge.fiscal("status").out.splitlines()[0], "it says until when"
    twice = edge.fiscal("end", "fr", "closed")
    assert twice.status == 1 and "fr isn't active here" in twice.err, twice


def test_israel_from_the_command_line_and_an_end(tmp_path: Path, capsys: Capture) -> None:
    text = ISRAEL + 'registration_number = 12345678\nhost = "https://taxes.example"\n'
    edge = command_line(tmp_path, text, capsys)

    async def lived() -> None:
        clock = FakeClock(YEARS_AGO_US)
        async with open_shop(tmp_path, clock, text=text) as shop:
            await begin(shop, "il")
            await a_day(shop, clock)
            await done(shop, EndRegime("il", "closed"), SYSTEM)

    run(lived())
    status = edge.fiscal("status").out
    assert "requested at https://taxes.example" in status, "whoever is asked is named"
    assert "isn't registered" not in status
    exported = edge.fiscal("export", "il", "--from", DAY, "--to", DAY, "-o", tmp_path / "il.zip")
    assert exported.status == 0, exported
    assert "ביצוע ממשק פתוח הסתיים בהצלחה" in exported.out
    tape = edge.fiscal("tape", DAY)
    assert tape.status == 0 and "סרט בקרה" in tape.out, tape
    again = edge.fiscal("begin", "fr")
    assert again.status == 1 and "fr isn't listed in [fiscal] regimes" in again.err, again


def test_ontarios_month_from_the_command_line(tmp_path: Path, capsys: Capture) -> None:
    edge = command_line(tmp_path, ONTARIO, capsys)

    async def lived() -> None:
        async with open_shop(tmp_path, FakeClock(YEARS_AGO_US), text=ONTARIO) as shop:
            await january(shop)

    run(lived())
    month = edge.fiscal("report", "2023-11", "-o", tmp_path / "november.xlsx")
    assert month.status == 0 and (tmp_path / "november.xlsx").read_bytes().startswith(b"PK"), month
    no_month = edge.fiscal("report", "2023-13")
    assert no_month.status == 1 and "2023-13 isn't a month or year." in no_month.err, no_month


def test_quebecs_certificate_and_user_report_from_the_command_line(tmp_path: Path, capsys: Capture) -> None:
    async def scenario() -> None:
        async with quebec(tmp_path) as sim:
            text = QUEBEC + f'enrolment = "{sim.enrolment}"\nca = "{sim.authority.ca}"\n'
            edge = command_line(tmp_path, text, capsys)
            async with open_shop(tmp_path, text=text) as shop:
                await begin(shop, "ca-qc")
            wrong = await asyncio.to_thread(edge.fiscal, "enrol", "WRONG-CODE")
            assert wrong.status == 1 and "No certificate was issued" in wrong.err, wrong
            taken = await asyncio.to_thread(edge.fiscal, "enrol", sim.code)
            assert taken.status == 0 and signing(tmp_path).fingerprint in taken.out, taken
            nowhere = await asyncio.to_thread(edge.fiscal, "user-report")
            assert nowhere.status == 1 and "RAPPORT DE L'UTILISATEUR" in nowhere.out, nowhere
            (tmp_path / "config.toml").write_text(text + f'host = "{sim.host}"\n')
            report = await asyncio.to_thread(edge.fiscal, "user-report", "--year", "2026", "--user", "Ann")
            assert report.status == 0 and "VENTES DE 2026" in report.out and "accepted it" in report.out, report
            assert [one["UT"] for one in sim.reports] == ["Ann"]

    run(scenario())


def test_keys_travel_with_a_backup_and_the_chain_goes_on_from_a_bare_folder(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, here, usb = tmp_path / "there", tmp_path / "here", tmp_path / "usb"
    for folder in (there, here):
        folder.mkdir()
    text = FRANCE + f'[backup]\nfolder = "{usb}"\nsame_disk = true\n'
    edge = command_line(there, text, capsys)

    async def lived() -> str:
        clock = FakeClock(YEARS_AGO_US)
        async with open_shop(there, clock, text=text) as shop:
            await begin(shop, "fr")
            await a_day(shop, clock)
            await close(shop)
            return of_type(shop, PaperSigned)[-1].signature

    async def goes_on(before: str) -> None:
        clock = FakeClock(int(SystemClock().read().at_us))
        async with open_shop(here, clock, stocked=False, text=text) as shop:
            signed = await sell(shop)
            assert signed is not None and signed.number > 5 and signed.signature != before
            clock.advance(DAY_S)
            await close(shop)
            await tell(shop)
            keys = signing(here)
            assert keys.key("fr").private_numbers() == signing(there).key("fr").private_numbers()
            files = authorities(shop, config(here, text), keys)
            month, today = closings(shop.reader)[0].period[:7], "2099-01-01"
            archive = await made(shop, files, "fr", f"{month}-01", signed.day, today)
            verify_archive(archive.data, archive.beside, keys.key("fr").public_key())
            assert "RESTORED" in {row["code"] for row in csv_rows(archive.data, "events")}
            first = csv_rows(archive.data, "papers")[0]
            assert first["number"] == str(signed.number), "chained to the last one of the other box"

    last = run(lived())
    copied = backup.make(config(there, text), SystemClock().read().at_us)
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    code = edge("backup", "code").out.splitlines()[0]
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{code}\n"))
    restored = CommandLine(here / "config.toml", capsys)("restore", copied.path)
    assert restored.status == 0, restored
    run(goes_on(last))
