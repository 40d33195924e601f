"""What the process that makes forecasts is asked, and how it answers: JSON, a line each."""

from __future__ import annotations

import msgspec

from edge.analytics.forecast.commands import FinishForecasts, SaveForecasts


class TrainRequest(msgspec.Struct, frozen=True):
    """`models`: the model of each item, where they are not to be chosen anew (of version `version`)."""

    ledger: str
    today: str
    zone: str
    country: str
    currency: str
    version: str = ""
    models: dict[str, str] = {}


class TrainingFailed(msgspec.Struct, frozen=True, tag=True):
    """Why there is no forecast: a key of section `forecast`."""

    why: str
    values: dict[str, str | int] = {}


class ItemsTrained(msgspec.Struct, frozen=True, tag=True):
    """Some items, to be saved as they are."""

    command: SaveForecasts


class VersionTrained(msgspec.Struct, frozen=True, tag=True):
    """All of them were told."""

    command: FinishForecasts


TrainAnswer = ItemsTrained | VersionTrained | TrainingFailed
