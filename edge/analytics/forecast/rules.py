"""Decisions on forecasts: calendar periods, model comparison, stockout risk. Pure.

Formulas of the risk, with L: days until a delivery ordered now; R: days until the next order; A: available stock; I(d):
deliveries due by day d; mu(d): expected demand of day d; and the current order point:

    stockout_probability  the maximum, over days d up to L+R, of P(demand of the days 1..d > A + I(d)): an empty shelf
                          counts even if a delivery fills it later
    days_until_critical   the lowest d with A + I(d) - sum mu(1..d) <= half the order point; 0: today; at most 365
    recommended           max(0, max(par, sum mu(1..L+R) + z sigma(L+R)) - A - what is on order), in whole packs
    order_point           sum mu(1..L) + z sigma(L)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from math import log
from typing import Literal

import msgspec

from edge.analytics.forecast.learning.intervals import MONTH, WEEK, chance_above

Period = Literal["daily", "weekly", "monthly", "quarterly"]
Level = Literal["critical", "high", "medium", "low"]
HORIZONS: dict[str, int] = {"daily": 90, "weekly": 26, "monthly": 12, "quarterly": 4}
"""The longest horizon in periods."""
Z = 1.28
"""Safety stock in standard deviations; it suffices nine times in ten."""
LEAD_DAYS, REVIEW_DAYS = 3, 7
"""Assumed lead time in days if a supplier's is unknown, and days until the next order."""
FURTHEST_DAYS = 365
CRITICAL, HIGH, MEDIUM = 0.8, 0.5, 0.2
AT_RISK: tuple[Level, ...] = ("critical", "high")
"""Levels of imminent stockout, the worst first."""
BETTER_SHARE = 0.98
"""Ratio of a challenger's error to the champion's at or below which the challenger takes over."""


def is_day(text: str) -> bool:
    """Whether a text is an ISO 8601 date."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


def periods(through: str, period: Period, count: int) -> list[tuple[str, int, int]]:
    """The next `count` complete periods after a day: the first day of each, and its range of days ahead."""
    first = date.fromisoformat(through) + timedelta(days=1)
    start, found = _begin(first, period), list[tuple[str, int, int]]()
    if start < first:
        start = _next(start, period)
    for _ in range(count):
        following = _next(start, period)
        found.append((start.isoformat(), (start - first).days, (following - first).days))
        start = following
    return found


def _begin(day: date, period: Period) -> date:
    match period:
        case "daily":
            return day
        case "weekly":
            return day - timedelta(days=day.weekday())
        case "monthly":
            return day.replace(day=1)
        case "quarterly":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def _next(start: date, period: Period) -> date:
    if period in ("daily", "weekly"):
        return start + timedelta(days=1 if period == "daily" else 7)
    months = start.year * 12 + start.month - 1 + (1 if period == "monthly" else 3)
    return date(months // 12, months % 12 + 1, 1)


def is_better(champion: tuple[int | None, int | None], challenger: tuple[int | None, int | None]) -> bool:
    """Whether a challenger replaces the champion, by (WAPE, bias) on the same days: clearly more accurate, and not more
    biased."""
    (ours, our_bias), (theirs, their_bias) = champion, challenger
    if ours is None or theirs is None:
        return False
    return theirs <= BETTER_SHARE * ours and abs(their_bias or 0) <= max(abs(our_bias or 0), 50)


def is_off(wape: int, bias: int, tried: int, count: int) -> bool:
    """Whether forecasts have drifted: WAPE and bias of `count` forecasts, in thousandths, against the backtest error.

    Few forecasts may be off by chance: a stable store gets a false alarm less than once a year.
    """
    chance = 1 / float(count) ** 0.5
    return bool(wape > tried * (1.25 + 2.6 * chance) or abs(bias) > max(200.0, 5.0 * tried * chance))


JUMP = 10
JUMP_DAYS = 28


def cap_jump(before: Sequence[int], now: Sequence[int]) -> tuple[int, ...] | None:
    """A forecast capped at JUMP times the previous one, by the first JUMP_DAYS days; None if it isn't larger."""
    was, is_ = sum(before[:JUMP_DAYS]), sum(now[:JUMP_DAYS])
    if not was or is_ <= JUMP * was:
        return None
    return tuple(round(value * JUMP * was / is_) for value in now)


MIX_DAYS = 84
MOVED = 0.25
"""Population stability index from which demand counts as changed."""


def stability_index(before: Mapping[str, int], now: Mapping[str, int]) -> float:
    """The population stability index of two distributions, sum of (p - q) ln(p / q); 0.0 if equal."""
    was, is_ = sum(before.values()), sum(now.values())
    if not was or not is_:
        return 0.0
    found = 0.0
    for key in sorted({*before, *now}):
        p, q = max(now.get(key, 0), 0.5) / is_, max(before.get(key, 0), 0.5) / was
        found += (p - q) * log(p / q)
    return found


def stability_limit(before: Mapping[str, int], now: Mapping[str, int]) -> float:
    """The index above which a shift isn't chance. With few purchases in many categories, each varies by about 1/n."""
    was, is_ = sum(before.values()), sum(now.values())
    kinds = len({*before, *now})
    return MOVED + 4 * kinds * (1 / was + 1 / is_) if was and is_ else MOVED


