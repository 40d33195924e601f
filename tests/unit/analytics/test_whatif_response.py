"""What is sold at another price: of intervals that are stated as 80 %, as many hold in weeks that were held out."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from edge.analytics.whatif.response import Weeks, expect_units, expected_weeks, learn

IOWA = Path(__file__).resolve().parents[4] / "shared" / "data" / "sales" / "iowa_liquor_weekly"


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


def test_as_many_intervals_hold_as_are_said_to() -> None:
    found = [held(sold_weeks(seed), 50) for seed in range(8)]
    share = sum(within for within, _ in found) / sum(many for _, many in found)
    assert 0.75 <= share <= 0.85, share


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


@pytest.mark.skipif(not IOWA.is_dir(), reason="missing: shared/data/sales/iowa_liquor_weekly beside the project")
def test_they_hold_in_real_weeks_too() -> None:
    weeks = iowa()
    for cut in (120, 160):
        within, many = held(weeks, cut)
        assert many > 1_000 and 0.75 <= within / many <= 0.85, (cut, within / many)


def test_what_never_moved_is_not_known() -> None:
    weeks = sold_weeks(1)
    learnt = learn(weeks)
    assert learnt is not None
    usual = float(np.nanmedian(weeks.paid[0]))
    assert expect_units(learnt, "p0", usual, 100, 0.8, 4) is None, "its price never moved"
    assert expect_units(learnt, "nobody", usual, 100, 0.8, 4) is None
    row, sku = next((int(sku[1:]), sku) for sku in learnt.slopes)
    price = float(np.nanmedian(weeks.paid[row]))
    less = expect_units(learnt, sku, price, 100, 0.8, 4)
    assert less is not None and less.low < less.middle < less.high and less.middle > 100, "more is bought for less"
    assert expect_units(learnt, sku, price, 100, 0.3, 4) is None, "it never cost so little"
    still = Weeks(weeks.skus[:10], weeks.sold[:10], weeks.paid[:10])
    assert learn(still) is None, "no price moved"
