"""Price model: the effect of prices on demand by category, its accuracy on unseen days, and more profitable prices.
Pure and deterministic: matrices in, values out.

A product's weekly sales at another price are `sold * (then / now) ** -strength`. Strengths are learnt from the shop's
own days as in forecasts (`forecast.price_effects`), for each category whose prices changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from edge.analytics.forecast.learning.models import Matrix, Places
from edge.analytics.forecast.learning.price_effects import MOVED, STEADY_SHARE, elasticity
from edge.analytics.pricing.events import ProposedPrice
from edge.analytics.pricing.priceable_products import PriceableProduct

TEST_DAYS = 28
LEVEL_DAYS = 56
"""Number of days from which a product's sales and usual price are computed."""
MOVED_PRIOR = 100.0
"""Number of product days at changed prices at which a category's own elasticity weighs as much as the overall one."""
RANGE = 0.15
"""Maximum relative change of a suggested price."""
LEAST_CHANGE = 0.03
"""Minimum price change; a smaller one isn't worth a new label."""
LEAST_GAIN = 0.02
"""Minimum gain that makes a new price worthwhile, as a share of a week's profit."""
ENDING = 10
"""A suggested price keeps the current price's ending modulo this many minor units, such as 9 or 0 cents."""


class PriceDays(NamedTuple):
    """A row per product, a column per day: units `sold` (NaN: closed), and the unit price `paid` in minor units (NaN:
    none sold)."""

    skus: list[str]
    categories: list[str]
    sold: Matrix
    paid: Matrix
    weekdays: Places

    def until(self, day: int) -> PriceDays:
        """The days before `day`."""
        return self._replace(sold=self.sold[:, :day], paid=self.paid[:, :day], weekdays=self.weekdays[:day])


def learn(days: PriceDays) -> dict[str, float]:
    """Learn the percentage by which demand falls if the price rises one percent, by category; "": all products."""
    whole = elasticity(days.sold, days.paid, days.weekdays)
    found, categories = {"": whole}, np.array(days.categories)
    moved = moved_days(days)
    for category in sorted(set(days.categories) - {""}):
        rows = categories == category
        own = elasticity(days.sold[rows], days.paid[rows], days.weekdays)
        word = float(moved[rows].sum())
        found[category] = (own * word + whole * MOVED_PRIOR) / (word + MOVED_PRIOR)
    return found


def moved_days(days: PriceDays) -> Places:
    """The number of days on which each product sold at a price different from its usual one."""
    with np.errstate(invalid="ignore", divide="ignore"):
        away = np.abs(np.log(days.paid / _usual(days.paid)[:, None]))
    return np.asarray((np.nan_to_num(away) >= MOVED).sum(axis=1))


def foretold(days: PriceDays, strengths: Mapping[str, float], origin: int) -> Matrix:
    """Predict each product's sales on the TEST_DAYS after an origin, at the prices of those days, from earlier days
    only.
    """
    past, ahead = days.until(origin), slice(origin, origin + TEST_DAYS)
    usual, strength = _usual(past.paid), _strengths(days, strengths)
    priced = _carry_forward(np.concatenate([past.paid, days.paid[:, ahead]], axis=1), usual)
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = np.where(usual[:, None] > 0, (priced / usual[:, None]) ** -strength[:, None], 1.0)
    level = _mean((past.sold / factor[:, :origin])[:, -LEVEL_DAYS:])
    known = ~np.isnan(days.sold[:, ahead])
    return np.asarray((level[:, None] * factor[:, origin:] * known).sum(axis=1))


def price_accuracy(days: PriceDays, strengths: Mapping[str, float]) -> float:
    """1 - WAPE for products that sell on most days, over the last four weeks; 0.0 without sales."""
    origin = days.sold.shape[1] - TEST_DAYS
    rows = steady(days.until(origin))
    came = np.nansum(days.sold[:, origin:], axis=1)[rows]
    said = foretold(days, strengths, origin)[rows]
    return max(0.0, float(1 - np.abs(said - came).sum() / came.sum())) if came.sum() > 0 else 0.0