class ExpectedDemand(msgspec.Struct, frozen=True):
    """A product's forecast: `mean` per day, errors of seven and 28 days, and error quantiles."""

    mean: Sequence[float]
    week: float
    month: float
    quantiles: Sequence[Sequence[float]]

    def total(self, days: int) -> float:
        """The expected total of the next `days`."""
        return float(sum(self.mean[:days]))

    def sigma(self, days: int) -> float:
        """The error of a total over this many days, interpolated between measured spans."""
        if days <= 0 or self.week <= 0:
            return 0.0
        if self.month <= 0:
            return float(self.week * (days / 7) ** 0.5)
        steep = 0.5 if self.month <= self.week else min(1.0, max(0.35, _power(self.month / self.week)))
        return float(self.week * (days / 7) ** steep)

    def errors(self, days: int) -> Sequence[float]:
        """The error quantiles of a total over this many days."""
        return self.quantiles[WEEK if days <= 14 else MONTH]


def _power(ratio: float) -> float:
    return log(ratio) / log(4)


class RiskStock(msgspec.Struct, frozen=True):
    """A product's stock: `available`, deliveries `due` as (day ahead, quantity), current reorder point and par level
    (0: none), units per pack, and the days of L and R."""

    available: float
    due: tuple[tuple[int, float], ...] = ()
    reorder_point: float = 0.0
    par: float = 0.0
    pack: float = 1.0
    lead_days: int = LEAD_DAYS
    review_days: int = REVIEW_DAYS

    def receipts(self, day: int) -> float:
        """The deliveries expected within this many days."""
        return sum(quantity for at, quantity in self.due if at <= day)


class Risk(msgspec.Struct, frozen=True):
    """The risk and the recommendation; see the module docstring."""

    level: Level
    probability: float
    days_until_critical: int
    recommended: float
    order_point: float


def risk(expected: ExpectedDemand, stock: RiskStock) -> Risk:
    """A product's stockout risk; none of its values falls as stock falls."""
    span = stock.lead_days + stock.review_days
    point = expected.total(stock.lead_days) + Z * expected.sigma(stock.lead_days)
    in_force = stock.reorder_point or point
    lowest = {span, *(day - 1 for day, _ in stock.due if 1 < day <= span)}
    probability = max(_chance_of_none(expected, stock, day) for day in lowest)
    days = days_until_critical(expected.mean, stock, in_force)
    wanted = max(stock.par, expected.total(span) + Z * expected.sigma(span))
    missing = max(0.0, wanted - stock.available - stock.receipts(FURTHEST_DAYS))
    packs = -(-missing // stock.pack) if stock.pack > 0 else missing
    level = level_of(stock.available, probability, days, stock.lead_days)
    return Risk(level, probability, days, packs * stock.pack if stock.pack > 0 else packs, point)


def _chance_of_none(expected: ExpectedDemand, stock: RiskStock, days: int) -> float:
    """The probability that demand exceeds stock within this many days."""
    limit = stock.available + stock.receipts(days)
    if limit < 0:
        return 1.0
    if not expected.total(days):  # without expected demand it runs out only if more is promised than in stock
        return 0.0
    return chance_above(expected.total(days), expected.sigma(days), expected.errors(days), limit)


def days_until_critical(mean: Sequence[float], stock: RiskStock, in_force: float) -> int:
    """The number of days until stock falls to half the reorder point `in_force`; at most FURTHEST_DAYS."""
    left = stock.available
    if left <= in_force / 2:
        return 0
    for day in range(1, FURTHEST_DAYS + 1):
        left -= mean[day - 1] if day <= len(mean) else (mean[-1] if mean else 0.0)
        if left + stock.receipts(day) <= in_force / 2:
            return day
    return FURTHEST_DAYS


def level_of(available: float, probability: float, days: int, lead_days: int) -> Level:
    """The risk level, by which managers are alerted.

    >>> level_of(10.0, 0.35, 7, 7)
    'medium'
    """
    if available <= 0 or probability >= CRITICAL:
        return "critical"
    if probability >= HIGH or days < lead_days:
        return "high"
    return "medium" if probability >= MEDIUM else "low"


def factors(
    available: float, in_force: float, recent: float, usual: float, sure: bool, occasions: bool
) -> tuple[str, ...]:
    """The reasons, as keys of section `risk`; `recent` and `usual`: daily means over 7 and 28 days."""
    found = []
    if available <= in_force:
        found.append("below_point")
    if usual > 0 and recent > 1.5 * usual:
        found.append("high_consumption")
    if occasions:
        found.append("occasion_ahead")
    if not sure:
        found.append("unsure")
    return tuple(found)


def shares_of(layers: Sequence[tuple[str, Sequence[int]]]) -> dict[str, tuple[int, ...]]:
    """Each layer's contribution beyond the previous layer, by period; together they equal the last layer.

    Layers without effect are omitted, except the first.
    """
    found: dict[str, tuple[int, ...]] = {}
    before: Sequence[int] = ()
    for name, values in layers:
        share = tuple(value - was for value, was in zip(values, before or [0] * len(values), strict=True))
        if not found or any(share):
            found[name] = share
        before = values
    return found


def cut_shares(shares: Mapping[str, Sequence[int]], mean: Sequence[int]) -> dict[str, tuple[int, ...]]:
    """Scale the shares in each period so that they add up to the new `mean`."""
    cut: dict[str, tuple[int, ...]] = {}
    sums = [sum(period) for period in zip(*shares.values(), strict=True)]
    ratios = [value / was if was else 0.0 for value, was in zip(mean, sums, strict=False)]
    for name, share in shares.items():
        cut[name] = tuple(round(value * ratio) for value, ratio in zip(share, ratios, strict=True))
    if cut:
        rounded = [sum(period) for period in zip(*cut.values(), strict=True)]
        base = next(iter(cut))
        left = (value - was for value, was in zip(mean, rounded, strict=False))
        cut[base] = tuple(value + rest for value, rest in zip(cut[base], left, strict=True))
    return cut
