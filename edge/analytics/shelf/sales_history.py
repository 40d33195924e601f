"""Sales rate of a product while it's on its shelf: by weekday if there are forecasts, otherwise from its own sales;
promotion days are separate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from edge.analytics.forecast.queries import read_said
from edge.analytics.shelf.queries import EmptyTime, read_empty
from edge.core.storage.database import Connection
from edge.counter.reports.queries import SoldAt, days_with_papers, read_sold_at
from edge.goods.promotions.queries import KeptPromotion, promotions_of

WEEKS = 26
LEAST_SALES = 4
"""Minimum sales in the history.

With fewer, an absence of sales means nothing; the same applies to sales on promotion days.
"""
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
SAID_DAYS = 28
"""Number of days of past forecasts used for weekday rates; later forecasts already reflect the missing sales."""
NOON_MIN = 12 * 60


class SalesHistory(NamedTuple):
    """Half a year of sales up to a time: all sales, sales while the product was on its shelf, and counts of these by
    day. Sales during empty times, and days without receipts, are omitted.

    `a_day`: sales on a full day without promotion; `lift`: the factor on a promotion day; `by_weekday`: forecast sales
    by weekday (0: Monday).
    """

    zone: ZoneInfo
    sold: list[SoldAt]
    shelved: list[SoldAt]
    traded: frozenset[str]
    promotions: list[KeptPromotion]
    counts: list[int]
    a_day: float
    lift: float
    by_weekday: dict[int, float]

    @property
    def a_sale(self) -> float:
        """The usual quantity per sale, in thousandths of the product's unit."""
        return _a_sale(self.sold)

    def on(self, day: date) -> float:
        """Expected sales on a full day on its shelf."""
        usual = self.by_weekday.get(day.weekday(), self.a_day)
        return usual * (self.lift if is_promoted(self.promotions, day, self.zone) else 1)

    def expected_sales(self, since_us: int, until_us: int) -> float:
        """Expected sales in a time span; zero for days without any sales at the tills."""
        days = _days(since_us, until_us, self.zone)
        return sum(self.on(day) * (end - begin) / DAY_US for day, begin, end in days if day.isoformat() in self.traded)

    @property
    def spread(self) -> tuple[float, float]:
        """Mean and variance of daily sales."""
        if not self.counts:
            return 0.0, 0.0
        mean = sum(self.counts) / len(self.counts)
        return mean, sum((count - mean) ** 2 for count in self.counts) / len(self.counts)


def read_history(db: Connection, sku: str, at_us: int, zone: ZoneInfo) -> SalesHistory:
    """A product's sales history at a time."""
    since_us = at_us - WEEKS * 7 * DAY_US
    sold = [one for one in read_sold_at(db, sku, since_us) if one.at_us <= at_us]
    spans = sorted(_span(one, sold) for one in read_empty(db, sku, since_us))
    shelved = [one for one in sold if not any(begin <= one.at_us < end for begin, end in spans)]
    traded = days_with_papers(db, _day_of(since_us, zone).isoformat())
    promotions = promotions_of(db, sku, since_us)
    made = SalesHistory(zone, sold, shelved, traded, promotions, [], 0.0, 1.0, {})
    if len(shelved) < 2:
        return made
    counts, a_day, lift = _sales_rates(made, spans)
    last = _day_of(sold[-1].at_us, zone)
    said = read_said(db, sku, (last - timedelta(days=SAID_DAYS - 1)).isoformat(), last.isoformat())
    return made._replace(counts=counts, a_day=a_day, lift=lift, by_weekday=_by_weekday(made, said))


def is_promoted(promotions: Sequence[KeptPromotion], day: date, zone: ZoneInfo) -> bool:
    """Whether one of these promotions is active at noon of a day."""
    noon_us = round(datetime.combine(day, time(12), zone).timestamp() * 1e6)
    return any(
        one.from_us <= noon_us < (noon_us + 1 if one.until_us is None else one.until_us)
        and one.promotion.holds(day.isoweekday(), NOON_MIN, "")
        for one in promotions
    )


def _sales_rates(made: SalesHistory, spans: Sequence[tuple[int, int]]) -> tuple[list[int], float, float]:
    """Sales on each day on the shelf, sales on a usual day, and the factor of promotion days."""
    shelved, zone = made.shelved, made.zone
    sales = Counter(_day_of(one.at_us, zone) for one in shelved)
    counts, of, time_us = list[int](), {False: 0, True: 0}, {False: 0, True: 0}
    for day, begin, end in _days(shelved[0].at_us, shelved[-1].at_us + 1, zone):
        there_us = end - begin - _overlap(spans, begin, end)
        if day.isoformat() not in made.traded or (not there_us and not sales[day]):
            continue
        promoted = is_promoted(made.promotions, day, zone)
        counts.append(sales[day])
        of[promoted] += sales[day]
        time_us[promoted] += there_us
    between = (len(shelved) - 1) / len(shelved)  # the first sale starts the clock, so it isn't counted
    rates = {kind: of[kind] * between / (time_us[kind] / DAY_US) if time_us[kind] else 0.0 for kind in of}
    if of[False] >= LEAST_SALES <= of[True] and rates[False]:
        return counts, rates[False], rates[True] / rates[False]
    if of[False] >= LEAST_SALES:
        return counts, rates[False], 1.0  # a promotion raises sales, but by how much is unknown
    whole_us = sum(time_us.values())
    return counts, sum(of.values()) * between / (whole_us / DAY_US) if whole_us else 0.0, 1.0


def _by_weekday(made: SalesHistory, said: Sequence[tuple[str, int]]) -> dict[int, float]:
    """Forecast sales by weekday, for days without a promotion (`said`: thousandths)."""
    of: dict[int, list[float]] = {}
    for text, mean in said:
        day = date.fromisoformat(text)
        if not is_promoted(made.promotions, day, made.zone):
            of.setdefault(day.weekday(), []).append(mean / _a_sale(made.sold))
    return {weekday: sum(some) / len(some) for weekday, some in of.items()}


def _a_sale(sold: Sequence[SoldAt]) -> float:
    return sum(one.quantity for one in sold) / max(1, len(sold)) or 1000.0


def _span(empty: EmptyTime, sold: Sequence[SoldAt]) -> tuple[int, int]:
    """Begin and end of an empty time. If the store room was empty too, it begins at the last sale before."""
    end = max((one.at_us + 1 for one in sold), default=0) if empty.until_us is None else empty.until_us
    last_us = max((one.at_us for one in sold if one.at_us < empty.from_us), default=empty.from_us - 1)
    return (last_us + 1 if empty.not_there else empty.from_us), end


def _overlap(spans: Sequence[tuple[int, int]], begin: int, end: int) -> int:
    """The part of a time span covered by these sorted spans, in microseconds."""
    covered = 0
    for first, last in spans:
        first, last = max(first, begin), min(last, end)
        covered += max(0, last - first)
        begin = max(begin, last)
    return covered


def _days(since_us: int, until_us: int, zone: ZoneInfo) -> Iterator[tuple[date, int, int]]:
    """Yield the local days of a time span, and the part of each day within it."""
    day, begin = _day_of(since_us, zone), since_us
    while begin < until_us:
        following = day + timedelta(days=1)
        end = min(until_us, round(datetime.combine(following, time(), zone).timestamp() * 1e6))
        yield day, begin, end
        day, begin = following, end


def _day_of(at_us: int, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(at_us / 1e6, tz=zone).date()
