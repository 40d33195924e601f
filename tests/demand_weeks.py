"""Weeks in which prices moved, made up and real, and how many intervals of demand hold in those that were held out."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np

from edge.analytics.whatif.response import Weeks, expected_weeks, learn

IOWA = Path(__file__).resolve().parents[2] / "shared" / "data" / "sales" / "iowa_liquor_weekly"
"""Beside the project, where someone put it; the data is not part of it."""


def sold_weeks(seed: int, products: int = 40, weeks: int = 70) -> Weeks:
    """Weeks of products whose demand answers prices each in its own way; those of the first ten never move."""
    random = np.random.default_rng(seed)
    level, slope = random.lognormal(3, 0.8, products), random.normal(-2, 0.6, products)
    price = random.integers(100, 900, products)
    sold, paid = np.zeros((products, weeks)), np.full((products, weeks), np.nan)
    for week in range(weeks):
        moved = np.where(random.random(products) < 0.12, random.choice([0.7, 0.8, 0.9, 1.1], products), 1.0)
        moved[:10] = 1
        season = 1 + 0.15 * np.sin(2 * np.pi * week / 52)
        sold[:, week] = random.poisson(level * season * moved**slope * random.gamma(12, 1 / 12, products))
        paid[:, week] = np.where(sold[:, week] > 0, price * moved, np.nan)
    return Weeks([f"p{row}" for row in range(products)], sold, paid)


def held(weeks: Weeks, cut: int) -> tuple[int, int]:
    """Of the weeks at another price from `cut` on, how many are within what the ones before say, and how many there
    are."""
    learnt = learn(Weeks(weeks.skus, weeks.sold[:, :cut], weeks.paid[:, :cut]))
    assert learnt is not None
    tried = {key: one for key, one in expected_weeks(learnt, weeks).items() if key[1] >= cut}
    return sum(one.low <= weeks.sold[key] <= one.high for key, one in tried.items()), len(tried)


def iowa() -> Weeks:
    """Real weeks of three brands of liquor by town, in litres."""
    found: dict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
    for path in sorted(IOWA.glob("*brand.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                litres, dollars = float(row["sum_sale_liters"] or 0), float(row["sum_sale_dollars"] or 0)
                if litres > 0:
                    at = found[f"{row['item']} {row['store_location_city']}"]
                    had = at.get(row["weekStarting"], (0.0, 0.0))
                    at[row["weekStarting"]] = (had[0] + litres, had[1] + dollars)
    days = sorted({day for of in found.values() for day in of})
    skus = sorted(found, key=lambda sku: (-len(found[sku]), sku))[:300]
    sold = np.array([[found[sku].get(day, (0.0, 0.0))[0] for day in days] for sku in skus])
    money = np.array([[found[sku].get(day, (0.0, 0.0))[1] for day in days] for sku in skus])
    with np.errstate(all="ignore"):
        return Weeks(skus, sold, np.where(sold > 0, money / sold, np.nan))
