"""Daily demand from the ledger as matrices. Days with the shop closed or goods out of stock are unknown."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edge.analytics.forecast.calendar.public_holidays import feasts
from edge.analytics.forecast.calendar.weather import read_weather, weather_kinds
from edge.analytics.forecast.entities import OCCASIONS
from edge.analytics.forecast.history.imported_days import read_totals
from edge.analytics.forecast.learning.models import EMPTY, Matrix, Places, calendar_profile
from edge.analytics.forecast.learning.price_effects import PriceEffects, price_effects, read_planned
from edge.analytics.forecast.learning.training import DemandCalendar
from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import places_of, read_categories
from edge.goods.catalog.queries import parts_at_all_levels
from edge.lib.units.dates import after

STORE = "store"
CATEGORY = "category:"
SERIES_LIMIT = 10_000
"""Maximum forecast products: those with the highest revenue in the last year."""
DAYS_LIMIT = 1_100
DEAD_DAYS = 180
"""Number of days without sales after which a product's forecast is zero."""
PRIOR_DAYS = 3.0
"""Weight of the prior for holidays, as a number of observed holidays."""
PART_DAYS = 56
_BUSY = """
    SELECT sku, min(business_date), max(CASE WHEN sold + used + elsewhere > 0 THEN business_date END) FROM demand_day
    WHERE business_date >= ? AND business_date < ?
    GROUP BY sku HAVING sum(sold + used + elsewhere) > 0
    ORDER BY sum(minor) DESC, sum(used + elsewhere) DESC, sku LIMIT ?
"""
_DAYS = """
    SELECT sku, business_date, sold - returned + used + elsewhere, minor, elsewhere <> 0 FROM demand_day
    WHERE business_date >= ? AND business_date < ?
"""
_GAPS = "SELECT sku, first_date, until_date FROM demand_gap WHERE until_date IS NULL OR until_date >= ?"
_BUNDLES = "SELECT sku FROM product WHERE body -> 'parts' IS NOT NULL"


class DemandHistory(NamedTuple):
    """`values`: a row per product in thousandths; `totals`: in minor units, of the store and each category; `group_of`:
    each product's row in `totals`. `known_factors`: known multipliers of past days, by that row; `known_ahead`: known
    multipliers of future days, by kind of knowledge; `prices`: past and future price effects.
    """

    skus: list[str]
    categories: list[str]
    values: Matrix
    totals: Matrix
    group_of: Places
    dead: Places
    first: date
    days: int
    weekdays: Places
    weeks: Places
    known_factors: Matrix
    known_ahead: dict[str, Matrix]
    factors: dict[str, dict[str, str]]
    prices: PriceEffects

    @property
    def through(self) -> str:
        return (self.first + timedelta(days=self.values.shape[1] - 1)).isoformat()

    @property
    def groups(self) -> Places:
        return self.group_of

    @property
    def group_rows(self) -> Places:
        return np.arange(len(self.totals))

    def calendar(self, rows: Places) -> DemandCalendar:
        """The calendar with the known factors for these rows of `totals`."""
        known = {kind: factors[rows] for kind, factors in self.known_ahead.items()}
        return DemandCalendar(self.weekdays, self.weeks, self.known_factors[rows], 7, known)

    def typical(self, row: int) -> float:
        """The median daily demand of products in the same category, used for a new product."""
        alike = (self.group_of == self.group_of[row]) & (self.dead == 0)
        means = np.nan_to_num(self.values[alike]).mean(axis=1) if alike.any() else np.zeros(1)
        return float(np.median(means))

    def digest(self) -> bytes:
        """A digest of all inputs of a forecast."""
        digest = hashlib.sha256(np.ascontiguousarray(self.values).tobytes())
        digest.update(np.ascontiguousarray(self.totals).tobytes())
        digest.update(np.ascontiguousarray(self.known_factors).tobytes())
        digest.update(np.ascontiguousarray(self.prices.groups).tobytes())
        for _, factor in sorted(self.prices.ahead.items()):
            digest.update(factor.tobytes())
        return digest.digest()


