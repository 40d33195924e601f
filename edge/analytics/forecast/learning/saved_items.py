"""A training's results, encoded so that the till's process only passes them on."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from edge.analytics.forecast.commands import FinishForecasts, ItemForecast, SaidOfDay, SavedItem, SaveForecasts
from edge.analytics.forecast.learning.intervals import bounds, errors_of
from edge.analytics.forecast.rules import cap_jump
from edge.lib.units.dates import after

SAID_LEVEL = 85.0


def save_command(end: FinishForecasts, items: Sequence[ItemForecast]) -> SaveForecasts:
    """The command that stores items, with day-ahead forecasts for later comparison: those of the store, its categories,
    and products that sell on most days.
    """
    day, said = after(end.through, 1), []
    for item in items:
        if item.kind == 0 and item.mean:
            low, high = bounds(item.mean[0], item.scale, errors_of(end.quantiles, item.item, item.kind), 0, SAID_LEVEL)
            said.append(SaidOfDay(item.item, day, item.mean[0], round(low), round(high)))
    kept = (SavedItem(item.item, msgspec.Raw(msgspec.json.encode(item))) for item in items)
    return SaveForecasts(end.model_version, tuple(kept), tuple(said))


def cap_forecast(item: ItemForecast, before: ItemForecast | None) -> ItemForecast:
    """The forecast, capped if it far exceeds the previous one and that one was `sure` (`rules.cap_jump`)."""
    held = cap_jump(before.mean, item.mean) if before and before.sure else None
    if not held:
        return item
    steps = len(next(iter(item.shares.values()), ()))
    less = tuple(now - was for now, was in zip(held[:steps], item.mean[:steps], strict=True))
    shares = {**item.shares, "held": tuple(map(sum, zip(less, item.shares.get("held", (0,) * steps), strict=True)))}
    return msgspec.structs.replace(item, mean=held, held="jump", shares=shares if steps else {})
