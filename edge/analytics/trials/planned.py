"""Whether a trial's promotions and prices are still as planned, or were changed by a person."""

from __future__ import annotations

from edge.analytics.trials.trial import Trial, TrialPhase, TrialPrice
from edge.core.storage.database import Connection
from edge.goods.catalog.prices import STORE, read_price
from edge.goods.promotions.queries import read_promotion


def is_promotion_planned(db: Connection, trial: Trial, phase: TrialPhase) -> bool:
    """Whether the promotion of some weeks is as the trial set it."""
    expected = trial.promotion_in(phase)
    known = read_promotion(db, expected.id)
    return known is not None and (known.promotion, known.until_us) == (expected, expected.until_us)


def is_price_planned(db: Connection, trial: Trial, phase: TrialPhase, price: TrialPrice) -> bool:
    """Whether a price of some weeks is as the trial set it."""
    from_us, until_us = trial.span_us(phase)
    entry = read_price(db, price.sku, STORE, from_us)
    return entry is not None and (entry.price_minor, entry.until_us) == (price.price_minor, until_us)