def read_history(
    db: Connection, today: str, country: str, steps: int, zone: str = "UTC", currency: str = "EUR"
) -> DemandHistory | None:
    """All history before `today`; None if there is none."""
    since = after(today, -DAYS_LIMIT)
    opened = db.execute(
        "SELECT business_date FROM demand_open WHERE business_date >= ? AND business_date < ? ORDER BY 1",
        (since, today),
    )
    open_days = [day for (day,) in opened]
    past = read_totals(db, "day", since, after(today, -1))
    if not open_days and not past:
        return None
    days = sorted({*open_days, *(day for day, *_ in past)})
    first, last = date.fromisoformat(days[0]), date.fromisoformat(today) - timedelta(days=1)
    length = (last - first).days + 1
    busy = db.execute(_BUSY, (since, today, SERIES_LIMIT)).fetchall()
    skus = [sku for sku, *_ in busy]
    rows = {sku: row for row, sku in enumerate(skus)}
    places = places_of(db, skus)
    own = {sku: places[sku].categories[0] if sku in places and places[sku].categories else "" for sku in skus}
    names = sorted({category for category in own.values() if category})
    group = {name: place + 1 for place, name in enumerate(names)}
    group_of = np.array([group.get(own[sku], 0) for sku in skus], dtype=np.int64)
    closed = np.ones(length, dtype=bool)
    for day in open_days:
        closed[(date.fromisoformat(day) - first).days] = False
    values, totals = np.zeros((len(skus), length)), np.zeros((1 + len(names), length))
    taken = np.zeros_like(values)
    for sku, day, sold, minor, elsewhere in db.execute(_DAYS, (since, today)):
        at, row = (date.fromisoformat(day) - first).days, rows.get(sku)
        if not 0 <= at < length:
            continue
        totals[0, at] += minor
        if row is not None:
            values[row, at], taken[row, at] = sold, 0 if elsewhere else minor  # the revenue of other tills is unknown
            if group_of[row]:
                totals[group_of[row], at] += minor
    totals = np.maximum(totals, 0.0)
    values[:, closed] = np.nan
    totals[:, closed] = np.nan
    _fill_totals(db, totals, closed, past, names, first)
    _blank_gaps(db, values, rows, first, length, first.isoformat())
    _blank_prices(db, values, taken, rows)
    dead_before = after(today, -DEAD_DAYS)
    for row, (_, since_day, _) in enumerate(busy):
        begun = (date.fromisoformat(since_day) - first).days  # negative if it was delivered before the shop opened
        values[row, : max(0, begun)] = np.nan
    dead = np.array([(newest or "") < dead_before for *_, newest in busy], dtype=np.int64)
    ahead = [first + timedelta(days=at) for at in range(length + steps)]
    weekdays = np.array([day.weekday() for day in ahead], dtype=np.int64)
    weeks = np.array([day.isocalendar().week - 1 for day in ahead], dtype=np.int64)
    known, known_ahead, factors = _factors(db, country, ahead, length, totals, weekdays, names)
    known_places = {sku: places[sku] for sku in skus if sku in places}
    planned = read_planned(db, known_places, ahead[length], steps, zone, currency)
    prices = price_effects(values, taken, group_of, len(totals), weekdays, planned, skus, steps)
    return DemandHistory(
        skus,
        [CATEGORY + name for name in names],
        *(values, totals, group_of, dead, first, len(days), weekdays, weeks, known, known_ahead, factors, prices),
    )


def _fill_totals(
    db: Connection,
    totals: Matrix,
    closed: NDArray[np.bool_],
    past: list[tuple[str, str, int, int]],
    names: list[str],
    first: date,
) -> None:
    """Fill days for which another system gave only totals: the store and its categories become known, products stay
    unknown.
    """
    if not past:
        return
    ids = {name.casefold(): one.id for one in read_categories(db) for name in one.names.values()}
    place = {name: at + 1 for at, name in enumerate(names)}
    parts = [
        (day, place.get(ids.get(key.casefold(), ""), 0), minor)
        for day, key, minor, _ in read_totals(db, "category", past[0][0], past[-1][0])
    ]
    for day, row, minor in (*((day, 0, minor) for day, _, minor, _ in past), *(one for one in parts if one[1])):
        at = (date.fromisoformat(day) - first).days
        if closed[at]:
            totals[row, at] = max(0, np.nan_to_num(totals[row, at]) + minor)


