"""Grammar of times: expressions of days and hours as business days and hours of the day. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from edge.analytics.insight.rules import DaySpan
from edge.conversation.copilot.meaning.vocabulary import SaidTime
from edge.lib.regions.countries import first_weekday, weekend

SUNDAY = DAYS = 7


class Week(NamedTuple):
    """A country's week: whether it begins on Sunday, and the days of its weekend (0 is Monday)."""

    sunday_first: bool = False
    weekend: tuple[int, ...] = (5, 6)

    @classmethod
    def of(cls, country: str) -> Week:
        return cls(first_weekday(country) == SUNDAY, weekend(country))

    @property
    def workdays(self) -> tuple[int, ...]:
        return tuple(day for day in range(DAYS) if day not in self.weekend)


USUAL_WEEK = Week()
LONGEST = timedelta(days=3 * 366)
FORWARD = frozenset({"tomorrow", "next_week", "next_days", "next_weeks", "next_weekday", "coming_days"})
"""Future times, for any measure."""
FUTURE_TIMES = FORWARD | {"until", "weekday", "this_weekday", "this_week", "weekend", "date", "feast"}
"""Times that may be in the future, as for expiring goods."""
SHOP_OPENS = 8
"""Hour from which a bare hour is in the morning: five to seven mean the evening."""
_FEASTS = {
    "christmas": (12, 25),
    "new_year": (1, 1),
}
_HEBREW_FEASTS = {
    "passover": (1, 15),
    "shavuot": (3, 6),
    "rosh_hashana": (7, 1),
    "yom_kippur": (7, 10),
    "sukkot": (7, 15),
    "hanukkah": (9, 25),
    "purim": (12, 14),
}


def days_of(said: SaidTime, today: str, ahead: bool = False, week: Week = USUAL_WEEK) -> DaySpan | None:
    """The days a time expression means on a day (ISO 8601). A current period ends today, or begins today if the
    question looks `ahead`. None: no such days.

    >>> days_of(SaidTime("last_week"), "2027-01-15"), days_of(SaidTime("weekday", ("4",)), "2027-01-15")
    (DaySpan(first='2027-01-04', last='2027-01-10'), DaySpan(first='2027-01-08', last='2027-01-08'))
    """
    try:
        found = _days(said, date.fromisoformat(today), ahead or said.key in FORWARD, week)
    except (ValueError, OverflowError):
        return None
    if found is None or found[1] < found[0] or found[1] - found[0] > LONGEST:
        return None
    return DaySpan(found[0].isoformat(), found[1].isoformat())


PARTS = MappingProxyType(
    {
        "forenoon": "0-12",
        "since_noon": "12-24",
        "morning": "5-12",
        "noon": "12-14",
        "afternoon": "12-18",
        "evening": "18-24",
        "night": "18-5",
    }
)
"""Hours of the parts of a day; the night continues past midnight on its business day."""
_OPEN_HOURS = frozenset({"after_hour", "after_hour_pm", "before_hour", "before_hour_pm"})


def hours_of(said: SaidTime) -> str:
    """The hours of the day ("17-19") of an expression; "" if it means days.

    >>> hours_of(SaidTime("hours_pm", (5, 7))), hours_of(SaidTime("hours", (5, 7))), hours_of(SaidTime("today"))
    ('17-19', '17-19', '')
    """
    if said.key in ("part", "last_night"):
        return PARTS[str(said.values[0])] if said.values else PARTS["night"]
    if said.key in _OPEN_HOURS:
        hour = next((value for value in said.values if isinstance(value, int)), 0)
        late = said.key.endswith("_pm") or hour < SHOP_OPENS - 1
        hour += 12 if late and hour < 12 else 0
        first, last = (hour, 24) if said.key.startswith("after") else (0, hour)
        return f"{first}-{last}" if 0 <= first < last <= 24 else ""
    if said.key not in ("hours", "hours_pm", "hours_am"):
        return ""
    first, last = (value for value in said.values[:2] if isinstance(value, int))
    evening = said.key == "hours_pm" or (said.key == "hours" and first < last < SHOP_OPENS)
    if evening:
        first, last = (hour + 12 if hour < 12 else hour for hour in (first, last))
    return f"{first}-{last}" if 0 <= first < last <= 24 else ""


def before(span: DaySpan) -> DaySpan:
    """The preceding period of the same length; for a whole month, the month before."""
    return span.before


_Days = tuple[date, date]


