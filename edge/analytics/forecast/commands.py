"""Forecast commands."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.analytics.forecast.events import ElsewhereRow, HistoryRow, PastTotal, Whole
from edge.analytics.forecast.history.day_forms import DayForm
from edge.core.messages import Command, Number

ROWS_LIMIT = 2_000
"""Maximum product days per import command."""
HISTORY_ROWS = 75
"""Product days per command of a job. Each changes a page of its own, and a till may wait for the commit."""
ITEMS_LIMIT = 100
"""Maximum series whose forecasts are saved per command."""
STEPS = 400
"""Days of forecast stored: four quarters, starting at any day of a quarter."""
OCCASIONS_LIMIT = 200
"""Maximum events per command."""
WEATHER_DAYS = 800
"""Maximum days of weather per command."""
Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$(?!\n)")]
Text = Annotated[str, msgspec.Meta(max_length=80)]


class ImportHistory(Command, frozen=True):
    """Import sales history from an uploaded file: CSV or XLSX with a day, a product and a quantity.

    `columns`: the heading of each field (`day`, `sku` or `code`, `sold`, `returned`, `wasted`, `minor`; "": none);
    others are guessed. `own_days`: keep days with the shop's own receipts ("keep", the default), or replace them
    ("replace"). `form`: whether day or month comes first, if the column doesn't show it. Before `own_days` existed,
    files always replaced such days; callers that rely on that must send "replace".
    """

    path: Annotated[str, msgspec.Meta(max_length=500)]
    columns: dict[str, str] = msgspec.field(default_factory=dict)
    own_days: Literal["keep", "replace"] = "keep"
    form: DayForm = ""


class RecordHistory(Command, frozen=True):
    """Store days of sales history read by a job."""

    source: Text
    rows: Annotated[tuple[HistoryRow, ...], msgspec.Meta(max_length=ROWS_LIMIT)]


class TakeBackHistory(Command, frozen=True):
    """Remove imported days of products."""

    source: Text
    rows: Annotated[tuple[tuple[Text, Day], ...], msgspec.Meta(max_length=ROWS_LIMIT)]


class RecordPastTotals(Command, frozen=True):
    """Store the totals of past days read by an import job."""

    import_us: Number
    source: Text
    rows: Annotated[tuple[PastTotal, ...], msgspec.Meta(max_length=ROWS_LIMIT)]


class TakeBackPastTotals(Command, frozen=True):
    """Remove an import's totals for some days."""

    import_us: Number
    first: Day
    last: Day


class NoteSoldElsewhere(Command, frozen=True):
    """Record goods sold at a third-party till on a day; they count as demand."""

    till: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$(?!\n)")]
    day: Day
    rows: Annotated[tuple[ElsewhereRow, ...], msgspec.Meta(max_length=ROWS_LIMIT)]


class RetrainForecasts(Command, frozen=True):
    """Train a new version of the forecasts in the background; returns the job's id, or that of a job already running.

    `refresh`: only update existing forecasts with recent sales, keeping their models.
    """

    refresh: bool = False


class BacktestFold(msgspec.Struct, frozen=True, array_like=True):
    """A backtest origin of an item's model: the `first` day forecast, the number of `days` with data, and WAPE and bias
    in thousandths (None: nothing was sold)."""

    first: Day
    days: Number
    wape: int | None
    bias: int | None


