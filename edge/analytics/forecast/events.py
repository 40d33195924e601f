"""Forecast events."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Event

Whole = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""Range of an SQLite INTEGER."""
Role = Literal["champion", "challenger", "retired"]


class HistoryRow(msgspec.Struct, frozen=True, array_like=True):
    """A product's sales history on a day: quantities in thousandths; `minor`: revenue."""

    sku: str
    day: str
    sold: Whole
    returned: Whole = 0
    wasted: Whole = 0
    minor: Whole = 0


class HistoryRecorded(Event, frozen=True):
    """Sales history was imported from a file; for a product's day, the last import applies."""

    source: str
    rows: tuple[HistoryRow, ...]


class HistoryTakenBack(Event, frozen=True):
    """Imported days of products were removed."""

    source: str
    rows: tuple[tuple[str, str], ...]


PastGrouping = Literal["day", "hour", "category", "tender"]


class PastTotal(msgspec.Struct, frozen=True, array_like=True):
    """Sales of a day in another system without product detail, or a part of them.

    The part is an hour ("09"), a category (by name) or a tender (its kind; "": others); `key` is "" for the whole day.
    `receipts`: their number; 0 if unknown.
    """

    day: str
    grouped: PastGrouping
    key: str
    minor: Whole
    receipts: Whole = 0


class PastTotalsRecorded(Event, frozen=True):
    """Past days' totals were imported from a file by the import queued at `import_us`; for each day, the newest import
    applies.
    """

    import_us: int
    source: str
    rows: tuple[PastTotal, ...]


class PastTotalsTakenBack(Event, frozen=True):
    """An import's totals of the days from `first` to `last` were removed."""

    import_us: int
    first: str
    last: str


class ElsewhereRow(msgspec.Struct, frozen=True, array_like=True):
    """Thousandths of a product; negative: a correction or returns."""

    sku: str
    quantity: Whole


class SoldElsewhere(Event, frozen=True):
    """Goods were sold on a day at a third-party till, without a receipt of the shop."""

    till: str
    day: str
    rows: tuple[ElsewhereRow, ...]


class ForecastTrained(Event, frozen=True, omit_defaults=True):
    """A version of the forecasts was trained on `days` business days up to `through`, for `series` products and groups.

    `role`: its initial role; the first version is champion at once. `figures`: backtest results in thousandths: `wape`,
    `bias`, `rmsse` relative to seasonal naive, `coverage`; `models`: the number of series per model.
    """

    model_version: str
    through: str
    days: int
    series: int
    role: Role
    figures: dict[str, int] = msgspec.field(default_factory=dict)
    models: dict[str, int] = msgspec.field(default_factory=dict)


class ModelPromoted(Event, frozen=True):
    """A version became champion and replaced `instead_of`: it was `better`, or a user chose it."""

    model_version: str
    instead_of: str
    why: Literal["better", "chosen"]
    wape: int = 0
    wape_before: int = 0


class ModelRetired(Event, frozen=True):
    """A version was retired: it wasn't better, or a newer one replaced it."""

    model_version: str
    why: Literal["not_better", "replaced"]


class OccasionSet(Event, frozen=True):
    """An occasion changes demand by `effect_percent` (negative: less) from `first` to `last` (ISO 8601), in one
    category or all. Its name must not identify a person."""

    id: str
    name: str
    first: str
    last: str
    effect_percent: int
    category: str = ""


class OccasionEnded(Event, frozen=True):
    """An occasion was removed."""

    id: str


EVENTS: tuple[type[Event], ...] = (
    HistoryRecorded,
    HistoryTakenBack,
    PastTotalsRecorded,
    PastTotalsTakenBack,
    SoldElsewhere,
    ForecastTrained,
    ModelPromoted,
    ModelRetired,
    OccasionSet,
    OccasionEnded,
)
