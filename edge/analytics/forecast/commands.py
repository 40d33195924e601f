"""What can be asked of forecasts."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.analytics.forecast.day_forms import DayForm
from edge.analytics.forecast.events import ElsewhereRow, HistoryRow, Whole
from edge.core.messages import Command, Number

ROWS_LIMIT = 2_000
"""Days of products in one command of an import."""
ITEMS_LIMIT = 100
"""Series whose forecasts are saved by one command."""
STEPS = 400
"""Days ahead that a forecast is kept for: four quarters, from wherever in one it begins."""
OCCASIONS_LIMIT = 200
"""Occasions that are entered at once."""
WEATHER_DAYS = 800
"""Days of weather that one command may bring."""
Day = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$(?!\n)")]
Text = Annotated[str, msgspec.Meta(max_length=80)]


class ImportHistory(Command, frozen=True):
    """Bring in what was sold before, from a file that was uploaded: CSV or XLSX with a day, a product and a quantity.

    `columns` says what is in which column (`day`, `sku` or `code`, `sold`, `returned`, `wasted`, `minor`), by its
    heading ("": in none); what it does not say is guessed. `own_days`: whether days on which this shop has papers of
    its own stay as they are ("keep", also where nothing is said), or are replaced by what the file says ("replace").
    `form`: whether the day or the month stands first, where no cell of the column says that itself.
    Before there was `own_days` a file always replaced them: who relies on that says "replace".
    """

    path: Annotated[str, msgspec.Meta(max_length=500)]
    columns: dict[str, str] = msgspec.field(default_factory=dict)
    own_days: Literal["keep", "replace"] = "keep"
    form: DayForm = ""


class RecordHistory(Command, frozen=True):
    """Days of before, as a job read them from a file."""

    source: Text
    rows: Annotated[tuple[HistoryRow, ...], msgspec.Meta(max_length=ROWS_LIMIT)]


class TakeBackHistory(Command, frozen=True):
    """Let days of products that a file brought in be unknown again."""

    source: Text
    rows: Annotated[tuple[tuple[Text, Day], ...], msgspec.Meta(max_length=ROWS_LIMIT)]


class NoteSoldElsewhere(Command, frozen=True):
    """Goods were sold on a day at a till that is not ours: they are demand as any other."""

    till: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$(?!\n)")]
    day: Day
    rows: Annotated[tuple[ElsewhereRow, ...], msgspec.Meta(max_length=ROWS_LIMIT)]


class RetrainForecasts(Command, frozen=True):
    """Make a new version of the forecasts, in the background; the job's id. One runs at a time: another one gets it.

    `refresh`: only bring those that there are up to what was sold since, with the models they have.
    """

    refresh: bool = False


class BacktestFold(msgspec.Struct, frozen=True, array_like=True):
    """An origin that an item's model was tried from: the `first` day ahead, on how many `days` of which something is
    known, and there WAPE and bias in thousandths (None: nothing was sold)."""

    first: Day
    days: Number
    wape: int | None
    bias: int | None


class ItemForecast(msgspec.Struct, frozen=True):
    """What is expected of an item (`sku`, `category:ID` or `store`), a number a day from the day behind `through` on:
    thousandths of a product's unit, minor units of what is taken in a category or the store.

    `scale`, `week` and `month` are what it typically errs by in a day, seven and 28 days together; `kind` is 0 where
    most days sell something, 1 where few do, 2 where hardly any. `days` are those it rests on, `unknown` those between
    of which nobody knows (closed, or without goods), `damped` those on which far more was sold than ever else, which
    count for less; `largest` the most that one of them sold; `sure`: whether there were enough of its own.

    `held`: it was held back, as it said more than three times the `largest`, or was ten times what was said before
    (`jump`): somebody should look at it. `known`: what changes its own price on days to come, by day: a `promotion` by
    name, a `price` as it will stand. `tried` and `folds`, of the store and of categories: how right the model was
    in its backtest (`backtest_figures.series_figures`), over all and from each origin.
    `shares`: what the first days of `mean` are made of, day by day (`rules.shares_of`), and add up to.
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
    """What is said of an item's next day, to be held to it."""

    item: str
    day: Day
    mean: Number
    lower: Number
    upper: Number


class SavedItem(msgspec.Struct, frozen=True):
    """An item with its `ItemForecast` as JSON: it is written as it is, so that nobody waits while it is read."""

    item: str
    body: msgspec.Raw


class SaveForecasts(Command, frozen=True):
    """What a job worked out, some items at a time. Derived: no fact."""

    model_version: Text
    items: Annotated[tuple[SavedItem, ...], msgspec.Meta(max_length=ITEMS_LIMIT)]
    said: Annotated[tuple[SaidOfDay, ...], msgspec.Meta(max_length=ITEMS_LIMIT)] = ()


class FinishForecasts(Command, frozen=True):
    """All items of a version are saved. `new`: it was trained anew, and not only brought up to date.

    `quantiles`: where errors lie, by level and kind of series (`intervals.errors_of`) and by step; `factors`: what is
    known of days to come.
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
    """Let go of some of what nobody asks for any more: versions that cannot be gone back to, and what was said long
    ago. A job asks until all of it is gone."""


class PromoteModel(Command, frozen=True):
    """Let a version of the last 14 days be the champion, whatever was decided."""

    model_version: Text


class Occasion(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Something that is on (see `OccasionSet`)."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$(?!\n)")]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    first: Day
    last: Day
    effect_percent: Annotated[int, msgspec.Meta(ge=-100, le=900)]
    category: Text = ""


class SetOccasion(Command, Occasion, frozen=True):
    """Say that something is on: a feast of the town, roadworks, heat. See `OccasionSet`."""


class SetOccasions(Command, frozen=True):
    """Say of several that they are on, as a calendar has them: how many are."""

    occasions: Annotated[tuple[SetOccasion, ...], msgspec.Meta(max_length=OCCASIONS_LIMIT)]


Tenths = Annotated[int, msgspec.Meta(ge=-1_000, le=10_000)]


class WeatherDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The weather of a day: tenths of a degree Celsius, tenths of a millimetre of rain and snow."""

    day: Day
    high_tenths: Tenths
    low_tenths: Tenths
    rain_tenths: Annotated[int, msgspec.Meta(ge=0, le=20_000)] = 0


class SetWeather(Command, frozen=True):
    """The weather as head office hands it down, or as a shop without one is told: of days to come, and of those that
    were. Derived of no fact here, and none itself: it comes again."""

    days: Annotated[tuple[WeatherDay, ...], msgspec.Meta(max_length=WEATHER_DAYS)]


class NoteWeatherAsked(Command, frozen=True):
    """Keep that the weather was asked for here, and why it was not told ("": it was), a key of words."""

    why: Annotated[str, msgspec.Meta(pattern=r"^[a-z_.]{0,80}$(?!\n)")] = ""


class EndOccasion(Command, frozen=True):
    """It is not on after all."""

    id: Text
