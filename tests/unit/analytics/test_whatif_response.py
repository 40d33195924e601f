"""What is sold at another price: of intervals that are stated as 80 %, as many hold in weeks that were held out."""

from __future__ import annotations

import numpy as np
import pytest

from edge.analytics.whatif.response import Weeks, expect_units, learn
from tests.demand_weeks import IOWA, held, iowa, sold_weeks


def test_as_many_intervals_hold_as_are_said_to() -> None:
    found = [held(sold_weeks(seed), 50) for seed in range(8)]
    share = sum(within for within, _ in found) / sum(many for _, many in found)
    assert 0.75 <= share <= 0.85, share


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
