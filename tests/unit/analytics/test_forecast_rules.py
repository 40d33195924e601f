"""Periods, risks and versions, by the formulas of `rules`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.analytics.forecast import rules
from edge.analytics.forecast.calendar.public_holidays import country_of, feasts
from edge.analytics.forecast.history.day_forms import day_of, form_of
from edge.analytics.forecast.history.history_reader import read
from edge.analytics.forecast.learning.intervals import GRID
from edge.analytics.forecast.rules import ExpectedDemand, Period, RiskStock

SPREAD: Sequence[Sequence[float]] = tuple(tuple((place - 0.5) * 3 for place in GRID) for _ in range(5))
Mix = dict[str, int]
LEVELS = ("low", "medium", "high", "critical")


def expected(mean: float = 4.0, week: float = 6.0) -> ExpectedDemand:
    return ExpectedDemand((mean,) * 400, week, week * 2, SPREAD)


def test_the_worked_example_is_medium() -> None:
    """A chance of 0.35, seven days left and a lead of seven."""
    assert rules.level_of(20.0, 0.35, 7, 7) == "medium"
    assert rules.level_of(0.0, 0.0, 365, 3) == "critical"
    assert rules.level_of(5.0, 0.8, 365, 3) == "critical"
    assert rules.level_of(5.0, 0.1, 2, 3) == "high"
    assert rules.level_of(5.0, 0.1, 90, 3) == "low"


def test_a_risk_by_hand() -> None:
    """Four a day, lead 3, review 7: 40 are wanted, and sigma is about what ten days err by."""
    sure = ExpectedDemand((4.0,) * 400, 0.0, 0.0, SPREAD)
    found = rules.risk(sure, RiskStock(12.0, pack=6.0))
    assert found.order_point == 12.0
    assert found.recommended == 30.0, "28 are missing: five packs of six"
    assert found.days_until_critical == 2, "half of 12 are left after six of them"
    assert found.level == "critical" and found.probability == 1.0
    due = rules.risk(sure, RiskStock(12.0, due=((2, 60.0),), pack=6.0))
    assert due.recommended == 0 and due.probability == 0.0
    assert rules.risk(sure, RiskStock(12.0, par=100.0, pack=1.0)).recommended == 88.0


def test_what_is_kept_for_safety_to_the_unit() -> None:
    """Four a day that err by ten a week, a lead of seven days, an order every seven: sigma(14) is 10 times root two."""
    unsure = ExpectedDemand((4.0,) * 400, 10.0, 20.0, SPREAD)
    stock = RiskStock(28.0, due=((3, 6.0),), pack=6.0, lead_days=7, review_days=7)
    found = rules.risk(unsure, stock)
    assert found.order_point == pytest.approx(28 + 1.28 * 10)
    wanted = 56 + 1.28 * 10 * 2**0.5 - 28 - 6
    assert wanted == pytest.approx(40.1, abs=0.01) and found.recommended == 42.0, "seven packs of six"
    assert found.days_until_critical == 2, "20 are left, less than half of 40.8, before any more comes"
    ordered = rules.risk(unsure, msgspec.structs.replace(stock, reorder_point=10.0))
    assert ordered.days_until_critical == 8, "of the order point that is in force half is five: 28 + 6 - 32"


@given(
    available=st.integers(-50, 400),
    less=st.integers(0, 200),
    mean=st.integers(0, 20),
    week=st.integers(0, 40),
    pack=st.sampled_from([0.0, 1.0, 6.0, 24.0]),
    lead=st.integers(0, 20),
)
def test_less_stock_is_never_less_risk(available: int, less: int, mean: int, week: int, pack: float, lead: int) -> None:
    demand = expected(float(mean), float(week))
    more = RiskStock(float(available), pack=pack, lead_days=lead)
    fewer = msgspec.structs.replace(more, available=float(available - less))
    one, other = rules.risk(demand, more), rules.risk(demand, fewer)
    assert other.probability >= one.probability
    assert other.recommended >= one.recommended
    assert other.days_until_critical <= one.days_until_critical
    assert LEVELS.index(other.level) >= LEVELS.index(one.level)
    assert 0 <= one.probability <= 1 and one.days_until_critical <= rules.FURTHEST_DAYS


@pytest.mark.parametrize(
    ("period", "dates"),
    [
        ("daily", ["2026-11-21", "2026-11-22"]),
        ("weekly", ["2026-11-23", "2026-11-30"]),
        ("monthly", ["2026-12-01", "2027-01-01"]),
        ("quarterly", ["2027-01-01", "2027-04-01"]),
    ],
)
def test_periods_are_whole_and_begin_behind_what_is_known(period: Period, dates: list[str]) -> None:
    found = rules.periods("2026-11-20", period, 2)
    assert [day for day, *_ in found] == dates
    assert found[0][2] == found[1][1], "without a gap"


def test_a_challenger_takes_over_where_it_is_clearly_nearer() -> None:
    assert rules.is_better((200, 10), (190, -20))
    assert not rules.is_better((200, 10), (198, 10)), "not clearly"
    assert not rules.is_better((200, 10), (150, 120)), "to one side"
    assert not rules.is_better((None, None), (150, 0))


def test_eves_are_days_before_feasts() -> None:
    found = feasts("IL", date(2026, 3, 30), date(2026, 4, 3))
    assert found[date(2026, 4, 2)][0] == "feast" and found[date(2026, 4, 1)][0] == "eve"
    assert feasts("", date(2026, 1, 1), date(2026, 12, 31)) == {}
    assert country_of("Asia/Jerusalem") == "IL"


def test_a_file_of_history_is_read_and_its_faults_are_told(tmp_path: Path) -> None:
    path = tmp_path / "years.csv"
    path.write_text(
        "Date,Product,Quantity\n2024-03-01,milk,2\n01/03/2024,milk,3\n2024-03-02,milk,-1\n"
        "soon,milk,1\n2024-03-02,NONE,1\n2024-03-02,fuel,35836000\n"
    )
    (question,) = read(path, {})
    assert question["key"] == "forecast.which_form", "the third of January, or the first of March"
    (answer,) = read(path, {}, "day_first")
    assert answer["rows"] == [("milk", "2024-03-01", 5000, 0, 0, 0), ("milk", "2024-03-02", 0, 1000, 0, 0)]
    assert [note[1] for note in answer["notes"]] == ["day", "sku", "sold"]
    (turned,) = read(path, {}, "month_first")
    assert turned["rows"][0] == ("milk", "2024-01-03", 3000, 0, 0, 0)
    (wrong,) = read(path, {"day": "Product"})
    assert wrong["rows"] == [] and len(wrong["notes"]) == 6


def test_one_day_above_twelve_says_how_a_column_is_written() -> None:
    assert form_of(["1/2/2024", "3/4/2024", "11/13/2024"]) == "month_first"
    assert form_of(["1/2/2024", "13/11/2024"]) == "day_first"
    assert form_of(["1/2/2024", "3/4/2024"]) is None
    assert form_of(["2024-01-02", "5/5/2024", "soon"]) == "", "none needs it"
    assert [day_of(one, "month_first") for one in ("11/13/2024", "13/11/2024", "20240301")] == [
        "2024-11-13",
        None,
        "2024-03-01",
    ]
    named = ("Saturday, January 1, 2022", "1er janvier 2022", "1 בינואר 2022", "2022 ינואר 1", "Jan 1, 2022 10:45 PM")
    assert {day_of(one) for one in named} == {"2022-01-01"}
    late = "2024-03-01T23:30:00Z"
    assert [day_of(late, "", ZoneInfo(zone)) for zone in ("UTC", "Asia/Jerusalem")] == ["2024-03-01", "2024-03-02"]


def test_days_of_other_systems_with_short_years_a_twelve_hour_clock_or_as_serial_numbers(tmp_path: Path) -> None:
    assert form_of(["7/4/26 11:02 AM", "7/28/26 1:33 PM"]) == "month_first"
    assert form_of(["4/7/26 9:15", "28/7/26 9:15"]) == "day_first"
    assert form_of(["7/4/26 11:02 AM", "8/4/26 1:33 PM"]) is None, "it is asked"
    assert (day_of("24-03-01", "day_first"), day_of("46231"), day_of("12345")) == (None, "2026-07-28", None)
    path = tmp_path / "receipts.csv"
    path.write_text("Date,SKU,Quantity\n7/28/26 1:33 PM,tea,2\n7/28/26 12:05 AM,tea,1\n7/29/26 9:00 AM,tea,-1\n")
    (answer,) = read(path, {})
    assert answer["rows"] == [("tea", "2026-07-28", 3000, 0, 0, 0), ("tea", "2026-07-29", 0, 1000, 0, 0)]


@pytest.mark.parametrize(
    ("cells", "sold"),
    [
        (("1,250", "3.5"), [1_250_000, 3_500]),
        (("1.250,5", "3,5"), [1_250_500, 3_500]),
        (("1,250", "0,750"), [1_250, 750]),
        (("1,250", "4"), [4_000]),
    ],
)
def test_what_was_sold_by_the_thousand_is_not_read_as_one_and_a_quarter(
    tmp_path: Path, cells: tuple[str, ...], sold: list[int]
) -> None:
    path = tmp_path / "sold.csv"
    path.write_text("Date;SKU;Quantity\n" + "".join(f"2026-07-2{at};tea;{cell}\n" for at, cell in enumerate(cells)))
    (answer,) = read(path, {})
    assert [row[2] for row in answer["rows"]] == sold
    assert [note[3] for note in answer["notes"]] == ["history_sold"] * (2 - len(sold))


def test_a_stable_store_is_told_less_than_once_a_year_and_one_that_is_off_within_weeks() -> None:
    """Forty stable years of stores of one to ten categories that err by 10 to 40 percent by chance alone."""
    random = Random(5)
    alarms = years = 0
    for groups in (1, 4, 11):
        for spread in (0.12, 0.25, 0.5):
            tried = round(1000 * 0.8 * spread)
            for _ in range(4):
                alarms, years = alarms + _alarms(random, groups, spread, tried, 0.0), years + 1
    assert alarms / years < 1, alarms / years
    assert _alarms(random, 4, 0.12, 96, 0.35) >= 1, "a third too much is noticed"


def _alarms(random: Random, groups: int, spread: float, tried: int, shift: float) -> int:
    """How often a year's windows of two weeks say so; one that goes on is one."""
    days = [[random.gauss(shift, spread) for _ in range(groups)] for _ in range(312)]
    alarms, was = 0, False
    for at in range(14, len(days)):
        window = [error for day in days[at - 14 : at] for error in day]
        wape = round(1000 * sum(map(abs, window)) / len(window))
        bias = round(1000 * sum(window) / len(window))
        now = rules.is_off(wape, bias, tried, len(window))
        alarms, was = alarms + int(now and not was), now
    return alarms


