"""Asks for a model of prices once a week."""

from __future__ import annotations

from collections.abc import Iterable

from edge.core.process.part_context import PartContext
from edge.core.process.weekly_part import WeeklyPart
from edge.core.registry import PartSpec
from edge.core.storage.database import Connection
from edge.shop.access.rights import system
from edge.shop.pricing.commands import TrainPrices
from edge.shop.pricing.handlers import PRICES_JOB
from edge.shop.pricing.queries import price_models

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
