"""Price effects on demand: an elasticity learnt from the shop's own sales days, and known effects of future prices and
promotions.

All products share one elasticity (the percentage by which demand falls when the price rises one percent), as a single
product's is mostly noise. Without price changes, it's 0 and forecasts aren't corrected.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from edge.analytics.forecast.learning.models import EMPTY, Matrix, Places
from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import CategoryPlace
from edge.goods.catalog.prices import prices_ahead
from edge.goods.promotions.promotion import (
    AmountOff,
    BuyGet,
    Deal,
    FixedPrice,
    PercentOff,
    Promotion,
    SeveralFor,
    keys_of,
)
from edge.goods.promotions.queries import PAGE_LIMIT, read_promotions
from edge.lib.tax.rules import FULL
from edge.lib.units.money import show_minor

BEFORE_DAYS = 28
"""Number of preceding days whose mean is the reference for price and sales, which removes yearly trends."""
USUAL_DAYS = 56
MOVED = 0.03
"""Minimum price change, as a logarithm; smaller ones are ignored."""
PRIOR = 2.0
"""Weight of the prior that prices have no effect, equal to about fifty days at a 20 % discount."""
STRONGEST = 4.0
STEADY_SHARE = 0.5
FACTOR_LIMITS = (0.33, 3.0)
RATIO_LIMITS = (0.2, 5.0)
TOLD_DAYS = 90
NOON = time(12)
Known = dict[str, dict[str, str]]


class PriceEffects(NamedTuple):
    """`past` and `ahead`: demand multipliers of prices by product row, only for changed prices; `groups`: the same for
    revenue of the store and each category. `known`: future changes by product, in words.
    """

    elasticity: float
    past: Mapping[int, Matrix]
    ahead: Mapping[int, Matrix]
    groups: Matrix
    known: Mapping[str, Known]

    def plain(self, values: Matrix) -> Matrix:
        """Sales histories corrected to usual prices; a copy if any value changed."""
        if not self.past:
            return values
        found = values.copy()
        for row, factor in self.past.items():
            found[row] /= factor
        return found

    def foreseen(self, mean: Matrix) -> Matrix:
        """Adjust a product forecast from usual to future prices, in place."""
        for row, factor in self.ahead.items():
            mean[row] *= factor
        return mean


class PlannedPrices(NamedTuple):
    """Future prices relative to today's list price, for products with changes; descriptions of the changes; and today's
    list prices.
    """

    ratios: dict[str, Matrix]
    known: dict[str, Known]
    listed: dict[str, int]


def read_planned(
    db: Connection, places: Mapping[str, CategoryPlace], first: date, days: int, zone: str, currency: str
) -> PlannedPrices:
    """Future prices and general promotions, as of noon on days from `first` on, for these products."""
    noons = [first + timedelta(days=at) for at in range(days)]
    moments = [int(datetime.combine(day, NOON, ZoneInfo(zone)).timestamp() * 1e6) for day in noons]
    listed, changed = prices_ahead(db, list(places), moments)
    ratios, known = dict[str, Matrix](), dict[str, Known]()
    for sku, prices in changed.items():
        now = listed[sku]
        ratios[sku] = np.array([price / now for price in prices])
        for at in range(1, min(days, TOLD_DAYS)):
            if prices[at] != prices[at - 1]:
                known.setdefault(sku, {})[noons[at].isoformat()] = {"price": show_minor(prices[at], currency)}
    keys = {sku: {*keys_of((sku,), place.categories, (place.brand,))} for sku, place in places.items() if sku in listed}
    for kept in read_promotions(db, moments[0], limit=PAGE_LIMIT):
        one, until_us = kept.promotion, kept.until_us
        held = np.array(
            [
                one.holds(day.isoweekday(), 60 * NOON.hour, "")
                and kept.from_us <= at_us
                and (until_us is None or at_us < until_us)
                for day, at_us in zip(noons, moments, strict=True)
            ]
        )
        if held.any():
            _apply_promotion(one, held, keys, noons, ratios, known, listed)
    return PlannedPrices(ratios, known, listed)


def _apply_promotion(
    one: Promotion,
    held: Matrix,
    keys: Mapping[str, set[str]],
    days: list[date],
    ratios: dict[str, Matrix],
    known: dict[str, Known],
    listed: Mapping[str, int],
) -> None:
    """Apply a promotion to the price paid; only the largest discount counts."""
    goods, but = {*one.goods.keys}, {*one.but.keys}
    name = next(iter(one.names.values()))
    for sku, of_sku in keys.items():
        if (goods and goods.isdisjoint(of_sku)) or not but.isdisjoint(of_sku):
            continue
        ratio = paid_share(one.deal, listed[sku])
        if ratio >= 1:
            continue
        ratios[sku] = np.minimum(ratios.get(sku, np.ones(len(days))), np.where(held, ratio, np.inf))
        for at in np.flatnonzero(held[:TOLD_DAYS]):
            known.setdefault(sku, {}).setdefault(days[at].isoformat(), {})["promotion"] = name


def paid_share(deal: Deal, price_minor: int) -> float:
    """The share of the price paid under a deal if the required quantity is bought; deals on the receipt total are
    ignored.

    >>> paid_share(BuyGet(2), 500), paid_share(PercentOff(20_000), 500)
    (0.6666666666666667, 0.8)
    """
    if price_minor <= 0:
        return 1.0
    match deal:
        case PercentOff(share):
            return 1 - share / FULL
        case AmountOff(off):
            return max(0.0, price_minor - off) / price_minor
        case FixedPrice(fixed):
            return min(1.0, fixed / price_minor)
        case SeveralFor(count, together):
            return min(1.0, together / (count * price_minor))
        case BuyGet(buy, get, share):
            return 1 - get * share / FULL / (buy + get)
    return 1.0


def price_effects(
    values: Matrix,
    taken: Matrix,
    group_of: Places,
    group_count: int,
    weekdays: Places,
    planned: PlannedPrices,
    skus: list[str],
    steps: int,
) -> PriceEffects:
    """Past and future price effects; none if prices have no effect. `values` in thousandths of a unit, `taken` in minor
    units, by product and day; `weekdays`: of each day."""
    with np.errstate(divide="ignore", invalid="ignore"):
        paid = np.where((values > 0) & (taken > 0), 1000 * taken / values, np.nan)
    strength = elasticity(values, paid, weekdays)
    nothing = PriceEffects(0.0, {}, {}, np.ones((group_count, steps)), planned.known)
    if not strength:
        return nothing
    usual = _usual(paid)
    past, ahead = dict[int, Matrix](), dict[int, Matrix]()
    weight, before, later = (np.zeros((group_count, steps)) for _ in range(3))
    for row, sku in enumerate(skus):
        ratio = np.clip(paid[row] / usual[row], *RATIO_LIMITS) if usual[row] > 0 else np.full(values.shape[1], np.nan)
        ratio[np.isnan(ratio) | (np.abs(np.log(ratio)) < MOVED)] = 1.0
        if (ratio != 1).any():
            past[row] = _factor(ratio, strength)
        to_come = _to_come(planned, sku, usual[row], steps)
        if (to_come != 1).any():
            ahead[row] = _factor(to_come, strength)
        worth = float(np.nansum(taken[row, -BEFORE_DAYS:]))
        was = float(np.mean((ratio * past.get(row, np.ones(1)))[-BEFORE_DAYS:]))
        for group in {0, int(group_of[row])}:
            weight[group] += worth
            before[group] += worth * was
            later[group] += worth * to_come * ahead.get(row, np.ones(1))
    groups = np.where(weight > 0, later / np.maximum(before, EMPTY), 1.0)
    return PriceEffects(strength, past, ahead, np.clip(groups, *FACTOR_LIMITS), planned.known)


def elasticity(values: Matrix, paid: Matrix, weekdays: Places) -> float:
    """The percentage by which demand rises for a one percent lower price, from products that sell on most days."""
    if values.shape[1] <= BEFORE_DAYS:
        return 0.0
    steady = (np.nan_to_num(values) > 0).mean(axis=1) >= STEADY_SHARE
    if not steady.any():
        return 0.0
    price, sold = np.log(paid[steady]), values[steady]
    with np.errstate(divide="ignore", invalid="ignore"):
        bought = np.where(sold > 0, np.log(sold), np.nan)
    moved, more = _beside(price), _beside(bought)
    known = ~np.isnan(moved) & ~np.isnan(more)
    still = known & (np.abs(moved) < MOVED)
    days = weekdays[: values.shape[1]]
    for day in range(7):  # take out the weekday's own effect
        here = days == day
        if still[:, here].any():
            more[:, here] -= float(more[:, here][still[:, here]].mean())
    told = known & (np.abs(moved) >= MOVED)
    x, y = np.clip(moved[told], -1.0, 1.0), np.clip(more[told], -2.0, 2.0)
    return float(np.clip(-(x * y).sum() / ((x * x).sum() + PRIOR), 0.0, STRONGEST))


def _beside(logs: Matrix) -> Matrix:
    """Each day's value relative to the mean of the preceding known days."""
    known = ~np.isnan(logs)
    sums, counts = (np.cumsum(one, axis=1) for one in (np.nan_to_num(logs), known.astype(np.float64)))
    found = np.full_like(logs, np.nan)
    span = BEFORE_DAYS
    count = counts[:, span - 1 : -1] - np.concatenate([np.zeros((len(logs), 1)), counts[:, : -span - 1]], axis=1)
    total = sums[:, span - 1 : -1] - np.concatenate([np.zeros((len(logs), 1)), sums[:, : -span - 1]], axis=1)
    found[:, span:] = np.where(count >= span / 4, logs[:, span:] - total / np.maximum(count, 1), np.nan)
    return found


def _usual(paid: Matrix) -> Matrix:
    """A product's usual price: the median of its last days with sales; 0 if unknown."""
    recent = paid[:, -USUAL_DAYS:]
    rows = (~np.isnan(recent)).any(axis=1)
    found = np.zeros(len(paid))
    if rows.any():
        found[rows] = np.nanmedian(recent[rows], axis=1)
    return found


def _to_come(planned: PlannedPrices, sku: str, usual: float, steps: int) -> Matrix:
    """Future prices relative to the usual one, by step."""
    listed = planned.listed.get(sku, 0)
    moved = listed / usual if usual > 0 and listed > 0 else 1.0
    # A list price far from the price paid is per another unit, or excludes tax.
    moved = moved if 0.67 < moved < 1.5 and abs(np.log(moved)) >= MOVED else 1.0
    return np.clip(planned.ratios.get(sku, np.ones(steps)) * moved, *RATIO_LIMITS)


def _factor(ratio: Matrix, strength: float) -> Matrix:
    return np.asarray(np.clip(ratio**-strength, *FACTOR_LIMITS))