def test_what_is_bought_has_moved_only_where_it_has() -> None:
    """A hundred stable years of a store with ten categories: fewer than one false alarm a store and year."""
    chance = np.random.default_rng(5)
    shares = np.array([0.3, 0.2, 0.12, 0.1, 0.08, 0.07, 0.05, 0.04, 0.03, 0.01])
    alarms = looks = 0
    for bought in (15, 300):  # days of products a day of business: a kiosk, and a market
        for _ in range(50):
            days = chance.poisson(bought * shares, size=(84 + 365, 10))
            off = [rules.stability_index(then, now) > rules.stability_limit(then, now) for then, now in _windows(days)]
            looks += 1
            alarms += sum(one and not (at and off[at - 1]) for at, one in enumerate(off))
    assert alarms < 0.2 * looks
    then, moved = _counts(300 * 84 * shares), _counts(300 * 14 * shares[::-1])
    assert rules.stability_index(then, moved) > rules.stability_limit(then, moved)


def _windows(days: npt.NDArray[np.int64]) -> Iterator[tuple[Mix, Mix]]:
    then = _counts(days[:84].sum(axis=0))
    for at in range(84, len(days) - 14):
        yield then, _counts(days[at : at + 14].sum(axis=0))


def _counts(numbers: npt.NDArray[Any]) -> Mix:
    return {str(key): int(count) for key, count in enumerate(numbers)}


def test_a_shelf_that_is_empty_until_the_delivery_is_a_risk() -> None:
    """Twelve are there, four go a day, and twelve come on the sixth: for two days there is nothing."""
    stock = RiskStock(12.0, due=((6, 12.0),), lead_days=3, review_days=3)
    gap = rules.risk(expected(4.0, 3.0), stock)
    assert gap.probability > 0.5 and gap.level in ("high", "critical")
    in_time = rules.risk(expected(4.0, 3.0), msgspec.structs.replace(stock, due=((2, 12.0),)))
    assert (
        in_time.probability <= rules.risk(expected(4.0, 3.0), RiskStock(24.0, lead_days=3, review_days=3)).probability
    )
