"""`bench forecast`: how much better than simple methods, how honest its intervals, and how fast.

On real sales beside the project (`../shared/data/sales`; skipped where they are not), three origins, 28 days or eight
weeks ahead. WRMSSE is that of the M5 contest, weights from the last 56 days. statsforecast's AutoETS and TSB are peers
where it can be imported (it is no dependency). `coverage_weeks`: how often a whole week of the store and of its
departments lay within its 85 %, from an origin every other week of most of a year. `ratio_use` is the WAPE of the
week that "when it will be gone" foresees, beside the week before. `s_5000`, `peak_mb`: 5,000 made-up products with two
years behind them, in a process of their own, as the shop does it.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import gzip
import importlib
import importlib.util
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from edge.analytics.forecast.learning.intervals import WEEK, around, bounds
from edge.analytics.forecast.learning.models import MODELS, Matrix, Past, Places
from edge.analytics.forecast.learning.training import (
    USUAL,
    USUAL_OF_PRODUCTS,
    DemandCalendar,
    Trained,
    damp_outliers,
    profiles,
    train,
)
from edge.analytics.insight.usage import weighted_use
from tests.bench.forecast_beside import disturbed_by_forecasts
from tests.bench.measure import result

SALES = Path(__file__).parents[2].parent / "shared" / "data" / "sales"
WEIGHED_DAYS = 56
LEVEL = 85.0
COVERAGE_STEPS = 28
FIRST_ORIGIN = 120
"""Days of a history from which weeks are foreseen first."""
PRODUCTS, DAYS = 5_000, 730
SCANS = 400
FIRST_DAY = date(2017, 1, 1)


class History(NamedTuple):
    """A set of series: `groups` is each row's place in `totals`."""

    name: str
    values: Matrix
    groups: Places
    totals: Matrix
    calendar: DemandCalendar
    ahead: int


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench forecast")
    parser.add_argument("--peers", action="store_true", help="also statsforecast's AutoETS and TSB (minutes)")
    parser.add_argument("--fast", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if args.child:
        return _child()
    figures: dict[str, Any] = {}
    if SALES.exists():
        figures |= _accuracy(args.peers)
    else:
        print(f"no sales at {SALES}: accuracy is not measured")
    if not args.fast:
        figures |= _speed()
        with tempfile.TemporaryDirectory(prefix="bench-forecast-") as name:
            idle_ms, busy_ms = asyncio.run(disturbed_by_forecasts(Path(name), SCANS, PRODUCTS, DAYS))
        print(f"a till: p99 {idle_ms:.1f} ms idle, {busy_ms:.1f} ms while forecasts are made")
        figures["till_ratio"] = busy_ms / idle_ms
    result(**figures)
    return 0


def _accuracy(peers: bool) -> dict[str, Any]:
    ours: dict[str, dict[str, list[float]]] = {}
    covered: list[float] = []
    weeks: list[bool] = []
    figures: dict[str, Any] = {}
    for history in _histories():
        level = "sku" if "product" in history.name else "group"
        if history.name == "grocery by product":
            figures["ratio_use"] = _use(history)
        if level == "group" and history.calendar.season == 7:
            found = _weeks_covered(history)
            weeks += found
            print(f"{history.name}: {np.mean(found):.3f} of {len(found)} weeks within")
        scores, coverage = _measured(history, peers and level == "group")
        covered += coverage
        said = ", ".join(f"{name} {score:.3f}" for name, score in scores.items())
        print(f"{history.name}: {len(history.values)} series, WRMSSE {said}; coverage {np.mean(coverage):.3f}")
        for name, score in scores.items():
            ours.setdefault(level, {}).setdefault(name, []).append(score / scores["seasonal_naive"])
    figures["coverage"], figures["coverage_weeks"] = float(np.mean(covered)), float(np.mean(weeks))
    for level, by_name in ours.items():
        means = {name: float(np.exp(np.mean(np.log(scores)))) for name, scores in by_name.items()}
        print(f"{level}: beside seasonal naive " + ", ".join(f"{name} {mean:.3f}" for name, mean in means.items()))
        rivals = {name: means[name] for name in ("seasonal_naive", "tsb", "ets", "moving_average") if name in means}
        figures[f"ratio_{level}"] = means["edge"] / min(rivals.values())
    return figures


def _measured(history: History, peers: bool) -> tuple[dict[str, float], list[float]]:
    """WRMSSE by method over three origins, and how often the truth lay within, of steady series."""
    sums: dict[str, float] = {}
    covered: list[float] = []
    ahead, count = history.ahead, history.values.shape[1]
    for fold in (3, 2, 1):
        start = count - fold * ahead
        seen, _ = damp_outliers(history.values[:, :start])
        totals = history.totals[:, :start]
        weekdays, weeks, factors, season = history.calendar
        until = start + ahead
        calendar = DemandCalendar(weekdays[:until], weeks[:until], factors[:, :until], season)
        usual = USUAL_OF_PRODUCTS if "product" in history.name else USUAL
        trained = train(seen, history.groups, totals, calendar, ahead, ahead, usual=usual)
        mean = trained.mean
        actual = history.values[:, start : start + ahead]
        weights, scale = _weights(history.values[:, :start], history.calendar.season)
        found = profiles(totals, calendar, start, ahead)[history.groups]
        past = Past(seen, found[:, :start], found[:, start:], history.calendar.season)
        methods = {name: model(past) for name, model in MODELS.items()} | {"edge": mean}
        if peers:
            methods |= _peers(seen, ahead, history.calendar.season)
        for name, made in methods.items():
            errors = np.sqrt(np.nanmean((made - actual) ** 2, axis=1) / scale)
            good = np.isfinite(errors) & (weights > 0)
            score = float((errors[good] * weights[good]).sum() / weights[good].sum())
            sums[name] = sums.get(name, 0.0) + score / 3
        covered += _coverage(trained, actual)
    return sums, covered


def _use(history: History) -> float:
    """WAPE of what seven days will use, as "when it will be gone" has it, beside the week before; 1 is as good."""
    count, ours, naive = history.values.shape[1], 0.0, 0.0
    days = [FIRST_DAY + timedelta(days=at) for at in range(count)]
    names = [day.isoformat() for day in days]
    for start in range(count - 8 * 7, count, 7):
        known = names[max(0, start - 8 * 7) : start]
        for row in history.values:
            used = dict(zip(known, row[start - len(known) : start].astype(int).tolist(), strict=True))
            use, factors = weighted_use(used, known, names[start])
            came = row[start : start + 7].sum()
            ours += abs(use * sum(factors) - came)
            naive += abs(row[start - 7 : start].sum() - came)
    return ours / naive


def _weights(values: Matrix, season: int) -> tuple[Matrix, Matrix]:
    """M5's: quantity of the last 56 days (or weeks' worth of them), and the naive error of one step."""
    recent = WEIGHED_DAYS if season == 7 else WEIGHED_DAYS // 7
    weights = np.nansum(values[:, -recent:], axis=1)
    scale = np.nanmean(np.diff(np.nan_to_num(values), axis=1) ** 2, axis=1)
    return weights, np.maximum(scale, 1e-9)


def _coverage(trained: Trained, actual: Matrix) -> list[float]:
    """How often what came lay within the interval, by steady series."""
    found = []
    for row in np.flatnonzero(trained.class_ == 0):
        inside = []
        for step in range(actual.shape[1]):
            if np.isnan(actual[row, step]):
                continue
            quantiles = trained.quantiles[trained.class_[row]]
            lower, upper = bounds(trained.mean[row, step], trained.scale[row], quantiles, step, LEVEL)
            inside.append(lower <= actual[row, step] <= upper)
        found += [float(np.mean(inside))] if inside else []
    return found


def _weeks_covered(history: History) -> list[bool]:
    """Of each of the five weeks behind an origin whether its sum lay within its interval, as the shop serves it."""
    values, rows = history.values, np.arange(len(history.values))
    weekdays, weeks, _, season = history.calendar
    found = []
    for start in range(FIRST_ORIGIN, values.shape[1] - 7, 14):
        until = start + 35
        totals = np.repeat(history.totals[:, :start], len(rows), axis=0)
        calendar = DemandCalendar(weekdays[:until], weeks[:until], np.ones((len(rows), until)), season)
        made = train(values[:, :start], rows, totals, calendar, 35, COVERAGE_STEPS)
        for row in rows:
            for begin in range(0, min(35, values.shape[1] - start - 6), 7):
                wider = max(1.0, ((begin + 7) / 28) ** 0.25)  # as `queries` has it
                mean = float(made.mean[row, begin : begin + 7].sum())
                errors = made.quantiles[made.class_[row]][WEEK]
                low, high = around(mean, made.scale_week[row] * wider, errors, LEVEL)
                came = values[row, start + begin : start + begin + 7].sum()
                found.append(bool(low <= came <= high))
    return found


def _peers(values: Matrix, ahead: int, season: int) -> dict[str, Matrix]:
    if importlib.util.find_spec("statsforecast") is None:
        return {}
    models: Any = importlib.import_module("statsforecast.models")  # a yardstick, where somebody installed it
    made: dict[str, list[Matrix]] = {"ets": [], "sf_tsb": []}
    for row in np.nan_to_num(values):
        length = season if len(row) >= 2 * season and season <= 24 else 1
        made["ets"].append(models.AutoETS(season_length=length).forecast(row, ahead)["mean"])
        made["sf_tsb"].append(models.TSB(0.1, 0.05).forecast(row, ahead)["mean"])
    return {name: np.maximum(np.stack(rows), 0) for name, rows in made.items()}


def _histories() -> Iterator[History]:
    yield from _grocery(SALES / "grocery_store_356")
    yield from _liquor(SALES / "iowa_liquor_weekly")


def _grocery(folder: Path) -> Iterator[History]:
    """A store by product, department and in all, by day; what was sold fewer than six times is left out."""
    with gzip.open(folder / "products.csv.gz", "rt") as file:
        department = {row["product_id"]: row["department"] for row in csv.DictReader(file)}
    sold: dict[str, dict[date, float]] = {}
    with gzip.open(folder / "transactions.csv.gz", "rt") as file:
        for line in csv.DictReader(file):
            quantity = float(line["quantity"])
            if 0 < quantity < 100:  # fuel is counted in thousandths of a gallon
                day = date.fromisoformat(line["transaction_timestamp"][:10])
                of_product = sold.setdefault(line["product_id"], {})
                of_product[day] = of_product.get(day, 0.0) + quantity
    first, last = (pick(day for days in sold.values() for day in days) for pick in (min, max))
    skus = sorted(sku for sku, days in sold.items() if len(days) >= 6)
    names = sorted({department.get(sku, "") for sku in sold})
    length = (last - first).days + 1
    values = np.zeros((len(skus), length))
    totals = np.zeros((len(names), length))
    for sku, days in sold.items():
        for day, quantity in days.items():
            totals[names.index(department.get(sku, "")), (day - first).days] += quantity
    for at, sku in enumerate(skus):
        for day, quantity in sold[sku].items():
            values[at, (day - first).days] = quantity
    calendar = _calendar(first, length, 7)
    groups = np.array([names.index(department.get(sku, "")) for sku in skus])
    store = totals.sum(axis=0, keepdims=True)
    yield History("grocery by product", values, np.zeros(len(groups), dtype=np.int64), store, calendar, 28)
    big = totals.sum(axis=1) >= length
    yield History("grocery by department", totals[big], np.zeros(int(big.sum()), dtype=np.int64), store, calendar, 28)
    yield History("grocery in all", store, np.zeros(1, dtype=np.int64), store, calendar, 28)


def _liquor(folder: Path) -> Iterator[History]:
    """Three brands in twenty cities by week: each item there, the cities, and all of them."""
    sold: dict[tuple[str, str], dict[date, float]] = {}
    for path in sorted(folder.glob("*_brand.csv")):
        with path.open() as file:
            for row in csv.DictReader(file):
                if not row["weekStarting"] or row["item"] in ("", "NONE"):
                    continue
                place = (row["store_location_city"], row["item"])
                week = date.fromisoformat(row["weekStarting"][:10])
                of = sold.setdefault(place, {})
                of[week] = of.get(week, 0.0) + max(0.0, float(row["sum_sale_liters"] or 0))
    first, last = (pick(week for weeks in sold.values() for week in weeks) for pick in (min, max))
    length = (last - first).days // 7  # the last week is cut short
    volume: dict[str, float] = {}
    for (city, _), weeks in sold.items():
        volume[city] = volume.get(city, 0.0) + sum(weeks.values())
    cities = sorted(sorted(volume, key=lambda city: -volume[city])[:20])
    places = sorted(place for place in sold if place[0] in cities and len(sold[place]) >= 26)
    values = np.zeros((len(places), length))
    totals = np.zeros((len(cities), length))
    for place, weeks in sold.items():
        for week, litres in weeks.items():
            at = (week - first).days // 7
            if at >= length:
                continue
            if place in places:
                values[places.index(place), at] += litres
            if place[0] in cities:
                totals[cities.index(place[0]), at] += litres
    calendar = _calendar(first, length, 52)
    one = totals.sum(axis=0, keepdims=True)
    yield History("liquor by product and city", values, np.zeros(len(values), dtype=np.int64), one, calendar, 8)
    yield History("liquor by city", totals, np.zeros(len(cities), dtype=np.int64), one, calendar, 8)
    yield History("liquor in all", one, np.zeros(1, dtype=np.int64), one, calendar, 8)


def _calendar(first: date, length: int, season: int) -> DemandCalendar:
    days = [first + timedelta(days=at * (1 if season == 7 else 7)) for at in range(length + 60)]
    weekdays = np.array([day.weekday() if season == 7 else 0 for day in days])
    weeks = np.array([day.isocalendar().week - 1 for day in days])
    return DemandCalendar(weekdays, weeks, np.ones((1, len(days))), season)


def _speed() -> dict[str, float]:
    """5,000 products in a process of their own: seconds, and the most memory it held."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    said = subprocess.run(
        [sys.executable, "-m", "tests.bench", "forecast", "--child"],
        env=environment,
        capture_output=True,
        check=True,
        text=True,
    )
    seconds, megabytes = map(float, said.stdout.split()[-2:])
    print(f"{PRODUCTS} products of {DAYS} days: {seconds:.1f} s, {megabytes:.0f} MB")
    return {"s_5000": seconds, "peak_mb": megabytes}


def _child() -> int:
    random = np.random.default_rng(7)
    calendar = _calendar(date(2024, 1, 1), DAYS, 7)
    calendar = calendar._replace(factors=np.ones((50, DAYS + 60)))
    week = np.array([0.9, 0.8, 0.9, 1.0, 1.4, 1.6, 0.4])[calendar.weekdays[:DAYS]]
    values = random.poisson(random.gamma(0.4, 3.0, PRODUCTS)[:, None] * week[None, :]).astype(np.float64)
    groups = np.arange(PRODUCTS) % 50
    totals = np.stack([values[groups == group].sum(axis=0) for group in range(50)])
    began = time.perf_counter()
    train(damp_outliers(values)[0], groups, totals, calendar, 60, 28)
    print(time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return 0