def _blank_gaps(db: Connection, values: Matrix, rows: dict[str, int], first: date, length: int, since: str) -> None:
    """Mark days fully out of stock and without sales as unknown, as demand wasn't observed."""
    for sku, begun, ended in db.execute(_GAPS, (since,)):
        row = rows.get(sku)
        if row is None:
            continue
        start = max(0, (date.fromisoformat(begun) - first).days + 1)
        stop = (date.fromisoformat(ended) - first).days if ended else length
        span = values[row, start:stop]
        span[span <= 0] = np.nan  # a product with sales was in stock, whatever the records say


def _blank_prices(db: Connection, values: Matrix, taken: Matrix, rows: dict[str, int]) -> None:
    """Mark a product's price as unknown on days when a bundle that contains it was sold, at the bundle's price."""
    bundles = [sku for (sku,) in db.execute(_BUNDLES) if sku in rows]
    for bundle, parts in parts_at_all_levels(db, bundles).items():
        for part in parts & rows.keys():
            taken[rows[part], values[rows[bundle]] > 0] = 0.0


def _factors(
    db: Connection, country: str, days: list[date], length: int, totals: Matrix, weekdays: Places, names: list[str]
) -> tuple[Matrix, dict[str, Matrix], dict[str, dict[str, str]]]:
    """Known multipliers of days by row of `totals`; for future days also by kind, and as descriptions."""
    feast, skies, occasions = (np.ones((len(totals), len(days))) for _ in range(3))
    told: dict[str, dict[str, str]] = {}
    found = feasts(country, days[0], days[-1])
    for kind in ("feast", "eve"):
        places = [at for at, day in enumerate(days) if found.get(day, ("", ""))[0] == kind]
        if places:
            feast[:, places] = _effect(totals[:1], weekdays, [at for at in places if at < length])
    weather = read_weather(db, days[0], days[-1])
    for _, at_days in weather_kinds(weather, days[:length]).items():
        places = [at for at, day in enumerate(days) if day.isoformat() in at_days]
        skies[:, places] *= _effect(totals[:1], weekdays, [at for at in places if at < length])
    for at in range(length, min(len(days), length + 16)):
        if found_weather := weather.get(days[at].isoformat()):
            told.setdefault(days[at].isoformat(), {})["weather"] = found_weather.text
    first = days[0]
    for on in OCCASIONS.read(db):
        category = on.category
        start = max(0, (date.fromisoformat(on.first) - first).days)
        stop = (date.fromisoformat(on.last) - first).days + 1
        rows = [names.index(category) + 1] if category in names else [] if category else list(range(len(totals)))
        effect = max(0.02, 1 + on.effect_percent / 100)
        for row in rows:
            occasions[row, start : max(start, stop)] *= effect
        if category in names:  # weigh the effect by the category's share of the store
            occasions[0, start : max(start, stop)] *= 1 + (effect - 1) * _part(totals, rows[0])
        for at in range(max(start, length), min(stop, length + 90)):
            told.setdefault(days[at].isoformat(), {})["occasion"] = on.name
    for at in range(length, min(len(days), length + 90)):
        if days[at] in found:
            kind, name = found[days[at]]
            told.setdefault(days[at].isoformat(), {})[kind] = name
    kinds = {"feast": feast, "weather": skies, "occasion": occasions}
    return feast * skies * occasions, {kind: factors[:, length:] for kind, factors in kinds.items()}, told


def _part(totals: Matrix, row: int) -> float:
    """A category's share of the store's recent revenue."""
    lately = np.nansum(totals[:, -PART_DAYS:], axis=1)
    return float(min(1.0, lately[row] / lately[0])) if lately[0] > 0 else 0.0


def _effect(store: Matrix, weekdays: Places, places: list[int]) -> float:
    """Sales on these days relative to the same weekdays, shrunk towards 1 if there are few."""
    length = store.shape[1]
    profile = calendar_profile(store, weekdays[:length], 7, 7)[0]
    level = float(np.nanmean(store)) if not np.isnan(store).all() else 0.0
    came = expected = count = 0.0
    for at in places:
        usual = profile[weekdays[at]] * level
        if usual > EMPTY and not np.isnan(store[0, at]):
            came, expected, count = came + store[0, at], expected + usual, count + 1
    if not count:
        return 1.0
    return float(np.clip((came / expected * count + PRIOR_DAYS) / (count + PRIOR_DAYS), 0.2, 4.0))
