"""Train a price model once a week."""

from __future__ import annotations

from collections.abc import Iterable

from edge.analytics.pricing.commands import TrainPrices
from edge.analytics.pricing.handlers import PRICES_JOB
from edge.analytics.pricing.queries import price_models
from edge.core.process.part_context import PartContext
from edge.core.process.weekly_part import WeeklyPart
from edge.core.registry import PartSpec
from edge.core.storage.database import Connection
from edge.foundation.access.rights import system

_TRADED = """
    SELECT EXISTS (SELECT 1 FROM figure_day)
       AND (SELECT seq FROM projection WHERE name = 'figures') > (SELECT max(seq) FROM journal) - 1000
"""


def _trained_dates(db: Connection) -> Iterable[str] | None:
    traded = db.execute(_TRADED).fetchone()[0]
    return [one.trained_date for one in price_models(db, 1)] if traded else None


def _weekly(context: PartContext) -> WeeklyPart:
    return WeeklyPart(context, TrainPrices(), system(), PRICES_JOB, _trained_dates)


PARTS = (PartSpec(PRICES_JOB, _weekly),)
