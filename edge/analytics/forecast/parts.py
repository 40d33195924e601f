"""Background parts of forecasts."""

from __future__ import annotations

from edge.analytics.forecast.learning.nightly_forecasts import NightlyForecasts
from edge.core.process.part_context import PartContext
from edge.core.registry import PartSpec


def _forecasts(context: PartContext) -> NightlyForecasts:
    return NightlyForecasts(context.shop, context.zone, context.business_date)


PARTS = (PartSpec("forecasts", _forecasts),)
