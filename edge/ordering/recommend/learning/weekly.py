"""Starts a training of product pairs once a week."""

from __future__ import annotations

from collections.abc import Iterable

from edge.core.process.part_context import PartContext
from edge.core.process.weekly_part import WeeklyPart
from edge.core.registry import PartSpec
from edge.core.storage.database import Connection
from edge.foundation.access.rights import system
from edge.ordering.recommend.commands import TrainRecommendations
from edge.ordering.recommend.handlers import JOB, Settings
from edge.ordering.recommend.queries import recommendation_models

_TRADED = "SELECT EXISTS (SELECT 1 FROM receipt WHERE kind = 'sale')"


def parts(settings: Settings) -> tuple[PartSpec, ...]:
    """Background parts of recommendations."""

    def trained_dates(db: Connection) -> Iterable[str] | None:
        counts = settings.at(db).on and db.execute(_TRADED).fetchone()[0]
        return [one.trained_date for one in recommendation_models(db, 1)] if counts else None

    def weekly(context: PartContext) -> WeeklyPart:
        return WeeklyPart(context, TrainRecommendations(), system(), JOB, trained_dates)

    return (PartSpec("recommend", weekly),)
