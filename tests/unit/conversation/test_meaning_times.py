"""Times as people say them in three languages, as days of business and hours of the clock."""

from __future__ import annotations

import pytest

from edge.analytics.insight.rules import DaySpan
from edge.conversation.copilot.meaning.times import Week, days_of, hours_of
from edge.conversation.copilot.meaning.vocabulary import SaidTime, meaning_vocabulary
from edge.goods.search.query.text import words_of

TODAY = "2027-01-15"
"""A Friday."""
SAID = (
    ("yesterday", "hier", "אתמול", "2027-01-14", "2027-01-14"),
    ("last week", "la semaine dernière", "בשבוע שעבר", "2027-01-04", "2027-01-10"),
    ("this week", "cette semaine", "השבוע", "2027-01-11", "2027-01-15"),
    ("last month", "le mois dernier", "בחודש שעבר", "2026-12-01", "2026-12-31"),
    ("this month", "ce mois-ci", "החודש", "2027-01-01", "2027-01-15"),
    ("last quarter", "le trimestre dernier", "ברבעון הקודם", "2026-10-01", "2026-12-31"),
    ("this year", "cette année", "השנה", "2027-01-01", "2027-01-15"),
    ("last Friday", "vendredi dernier", "ביום שישי שעבר", "2027-01-08", "2027-01-08"),
    ("this Friday", "ce vendredi", "ביום שישי הזה", "2027-01-15", "2027-01-15"),
    ("this Monday", "ce lundi", "יום שני הזה", "2027-01-11", "2027-01-11"),
    ("over the past week", "pendant la semaine dernière", "במהלך השבוע שעבר", "2027-01-04", "2027-01-10"),
    ("on Monday", "lundi", "ביום שני", "2027-01-11", "2027-01-11"),
    ("since Monday", "depuis lundi", "מאז יום שני", "2027-01-11", "2027-01-15"),
    ("in the last 30 days", "ces 30 derniers jours", "ב-30 הימים האחרונים", "2026-12-17", "2027-01-15"),
    ("1-10 March", "du 1 au 10 mars", "בין 1 ל-10 במרץ", "2026-03-01", "2026-03-10"),
    ("3 January", "le 3 janvier", "ב-3 בינואר", "2027-01-03", "2027-01-03"),
    ("in December", "en décembre", "בדצמבר", "2026-12-01", "2026-12-31"),
    ("last January", "janvier dernier", "ינואר שעבר", "2026-01-01", "2026-01-31"),
    ("the Friday before", "le vendredi d'avant", "יום שישי שלפניו", "2027-01-01", "2027-01-01"),
    ("tomorrow", "demain", "מחר", "2027-01-16", "2027-01-16"),
    ("next 7 days", "les 7 prochains jours", "ב-7 הימים הקרובים", "2027-01-16", "2027-01-22"),
    ("two days ago", "il y a deux jours", "לפני שני ימים", "2027-01-13", "2027-01-13"),
    ("last weekend", "le week-end dernier", "בסוף השבוע שעבר", "2027-01-09", "2027-01-10"),
    ("at Christmas", "à Noël", "בחג המולד", "2026-12-25", "2026-12-25"),
    ("at Passover", "à Pessah", "בפסח", "2026-04-02", "2026-04-02"),
)
HOURS = (
    ("between 5 and 7 pm", "entre 17 h et 19 h", "בין חמש לשבע בערב", "17-19"),
    ("between 9 and 11 am", "entre 9 h et 11 h du matin", "בין תשע לאחת עשרה בבוקר", "9-11"),
    ("from 12 to 14", "de 12 h à 14 h", "בין 12 ל-14", "12-14"),
)


def time_in(text: str, language: str) -> SaidTime:
    """The longest time that a text begins with, of all its words."""
    words = words_of(text)
    found = [
        (one.length, -one.loose, SaidTime(one.entry.key, one.values))
        for at in range(len(words))
        for one in meaning_vocabulary(language).matches(words, at)
        if one.entry.kind == "times"
    ]
    return max(found, key=lambda one: one[:2])[2]


@pytest.mark.parametrize(("en", "fr", "he", "first", "last"), SAID)
def test_days_in_three_languages(en: str, fr: str, he: str, first: str, last: str) -> None:
    for text, language in ((en, "en"), (fr, "fr"), (he, "he")):
        span = days_of(time_in(text, language), TODAY)
        assert span is not None and (span.first, span.last) == (first, last), (text, span)


@pytest.mark.parametrize(("en", "fr", "he", "hours"), HOURS)
def test_hours_in_three_languages(en: str, fr: str, he: str, hours: str) -> None:
    for text, language in ((en, "en"), (fr, "fr"), (he, "he")):
        assert hours_of(time_in(text, language)) == hours, text


def test_what_is_to_come_begins_today() -> None:
    friday = SaidTime("weekday", ("4",))
    ahead, over = days_of(friday, TODAY, ahead=True), days_of(friday, TODAY)
    assert ahead is not None and ahead.first == TODAY
    assert over is not None and over.first == "2027-01-08", "the last one that is over"
    until = days_of(SaidTime("until", (SaidTime("weekday", ("6",)),)), TODAY, ahead=True)
    assert until is not None and (until.first, until.last) == (TODAY, "2027-01-17")


def test_weeks_begin_on_sunday_where_they_do() -> None:
    week = days_of(SaidTime("this_week"), TODAY, week=Week(sunday_first=True))
    assert week is not None and (week.first, week.last) == ("2027-01-10", TODAY)


def test_a_weekend_is_that_of_the_country() -> None:
    sunday, weekend = "2027-01-17", SaidTime("weekend")
    assert days_of(weekend, sunday) == days_of(weekend, sunday, week=Week.of("FR")) == DaySpan("2027-01-16", sunday)
    assert days_of(weekend, sunday, week=Week.of("IL")) == DaySpan("2027-01-15", "2027-01-16")
    last = SaidTime("last_weekend")
    assert days_of(last, sunday) == DaySpan("2027-01-09", "2027-01-10")
    assert days_of(last, sunday, week=Week.of("IL")) == DaySpan("2027-01-15", "2027-01-16"), (
        "Friday and Saturday are over"
    )
    assert days_of(weekend, sunday, ahead=True, week=Week.of("IL")) == DaySpan("2027-01-22", "2027-01-23")


def test_days_that_there_are_not() -> None:
    for said in (SaidTime("range_days", (30, 31, "2")), SaidTime("last_days", (0,)), SaidTime("hours", (5, 7))):
        assert days_of(said, TODAY) is None
    assert hours_of(SaidTime("hours", (19, 17))) == ""
