"""Reports are made once and stay: equal to the papers to the cent, sent to whom wants them, also as a PDF."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import msgspec
import pypdfium2
import pytest

from edge.analytics.insight.commands import KeepReport
from edge.analytics.insight.report_paper import ReportWording, as_sheet
from edge.analytics.insight.reports import is_made, read_made, span_of
from edge.analytics.insight.reports_part import PeriodReports, keep_report, last_whole
from edge.analytics.insight.rules import DaySpan
from edge.analytics.notify.commands import SetPreferences
from edge.core.command_bus import CommandBus
from edge.core.messages import Done
from edge.core.process.pdf_sheet import PdfSheet, SheetTable, make_pdf
from edge.core.storage.database import Connection
from edge.counter.reports.queries import read_day_sums
from edge.counter.till.commands import AddLine, Pay
from edge.foundation.outbox.service.channels.email import EmailChannel
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.lib.i18n import LANGUAGES, direction, translate
from edge.lib.units.dates import after
from edge.runtime.outgoing.mail import OutgoingMail
from tests.notify_fixture import DANA, HOUR_S, MAIL, MIN_S, telling
from tests.shop_fixture import CASHIER, MILK, SYSTEM, FakeClock, run
from tests.unit.analytics.test_insight import follow

HOOK = "https://hooks.slack.example/x"


async def sold(shop: CommandBus, clock: FakeClock, days: int) -> str:
    """So many days with a carton of milk each; the last of them."""
    await shop.do(SetProducts((Product("milk", {"en": "Milk"}, (MILK,), 120, "reduced", cost_minor=60),)), SYSTEM)
    for _ in range(days):
        await shop.do(AddLine(MILK), CASHIER)
        assert isinstance(await shop.do(Pay("card"), CASHIER), Done)
        clock.advance(24 * HOUR_S)
    return str(shop.reader.execute("SELECT max(business_date) FROM receipt").fetchone()[0])


def whole(db: Connection) -> None:
    """The figures and the days have followed the journal, as their parts say."""
    names = "('figures', 'papers', 'register_days')"
    db.execute(f"UPDATE projection SET seq = (SELECT max(seq) FROM journal) WHERE name IN {names}")
    db.commit()


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_range() for page in document)


@pytest.mark.parametrize(
    ("kind", "yesterday", "first"),
    [
        ("daily", "2027-01-14", "2027-01-14"),
        ("weekly", "2027-01-14", "2027-01-04"),
        ("weekly", "2027-01-17", "2027-01-11"),
        ("monthly", "2027-01-30", "2026-12-01"),
        ("monthly", "2027-01-31", "2027-01-01"),
    ],
)
def test_the_newest_period_that_is_over(kind: str, yesterday: str, first: str) -> None:
    assert last_whole(kind, date.fromisoformat(yesterday), 1).first == first  # type: ignore[arg-type]


def test_a_report_is_made_once_sent_once_and_stays(tmp_path: Path) -> None:
    async def scenario() -> None:
        wanting = msgspec.structs.replace(MAIL, reports=("daily",))
        async with telling(tmp_path, **{DANA: wanting}) as told:
            last = await sold(told.shop, told.clock, 9)
            follow(told.shop, db := told.shop._writer._db)
            whole(db)
            part = PeriodReports(told.shop, tmp_path / "data" / "edge.sqlite", "UTC", lambda _: after(last, 1))
            part._ledger = Path(db.execute("PRAGMA database_list").fetchone()[2])
            db.execute("UPDATE projection SET seq = seq - 1 WHERE name = 'figures'")
            db.commit()
            made = await part.make()
            assert ("daily", last) not in made, "its figures lack a fact"
            whole(db)
            made += await part.make()
            assert ("daily", last) in made and ("weekly", span_of("weekly", date(2027, 1, 17), 1).first) in made
            whole(db)
            assert await part.make() == [], "once"
            day = DaySpan(last, last)
            report = read_made(db, "daily", day.first)
            assert report and report.total_minor == read_day_sums(db, last).total_minor
            assert report.made_us and not report.corrections
            await told.after(MIN_S)
            sent = [parcel for _, parcel in told.email.sent]
            assert len(sent) == 7, "also of days on whose evening it was off"
            parcel = sent[-1]
            assert last in parcel.title and "Revenue" in parcel.text and parcel.files
            await told.after(HOUR_S)
            assert len(told.email.sent) == 7, "and sent once"
            await told.do(
                SetPreferences(DANA, msgspec.structs.replace(wanting, slack_webhook=HOOK, enabled_channels=("slack",)))
            )
            await told.after(MIN_S)
            assert not told.slack.sent, "nor by another channel"
            mail = EmailChannel(OutgoingMail.__new__(OutgoingMail), "edge@example.com").message(parcel, "d@example.com")
            assert mail["Subject"].startswith("Daily report")
            await _stays(told.shop, db)

    run(scenario())


async def _stays(shop: CommandBus, db: Connection) -> None:
    """What comes to a day behind its report is told beside it, and stands in the next one, once."""
    (today,) = {shop_day for (shop_day,) in db.execute("SELECT business_date FROM journal ORDER BY seq DESC LIMIT 1")}
    await shop.do(AddLine(MILK), CASHIER)
    await shop.do(Pay("card"), CASHIER)
    follow(shop, db)
    day = DaySpan(today, today)
    early = keep_report(db, "daily", day)
    assert isinstance(await shop.do(early, SYSTEM), Done)
    await shop.do(AddLine(MILK), CASHIER)
    await shop.do(Pay("card"), CASHIER)
    follow(shop, db)
    other = KeepReport("daily", today, today, early.body.replace('"total_minor":', '"total_minor":9'))
    outcome = await shop.do(other, SYSTEM)
    assert isinstance(outcome, Done) and outcome.result is False, "it is made once"
    found = read_made(db, "daily", day.first)
    assert found and [(one.before_minor, one.now_minor) for one in found.corrections] == [
        (found.total_minor, 2 * found.total_minor)
    ]
    tomorrow = DaySpan(after(today, 1), after(today, 1))
    assert is_made(db, "daily", day) and not is_made(db, "daily", tomorrow)
    await shop.do(keep_report(db, "daily", tomorrow), SYSTEM)
    told = read_made(db, "daily", tomorrow.first)
    assert told and [one.day for one in told.late] == [today]
    await shop.do(keep_report(db, "daily", DaySpan(after(today, 2), after(today, 2))), SYSTEM)
    again = read_made(db, "daily", after(today, 2))
    assert again and again.late == [], "and once"
    for language in LANGUAGES:
        write = ReportWording(language, str, str, lambda names: names["en"])
        sheet = as_sheet(told, write, ("Corner Shop",))
        assert sheet.right_to_left == (direction(language) == "rtl")
        assert any(today in note and "{" not in note for lines in sheet.paragraphs for note in lines)


def test_a_pdf_in_each_language() -> None:
    for language in LANGUAGES:
        words = translate(language, "insight.turnover")
        table = SheetTable(words, ("a", "b"), tuple((f"row {at}", "12.50") for at in range(60)))
        sheet = PdfSheet(words, direction(language) == "rtl", ("Corner Shop",), (), (table,))
        said = text_of(make_pdf(sheet))
        assert "row 59" in said and "12.50" in said
        assert words in said or words[::-1] in said, language


def test_a_pdf_has_the_letters_of_other_scripts() -> None:
    said = text_of(make_pdf(PdfSheet("", False, (), (("قهوة Coffee \U0010fffd",),), ())))
    letters = unicodedata.normalize("NFKC", said)
    assert "Coffee" in letters and ("قهوة" in letters or "ةوهق" in letters), said


def test_a_long_line_goes_on_below_where_people_go_on_reading() -> None:
    """Each line is turned around by itself: what is said first stands in the first line, also in Hebrew."""
    for first, last, right_to_left in (("ראשון", "אחרון", True), ("first", "last", False)):
        words = f"{first} {'בינתיים ' * 60 if right_to_left else 'meanwhile ' * 60}{last}"
        said = text_of(make_pdf(PdfSheet("", right_to_left, (), ((words,),), ())))
        at = [max(said.find(word), said.find(word[::-1])) for word in (first, last)]
        assert 0 <= at[0] < at[1], said
        assert len(said.splitlines()) >= 3
