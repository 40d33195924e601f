"""Protocol of the training process: one JSON document per line."""

from __future__ import annotations

import msgspec

from edge.analytics.forecast.commands import FinishForecasts, SaveForecasts


class TrainRequest(msgspec.Struct, frozen=True):
    """A request to train forecasts.

    `models`: the models of `version`, by item, to keep instead of choosing new ones.
    """

    ledger: str
    today: str
    zone: str
    country: str
    currency: str
    version: str = ""
    models: dict[str, str] = {}


class TrainingFailed(msgspec.Struct, frozen=True, tag=True):
    """The reason there is no forecast: a key of section `forecast`."""

    why: str
    values: dict[str, str | int] = {}


class ItemsTrained(msgspec.Struct, frozen=True, tag=True):
    """Some items, which are stored unchanged."""

    command: SaveForecasts


class VersionTrained(msgspec.Struct, frozen=True, tag=True):
    """All results were sent."""

    command: FinishForecasts


TrainAnswer = ItemsTrained | VersionTrained | TrainingFailed
