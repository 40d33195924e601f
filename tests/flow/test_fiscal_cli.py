"""`edge fiscal`: how the law stands, files made and looked at, and what is refused in plain words."""

from __future__ import annotations

from pathlib import Path

from edge.shop.fiscal.commands import EndRegime
from tests.fiscal_shop import FRANCE, ISRAEL, begin
from tests.flow.test_fiscal_files import a_day
from tests.http_client import Ended, edge
from tests.shop_fixture import SYSTEM, FakeClock, done, open_shop, run

YEARS_AGO_US = 1_700_000_000_000_000
"""2023-11-14: the days of the shop are over by the clock of the command line."""
DAY = "2023-11-14"


def test_france_from_the_command_line(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock(YEARS_AGO_US)
        (tmp_path / "config.toml").write_text(FRANCE)
        async with open_shop(tmp_path, clock, text=FRANCE) as shop:
            await begin(shop, "fr")
            await a_day(shop, clock)

        async def fiscal(*words: str | Path) -> Ended:
            return await edge("--config", tmp_path / "config.toml", "fiscal", *words)

        status = await fiscal("status")
        assert status.status == 0, status
        assert f"fr: since {DAY}. This software is not certified" in status.out
        assert "till 1: receipt 5" in status.out
        closed = await fiscal("close")
        assert closed.status == 0 and not closed.out.startswith("0 "), closed
        file = tmp_path / "november.zip"
        made = await fiscal("export", "fr", "--from", DAY, "--to", DAY, "-o", file)
        assert made.status == 0, made
        assert "SHA-256" in made.out
        right = await fiscal("verify", file)
        assert (right.status, "is right" in right.out) == (0, True), right
        whole = await fiscal("verify")
        assert whole.status == 0 and "fr" in whole.out and "FAULT" not in whole.out, whole
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(bytes(data))
        wrong = await fiscal("verify", file)
        assert wrong.status == 1 and wrong.out.startswith("FAULT"), wrong
        backwards = await fiscal("export", "fr", "--from", "2023-11-20", "--to", DAY)
        assert backwards.status == 1 and "Nothing was written" in backwards.err, backwards
        other = await fiscal("export", "de", "--from", DAY, "--to", DAY)
        assert other.status == 1 and "de did not hold" in other.err, other
        sheet = await fiscal("attest")
        assert sheet.status == 0 and "732829320" in sheet.out, sheet

    run(scenario())
    assert not list(tmp_path.glob(".*.part")), "no half file is left"


def test_israel_from_the_command_line_and_an_end(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock(YEARS_AGO_US)
        (tmp_path / "config.toml").write_text(ISRAEL)
        async with open_shop(tmp_path, clock, text=ISRAEL) as shop:
            await begin(shop, "il")
            await a_day(shop, clock)
            await done(shop, EndRegime("il", "closed"), SYSTEM)

        async def fiscal(*words: str | Path) -> Ended:
            return await edge("--config", tmp_path / "config.toml", "fiscal", *words)

        made = await fiscal("export", "il", "--from", DAY, "--to", DAY, "-o", tmp_path / "il.zip")
        assert made.status == 0, made
        assert "ביצוע ממשק פתוח הסתיים בהצלחה" in made.out
        tape = await fiscal("tape", DAY)
        assert tape.status == 0 and "סרט בקרה" in tape.out, tape
        again = await fiscal("begin", "fr")
        assert again.status == 1 and "config.toml does not name fr" in again.err, again

    run(scenario())