def steady(days: PriceDays) -> Matrix:
    """Which products sell on most days; price effects can't be estimated for the others."""
    return np.asarray((np.nan_to_num(days.sold) > 0).mean(axis=1) >= STEADY_SHARE)


def propose(
    days: PriceDays, strengths: Mapping[str, float], products: Mapping[str, PriceableProduct], most: int
) -> tuple[ProposedPrice, ...]:
    """The most valuable price changes, up to `most`: changes that raise the weekly profit or clear expiring stock."""
    week = 7 * _mean(days.sold[:, -LEVEL_DAYS:])
    strength = _strengths(days, strengths)
    found = [
        better
        for row in np.flatnonzero(steady(days))
        if (product := products.get(days.skus[row])) is not None
        and (better := _better(days.skus[row], product, float(week[row]), float(strength[row]))) is not None
    ]
    found.sort(key=lambda one: (one.earned_now - one.earned_then, one.sku))
    return tuple(found[:most])


def _better(sku: str, product: PriceableProduct, week: float, strength: float) -> ProposedPrice | None:
    """The most profitable price; for stock that would expire unsold, the highest price that clears it, else the lowest.

    None if no price is enough of an improvement.
    """
    prices = list(_candidates(product))
    if strength <= 0 or week <= 0 or not prices:
        return None
    now = product.price_minor
    sells = {price: float(week * (price / now) ** -strength) for price in (*prices, now)}
    earns = {price: (price * product.kept_share - product.cost_minor) * sells[price] for price in sells}
    left_over = product.expiring > sells[now] * product.expiring_days / 7
    if left_over:
        lower = [price for price in prices if price < now]
        enough = [price for price in lower if sells[price] * product.expiring_days / 7 >= product.expiring]
        best = max(enough, default=min(lower, default=0))
    else:
        best = max(prices, key=lambda price: (earns[price], -price))
    if not best or (not left_over and earns[best] < earns[now] + LEAST_GAIN * abs(earns[now])):
        return None
    told = (round(1000 * sells[now]), round(1000 * sells[best]), round(earns[now]), round(earns[best]))
    return ProposedPrice(sku, best, now, "expires" if left_over else "earns_more", *told)


def _candidates(product: PriceableProduct) -> Iterator[int]:
    """Prices within RANGE of the current one with the same ending, never below cost.

    They stay between the lowest and the median competitor price, unless the current price is already outside.
    """
    now = product.price_minor
    low, high = now * (1 - RANGE), now * (1 + RANGE)
    low = max(low, product.least_minor)
    if product.middle:
        low, high = max(low, min(now, product.lowest)), min(high, max(now, product.middle))
    first = int(-(-low // 1))
    first += (now - first) % ENDING
    for price in range(first, int(high) + 1, ENDING):
        if abs(price - now) >= LEAST_CHANGE * now:
            yield price


def _strengths(days: PriceDays, strengths: Mapping[str, float]) -> Matrix:
    whole = strengths.get("", 0.0)
    return np.array([strengths.get(category, whole) for category in days.categories])


def _usual(paid: Matrix) -> Matrix:
    """A product's usual price: the median of its last days with sales, 0 if none."""
    recent, found = paid[:, -LEVEL_DAYS:], np.zeros(len(paid))
    rows = (~np.isnan(recent)).any(axis=1)
    if rows.any():
        found[rows] = np.nanmedian(recent[rows], axis=1)
    return found


def _carry_forward(paid: Matrix, usual: Matrix) -> Matrix:
    """Fill a product's price on days without sales with its last earlier price, or the `usual` one if there is none."""
    found, last = paid.copy(), usual.copy()
    for at in range(paid.shape[1]):
        last = np.where(np.isnan(paid[:, at]), last, paid[:, at])
        found[:, at] = last
    return found


def _mean(values: Matrix) -> Matrix:
    known = np.maximum((~np.isnan(values)).sum(axis=1), 1)
    return np.asarray(np.nansum(values, axis=1) / known)