def _days(said: SaidTime, today: date, ahead: bool, week: Week) -> _Days | None:
    named = _named_days(said.key, today, ahead, week)
    if named:
        return named
    if found := _counted_days(said, today, ahead, week):
        return found
    match said.key:
        case "weekday" | "next_weekday":
            day = int(str(said.values[0]))
            one = _next(today, day) if ahead else today - timedelta(days=(today.weekday() - day - 1) % 7 + 1)
            return one, one
        case "this_weekday":  # on a Monday, "this Monday" is today
            day = int(str(said.values[0])) - today.weekday()
            one = today + timedelta(days=day % 7 if ahead else -(-day % 7))
            return one, one
        case "weekdays_ago":
            day = int(next(str(value) for value in said.values if isinstance(value, str)))
            n = next((value for value in said.values if isinstance(value, int)), 2)
            one = today - timedelta(days=(today.weekday() - day - 1) % 7 + 1 + 7 * (n - 1))
            return (one, one) if n > 0 else None
        case "feast_eve":
            eve = _feast(str(said.values[0]), today, ahead)
            return (eve - timedelta(days=1),) * 2 if eve else None
        case "since" | "until":
            return _open_ended(said, today, ahead, week)
        case "range":
            first, last = (_point(value, today, ahead, week) for value in said.values[:2])
            if first is None or last is None:
                return None
            keys = {value.key for value in said.values if isinstance(value, SaidTime)}
            if last[1] < first[0] and keys == {"weekday"}:  # "from Monday to Wednesday", on a Tuesday
                first = first[0] - timedelta(days=7), first[1]
            return first[0], last[1]
        case "range_days":
            return _range_in_month(said.values, today, ahead)
        case "date":
            return _date(said.values[0], today, ahead)
        case "month" | "month_year" | "month_gone":
            month = int(str(said.values[0]))
            year = int(str(said.values[1])) if said.key == "month_year" else today.year
            begins = date(year, month, 1)
            gone = said.key == "month_gone" and month >= today.month  # in November, "last November" was a year ago
            if gone or (said.key == "month" and begins > today and not ahead):
                begins = date(year - 1, month, 1)
            return begins, _month_end(begins)
        case "year":
            year = int(str(said.values[0]))
            return date(year, 1, 1), date(year, 12, 31)
        case "feast":
            day_of = _feast(str(said.values[0]), today, ahead)
            return (day_of, day_of) if day_of else None
    return None