class ItemForecast(msgspec.Struct, frozen=True):
    """The forecast of an item (`sku`, `category:ID` or `store`), one number per day after `through`. Units: thousandths
    of a product's unit; minor units of revenue for a category or the store.

    `scale`, `week` and `month`: typical errors of one day, seven and 28 days. `kind`: 0 for sales on most days, 1 on
    few days, 2 on very few. `days`: days of data; `unknown`: days without data (closed or out of stock); `damped`:
    extreme days, which count less; `largest`: the highest daily sales; `sure`: whether the item has enough data of its
    own.

    `held`: the forecast was capped at three times the `largest`, or was ten times the previous one (`jump`) and should
    be checked. `known`: known changes by day: a `promotion` by name, a future `price`. `tried` and `folds`, for the
    store and categories: backtest results (`backtest_figures.series_figures`), overall and per origin. `shares`: the
    components of the first days of `mean` (`rules.shares_of`), which add up to it.
    """

    item: str
    model: str
    kind: Annotated[int, msgspec.Meta(ge=0, le=2)]
    mean: Annotated[tuple[Number, ...], msgspec.Meta(max_length=STEPS)]
    scale: Number
    week: Number
    month: Number
    days: Number
    largest: Whole
    sure: bool = True
    recent: Whole = 0
    usual: Whole = 0
    held: Literal["", "largest", "jump"] = ""
    known: dict[str, dict[str, str]] = {}
    unknown: Number = 0
    damped: Number = 0
    tried: dict[str, int] = {}
    folds: tuple[BacktestFold, ...] = ()
    shares: dict[str, tuple[int, ...]] = {}


class SaidOfDay(msgspec.Struct, frozen=True, array_like=True):
    """The forecast of an item's next day, stored to be compared with actual demand later."""

    item: str
    day: Day
    mean: Number
    lower: Number
    upper: Number


class SavedItem(msgspec.Struct, frozen=True):
    """An item with its `ItemForecast` as JSON, stored unchanged so that the writer needn't decode it."""

    item: str
    body: msgspec.Raw


class SaveForecasts(Command, frozen=True):
    """Store some items of a job's results. They are derived data, so no event is written."""

    model_version: Text
    items: Annotated[tuple[SavedItem, ...], msgspec.Meta(max_length=ITEMS_LIMIT)]
    said: Annotated[tuple[SaidOfDay, ...], msgspec.Meta(max_length=ITEMS_LIMIT)] = ()


class FinishForecasts(Command, frozen=True):
    """Complete a version after all its items are stored. `new`: newly trained, not just updated.

    `quantiles`: error quantiles by level and kind of series (`intervals.errors_of`) and by step; `factors`: known
    factors of future days.
    """

    model_version: Text
    through: Day
    days: Number
    series: Number
    new: bool
    figures: dict[str, Whole]
    models: dict[str, Whole]
    quantiles: tuple[tuple[tuple[float, ...], ...], ...]
    factors: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)


class ForgetForecasts(Command, frozen=True):
    """Delete some expired data: versions too old to be restored, and old daily forecasts.
    A job repeats the command as often as `times_to_forget` says.
    """


class PromoteModel(Command, frozen=True):
    """Make a version the champion, regardless of the comparison. It must be from the last 14 days."""

    model_version: Text


class Occasion(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """An occasion that changes demand; for the fields, see `OccasionSet`."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$(?!\n)")]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    first: Day
    last: Day
    effect_percent: Annotated[int, msgspec.Meta(ge=-100, le=900)]
    category: Text = ""


class SetOccasion(Command, Occasion, frozen=True):
    """Set an occasion, such as a town festival, roadworks or a heatwave. See `OccasionSet`."""


class SetOccasions(Command, frozen=True):
    """Set several occasions. If one of them is refused, none is set."""

    occasions: Annotated[tuple[SetOccasion, ...], msgspec.Meta(max_length=OCCASIONS_LIMIT)]


Tenths = Annotated[int, msgspec.Meta(ge=-1_000, le=10_000)]


class WeatherDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A day's weather: tenths of a degree Celsius, tenths of a millimetre of precipitation."""

    day: Day
    high_tenths: Tenths
    low_tenths: Tenths
    rain_tenths: Annotated[int, msgspec.Meta(ge=0, le=20_000)] = 0


class SetWeather(Command, frozen=True):
    """Store past and forecast weather, from head office or a weather service.

    It is derived data that is sent again, so no event is written.
    """

    days: Annotated[tuple[WeatherDay, ...], msgspec.Meta(max_length=WEATHER_DAYS)]


class NoteWeatherAsked(Command, frozen=True):
    """Record a weather request; if it failed, with the text key of the reason ("": it succeeded)."""

    why: Annotated[str, msgspec.Meta(pattern=r"^[a-z_.]{0,80}$(?!\n)")] = ""


class EndOccasion(Command, frozen=True):
    """Remove an occasion."""

    id: Text
