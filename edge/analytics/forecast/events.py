"""What can have happened with forecasts."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Event

Whole = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""What an INTEGER of SQLite holds."""
Role = Literal["champion", "challenger", "retired"]


class HistoryRow(msgspec.Struct, frozen=True, array_like=True):
    """A day of a product of before there was this journal: quantities in thousandths, `minor` what was taken for it."""

    sku: str
    day: str
    sold: Whole
    returned: Whole = 0
    wasted: Whole = 0
    minor: Whole = 0


class HistoryRecorded(Event, frozen=True):
    """Days of before were brought in from a file; of a product's day the last word counts."""

    source: str
    rows: tuple[HistoryRow, ...]


class HistoryTakenBack(Event, frozen=True):
    """Days of before that were brought in from a file are not known after all: products and days."""

    source: str
    rows: tuple[tuple[str, str], ...]


class ElsewhereRow(msgspec.Struct, frozen=True, array_like=True):
    """So many thousandths of a product; below 0: less than was said before, or some came back."""

    sku: str
    quantity: Whole


class SoldElsewhere(Event, frozen=True):
    """Goods were sold on a day at a till that is not ours, and are on no paper of the shop's."""

    till: str
    day: str
    rows: tuple[ElsewhereRow, ...]


class ForecastTrained(Event, frozen=True, omit_defaults=True):
    """A version of the forecasts was made from `days` of business through `through`, for `series` products and groups.

    `role` is what it begins as: the first is the champion at once. `figures` are those of its backtest, in
    thousandths: `wape`, `bias`, `rmsse` beside seasonal naive, `coverage`; `models`: how many series each forecasts.
    """

    model_version: str
    through: str
    days: int
    series: int
    role: Role
    figures: dict[str, int] = msgspec.field(default_factory=dict)
    models: dict[str, int] = msgspec.field(default_factory=dict)


class ModelPromoted(Event, frozen=True):
    """A version is the champion from now on, in the place of `instead_of`: it was `better`, or somebody chose so."""

    model_version: str
    instead_of: str
    why: Literal["better", "chosen"]
    wape: int = 0
    wape_before: int = 0


class ModelRetired(Event, frozen=True):
    """A version is no more considered: it was not better, or a newer one took its place."""

    model_version: str
    why: Literal["not_better", "replaced"]


class OccasionSet(Event, frozen=True):
    """Something is on that changes what is bought: `effect_percent` more (below 0: less) from `first` to `last` (ISO
    8601), of one category or of all. What it is called may name nobody."""

    id: str
    name: str
    first: str
    last: str
    effect_percent: int
    category: str = ""


class OccasionEnded(Event, frozen=True):
    """It is not on after all."""

    id: str


EVENTS: tuple[type[Event], ...] = (
    HistoryRecorded,
    HistoryTakenBack,
    SoldElsewhere,
    ForecastTrained,
    ModelPromoted,
    ModelRetired,
    OccasionSet,
    OccasionEnded,
)