def _named_days(key: str, today: date, ahead: bool, week: Week) -> _Days | None:
    def back(days: int) -> date:
        return today - timedelta(days=days)

    begins = back((today.weekday() + week.sunday_first) % 7)
    monday = back(today.weekday())
    month, quarter = today.replace(day=1), date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    month_before, quarter_before = month - timedelta(days=1), quarter - timedelta(days=1)
    free = monday + timedelta(days=week.weekend[0]), monday + timedelta(days=week.weekend[-1])
    over = free[1] < today
    spans: dict[str, _Days] = {
        "today": (today, today),
        "yesterday": (back(1), back(1)),
        "last_night": (back(1), back(1)),
        "day_before_yesterday": (back(2), back(2)),
        "tomorrow": (back(-1), back(-1)),
        "this_week": (today, begins + timedelta(days=6)) if ahead else (begins, today),
        "last_week": (begins - timedelta(days=7), begins - timedelta(days=1)),
        "next_week": (begins + timedelta(days=7), begins + timedelta(days=13)),
        "week_before_last": (begins - timedelta(days=14), begins - timedelta(days=8)),
        "this_month": (today, _month_end(month)) if ahead else (month, today),
        "last_month": (month_before.replace(day=1), month_before),
        "this_quarter": (quarter, today),
        "last_quarter": (date(quarter_before.year, quarter_before.month - 2, 1), quarter_before),
        "this_year": (date(today.year, 1, 1), today),
        "last_year": (date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
        "same_day_last_week": (back(7), back(7)),
        "weekend": _moved(free, 7 * (over and ahead)),
        "last_weekend": _moved(free, 0 if over else -7),
        "seven_days": (back(7), back(1)),
        "same_last_year": (begins - timedelta(days=364), begins - timedelta(days=358)),
        "coming_days": (back(-1), back(-7)),
    }
    return spans.get(key)


def _moved(days: _Days, by: int) -> _Days:
    return days[0] + timedelta(days=by), days[1] + timedelta(days=by)


_UNCOUNTED = {
    "two_months_ago": SaidTime("months_ago", (2,)),
    "two_years_ago": SaidTime("years_ago", (2,)),
    "last_two_days": SaidTime("last_days", (2,)),
    "last_two_weeks": SaidTime("last_weeks", (2,)),
    "last_two_months": SaidTime("last_months", (2,)),
}
_IN_DAYS = {"in_days": ("last_days", "next_days"), "in_weeks": ("last_weeks", "next_weeks")}
"""Meanings of "in two weeks" for past and future figures."""


def _counted_days(said: SaidTime, today: date, ahead: bool, week: Week) -> _Days | None:
    """Expressions with a number of days, weeks or months; "a month ago" implies one."""
    said = _UNCOUNTED.get(said.key, said)
    said = said._replace(key=_IN_DAYS[said.key][ahead]) if said.key in _IN_DAYS else said
    if said.key in ("months_ago", "years_ago") and not said.values:
        said = said._replace(values=(1,))
    if not said.values or not isinstance(said.values[0], int) or said.values[0] < 1:
        return None
    n = said.values[0]
    tomorrow = today + timedelta(days=1)
    match said.key:
        case "last_days":
            return today - timedelta(days=n - 1), today
        case "last_weeks":
            return today - timedelta(days=7 * n - 1), today
        case "last_months":
            months = today.year * 12 + today.month - 1 - n
            return date(months // 12, months % 12 + 1, min(today.day, 28)), today
        case "next_days":
            return tomorrow, today + timedelta(days=n)
        case "next_weeks":
            return tomorrow, today + timedelta(days=7 * n)
        case "days_ago":
            return (today - timedelta(days=n),) * 2
        case "weeks_ago":
            begins = today - timedelta(days=(today.weekday() + week.sunday_first) % 7 + 7 * n)
            return begins, begins + timedelta(days=6)
        case "months_ago":
            months = today.year * 12 + today.month - 1 - n
            begins = date(months // 12, months % 12 + 1, 1)
            return begins, _month_end(begins)
        case "years_ago":
            return date(today.year - n, 1, 1), date(today.year - n, 12, 31)
    return None


def _open_ended(said: SaidTime, today: date, ahead: bool, week: Week) -> _Days | None:
    found = _point(said.values[0], today, said.key == "until" and ahead, week)
    point = said.values[0]
    if found is None:
        return None
    if said.key == "until":
        return (today, found[1]) if found[1] >= today else None
    if isinstance(point, SaidTime) and point.key == "weekday" and found[0] + timedelta(days=7) == today:
        return today, today  # "since Monday", on a Monday
    return found[0], max(today, found[1])


def _point(value: object, today: date, ahead: bool, week: Week) -> _Days | None:
    return _days(value, today, ahead, week) if isinstance(value, SaidTime) else None


def _range_in_month(values: tuple[object, ...], today: date, ahead: bool) -> _Days | None:
    """Two days and a month, which may come first or last."""
    numbers = [value for value in values if isinstance(value, int)]
    months = [value for value in values if isinstance(value, str)]
    if len(numbers) != 2 or not months:
        return None
    first, last = (date(today.year, int(months[at * (len(months) - 1)]), day) for at, day in enumerate(numbers))
    if first > today and not ahead:
        first, last = first.replace(year=first.year - 1), last.replace(year=last.year - 1)
    return first, last


def _date(value: object, today: date, ahead: bool) -> _Days | None:
    if not isinstance(value, SaidTime):
        return None
    if value.key == "iso":
        day = date(*(int(str(part)) for part in value.values[:3]))
        return day, day
    day_of = next(one for one in value.values if isinstance(one, int))
    month = next(one for one in value.values if isinstance(one, str))
    day = date(today.year, int(month), day_of)
    if day > today and not ahead:
        day = day.replace(year=day.year - 1)
    return day, day


def _next(today: date, weekday: int) -> date:
    return today + timedelta(days=(weekday - today.weekday()) % 7)


def _month_end(begins: date) -> date:
    return (begins + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _feast(key: str, today: date, ahead: bool) -> date | None:
    """The date of a holiday: the last one, or the next one if `ahead`."""
    years = range(today.year - 1, today.year + 2)
    found = sorted(day for year in years if (day := _feast_in(key, year)))
    over = [day for day in found if day <= today]
    to_come = [day for day in found if day >= today]
    return next(iter(to_come), None) if ahead else (over[-1] if over else None)


@lru_cache(maxsize=100)
def _feast_in(key: str, year: int) -> date | None:
    if key in _FEASTS:
        return date(year, *_FEASTS[key])
    if key == "easter":
        from dateutil.easter import easter

        found: date = easter(year)
        return found
    if key not in _HEBREW_FEASTS:
        return None
    from pyluach.dates import GregorianDate, HebrewDate
    from pyluach.hebrewcal import Year

    month, day = _HEBREW_FEASTS[key]
    of_year = GregorianDate(year, 6, 1).to_heb().year
    for hebrew in (of_year, of_year + 1):
        # In a leap year, Purim is in the thirteenth month.
        at = HebrewDate(hebrew, 13 if key == "purim" and Year(hebrew).leap else month, day).to_greg()
        if at.year == year:
            return date(at.year, at.month, at.day)
    return None
