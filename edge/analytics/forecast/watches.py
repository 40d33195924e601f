"""Alerts of forecasts: products about to run out, drift, capped forecasts, and missing weather data."""

from __future__ import annotations

from collections.abc import Iterator

from edge.analytics.forecast.accuracy import drift
from edge.analytics.forecast.calendar.weather import read_weather_request
from edge.analytics.forecast.queries import read_held
from edge.analytics.forecast.risks import WATCHED, SkuRisk, at_risk
from edge.core.registry import Condition, Watch
from edge.core.storage.database import Connection
from edge.foundation.alerts.alert_texts import IMPORTED

OLD_WEATHER_US = 2 * 86_400_000_000
"""Age from which weather data no longer helps forecasts."""
ALONE = 4
"""Maximum separate alerts for products without an order point. If there are more, one alert lists them all, because
thirty alerts would go unread.
"""


def _alerted_products(db: Connection, business_date: str) -> tuple[list[SkuRisk], list[SkuRisk]]:
    """The products alerted individually, and those alerted as a list."""
    levelled = {sku for (sku,) in db.execute("SELECT DISTINCT sku FROM stock_level")}
    found = at_risk(db, business_date, WATCHED)
    rest = [one for one in found if one.sku not in levelled]
    if len(rest) <= ALONE:
        return list(found), []
    return [one for one in found if one.sku in levelled], rest


def _stockouts(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    _, rest = _alerted_products(db, business_date)
    if rest:
        yield Condition("goods", {"goods": len(rest), **_basis(rest)})


def _stockout(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    for one in _alerted_products(db, business_date)[0]:
        first = next(iter(one.names.values()), one.sku)
        named = {f"name_{language}": name for language, name in one.names.items()}
        values: dict[str, str | int] = {"name": first, "days": one.days, "sku": one.sku, **named, **_basis([one])}
        yield Condition(one.sku, values, severity="high" if one.level == "critical" else "medium")


def _basis(risks: list[SkuRisk]) -> dict[str, int]:
    """The value that has the alert say that it's partly based on imported sales."""
    return {IMPORTED: 1} if any(one.imported for one in risks) else {}


def _drift(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    if off := drift(db, business_date):
        values: dict[str, str | int] = {"wape": round(off.wape / 10), "tried": round(off.tried / 10)}
        yield Condition("store", values | {"bias": round(off.bias / 10), "psi": round(off.psi / 10)})


def _held_forecasts(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    for item, why in read_held(db):
        yield Condition(item, {"item": item, "why": why})


def _no_weather(db: Connection, now_us: int, business_date: str) -> Iterator[Condition]:
    asked = read_weather_request(db)
    if asked.why and now_us - asked.good_us > OLD_WEATHER_US:
        yield Condition("", {})


_OF_SALES = ("demand", "stock_days", "figures")
WATCHES: tuple[Watch, ...] = (
    Watch("stockout_risk", "medium", _stockout, every_s=900, rests_on=_OF_SALES),
    Watch("stockout_list", "medium", _stockouts, every_s=900, rests_on=_OF_SALES),
    Watch("forecast_drift", "medium", _drift, every_s=3600, rests_on=_OF_SALES),
    Watch("forecast_held", "low", _held_forecasts, every_s=3600),
    Watch("weather_old", "low", _no_weather, every_s=3600),
)
