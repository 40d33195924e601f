"""Part that requests the weather, if configured."""

from __future__ import annotations

from collections.abc import Iterator

from edge.analytics.forecast.service.weather_part import WeatherPart
from edge.core.process.parts import Part, Stage
from edge.runtime.shop_context import ShopContext


def parts(context: ShopContext) -> Iterator[Part]:
    """The part that requests the weather; none if no place is configured."""
    if (weather := WeatherPart.of(context.config, context.shop)).is_on:
        yield Part("weather", weather.run, stage=Stage.BACKGROUND)
