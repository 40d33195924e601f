"""Forecasts over HTTP."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal

import msgspec
from aiohttp import web

from edge.core.endpoints import Answer, Body, Endpoint, Schema
from edge.core.messages import Done
from edge.core.storage.database import Connection
from edge.shop.access.rights import MANAGE, REPORTS
from edge.shop.catalog.categories.queries import known_categories, read_categories
from edge.shop.catalog.queries import read_products
from edge.shop.forecast import rules
from edge.shop.forecast.commands import RetrainForecasts
from edge.shop.forecast.queries import (
    DEFAULT_HORIZON,
    DEFAULT_LEVEL,
    DemandForecast,
    ForecastAccuracy,
    RiskReport,
    at_risk,
    champion,
    demand_forecast,
    drift,
    inventory_risk,
    live_accuracy,
    read_model,
)
from edge.shop.forecast.rules import Period
from edge.web.actors import actor_of
from edge.web.context import SITE
from edge.web.problem import Problem
from edge.web.responses import answer_json, answer_outcome, texts_of

ITEMS_LIMIT = 100
DAYS_LIMIT = 90
BIASED = 50
"""In thousandths: what is off by less to one side is off in every shop."""
Entity = Annotated[str, msgspec.Meta(min_length=1, max_length=90)]


class DemandQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of what (a sku, `category:ID` or `store`), in which periods, how many (daily at most 90, weekly 26, monthly 12,
    quarterly 4), and how sure the intervals are to be, in percent."""

    entity_id: Entity
    period: Period = "weekly"
    location_id: str = ""
    horizon: Annotated[int, msgspec.Meta(ge=1, le=DAYS_LIMIT)] = DEFAULT_HORIZON
    confidence_level: Annotated[float, msgspec.Meta(ge=0, le=100)] = DEFAULT_LEVEL


class ForecastQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of several at once."""

    entity_ids: Annotated[tuple[Entity, ...], msgspec.Meta(min_length=1, max_length=ITEMS_LIMIT)]
    period: Period = "weekly"
    horizon: Annotated[int, msgspec.Meta(ge=1, le=DAYS_LIMIT)] = DEFAULT_HORIZON
    confidence_level: Annotated[float, msgspec.Meta(ge=0, le=100)] = DEFAULT_LEVEL


class RiskQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of which product; days until a delivery that is ordered now, and until the next order, where they are known."""

    entity_id: Entity
    location_id: str = ""
    lead_days: Annotated[int, msgspec.Meta(ge=0, le=120)] = rules.LEAD_DAYS
    review_days: Annotated[int, msgspec.Meta(ge=0, le=120)] = rules.REVIEW_DAYS


class ForecastRecord(msgspec.Struct, frozen=True):
    """One period of one item."""

    id: str
    forecast_type: str
    period: Period
    item: str
    location: str
    forecast_date: str
    predicted_demand: int
    confidence_lower: int
    confidence_upper: int
    confidence_level: float
    model_name: str
    model_version: str
    external_factors: dict[str, str]


class ForecastAlert(msgspec.Struct, frozen=True):
    """What of forecasts wants a person: goods about to run out, or forecasts that have become wrong."""

    alert_id: str
    forecast_id: str
    alert_type: Literal["threshold_breach", "drift"]
    severity: str
    message: str


class GroupAccuracy(msgspec.Struct, frozen=True):
    """Of one category: `biased` where it is off to one side more than twice as far as all together."""

    item: str
    live: ForecastAccuracy
    biased: bool


class AccuracyReport(msgspec.Struct, frozen=True):
    """How right a version was: live (the last 14 days), and when it was tried; and by category."""

    model: str
    role: str
    live: ForecastAccuracy
    backtest: dict[str, int]
    models: dict[str, int]
    groups: list[GroupAccuracy]


async def demand(request: web.Request) -> web.Response:
    """`POST forecast/demand`: what is expected of a product, a category or the store, by period."""
    asked = await _body(request, DemandQuestion)
    _here(request, asked.location_id)
    return answer_json(await _forecast(request, asked.entity_id, asked.period, asked.horizon, asked.confidence_level))


async def several(request: web.Request) -> web.Response:
    """`POST forecasts`: the same of several, as a list of records."""
    asked = await _body(request, ForecastQuestion)
    made = [
        record
        for entity in asked.entity_ids
        for record in _records(
            request, await _forecast(request, entity, asked.period, asked.horizon, asked.confidence_level)
        )
    ]
    return answer_json(made)


async def by_item(request: web.Request) -> web.Response:
    """`GET forecasts/demand/{item_id}`: the days to come of an item, `?days=` of them."""
    _here(request, request.query.get("location_id", ""))
    text = request.query.get("days", "14")
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:4]) <= DAYS_LIMIT:
        raise Problem(422, "forecast_horizon", limit=DAYS_LIMIT)
    found = await _forecast(request, request.match_info["item_id"], "daily", int(text), DEFAULT_LEVEL)
    return answer_json(_records(request, found))


async def risk(request: web.Request) -> web.Response:
    """`POST forecast/inventory-risk`: how near a product is to running out, and what to order."""
    asked = await _body(request, RiskQuestion)
    _here(request, asked.location_id)
    read = partial(inventory_risk, sku=asked.entity_id, lead_days=asked.lead_days, review_days=asked.review_days)
    found = await request.app[SITE].asker.read(read)
    if found is None:
        await _explain(request, asked.entity_id)
    return answer_json(found)


async def retrain(request: web.Request) -> web.Response:
    """`POST forecasts/retrain`: make a new version in the background; one at a time, a second gets the running one."""
    outcome = await request.app[SITE].shop.do(RetrainForecasts(), actor_of(request))
    if not isinstance(outcome, Done):
        return answer_outcome(outcome, texts_of(request))
    return answer_json({"job": outcome.result}, 202)


async def accuracy(request: web.Request) -> web.Response:
    """`GET forecasts/accuracy-metrics`: how right forecasts were, live and when tried; `?model=`, `?category=`."""
    model, category = request.query.get("model", ""), request.query.get("category", "")
    site = request.app[SITE]
    today = site.config.business_date(site.shop.now_us())

    def read(db: Connection) -> AccuracyReport | None:
        found = read_model(db, model) if model else champion(db)
        if found is None:
            return None
        since = rules.after(today, -14)
        live = live_accuracy(db, found.version, since, today, category)
        groups = list[GroupAccuracy]()
        for one in read_categories(db) if not category else ():
            own = live_accuracy(db, found.version, since, today, one.id, whole=False)
            if own.bias is not None:
                biased = abs(own.bias) > max(2 * abs(live.bias or 0), BIASED)
                groups.append(GroupAccuracy(f"category:{one.id}", own, biased))
        return AccuracyReport(found.version, found.role, live, found.figures, found.models, groups)

    report = await site.asker.read(read)
    if report is None:
        raise Problem(404, "forecast_none", why="model")
    return answer_json(report)


async def forecast_alerts(request: web.Request) -> web.Response:
    """`GET forecasts/alerts`: what is about to run out, the worst first, and whether forecasts have become wrong."""
    site = request.app[SITE]
    today, texts = site.config.business_date(site.shop.now_us()), texts_of(request)
    risks, off, version = await site.asker.read(
        lambda db: (at_risk(db, today), drift(db, today), (model.version if (model := champion(db)) else ""))
    )
    found = [
        ForecastAlert(
            *(f"stockout_risk/{one.sku}", f"{one.sku}@{version}", "threshold_breach", one.level),
            texts.say("alert.stockout_risk", name=texts.name(one.names)),
        )
        for one in risks
    ]
    if off:
        said = texts.say("alert.forecast_drift")
        found.insert(0, ForecastAlert("forecast_drift/store", f"store@{version}", "drift", "medium", said))
    return answer_json({"alerts": found})


async def _forecast(request: web.Request, entity: str, period: Period, horizon: int, level: float) -> DemandForecast:
    if horizon > rules.HORIZONS[period]:
        raise Problem(422, "forecast_horizon", limit=rules.HORIZONS[period])
    read = partial(demand_forecast, entity_id=entity, period=period, horizon=horizon, confidence_level=level)
    found = await request.app[SITE].asker.read(read)
    if found is None:
        await _explain(request, entity)
    assert found is not None
    return found


async def _explain(request: web.Request, entity: str) -> None:
    """Why there is nothing of an item: there is no such one (404), or not enough is known yet (422)."""

    def known(db: Connection) -> bool:
        if entity == "store":
            return True
        kind, _, id = entity.partition(":")
        return bool(known_categories(db, [id]) if kind == "category" else read_products(db, [entity]))

    if not await request.app[SITE].asker.read(known):
        raise Problem(404, "forecast_unknown", item=entity[:90])
    raise Problem(422, "forecast_none", why=entity[:90])


def _here(request: web.Request, location: str) -> None:
    """Only this store's forecasts are here."""
    if location and location != request.app[SITE].config.store.id:
        raise Problem(404, "forecast_location", location=location[:80])


async def _body(request: web.Request, kind: Any) -> Any:
    try:
        return msgspec.json.decode(await request.read(), type=kind)
    except msgspec.ValidationError as error:
        raise Problem(422, "body_wrong", why=str(error), where="$") from error
    except msgspec.DecodeError as error:
        raise Problem(400, "body_wrong", why=str(error), where="$") from error


def _records(request: web.Request, found: DemandForecast) -> list[ForecastRecord]:
    place = request.app[SITE].config.store.id
    bounds = found.confidence_intervals
    return [
        ForecastRecord(
            *(f"{found.entity_id}/{found.period}/{day}", "demand", found.period, found.entity_id, place, day),
            *(value, bounds["lower"][at], bounds["upper"][at], found.confidence_level),
            *(found.model_name, found.model_version, found.external_factors.get(day, {})),
        )
        for at, (day, value) in enumerate(zip(found.forecast_dates, found.forecast_values, strict=True))
    ]


_TAG = "forecast"
_LOCATION: dict[str, Schema] = {"location_id": {"type": "string"}}


def _post(path: str, handler: Any, body: Any, answer: Any, status: int = 200) -> Endpoint:
    return Endpoint(
        method="POST",
        path=path,
        handler=handler,
        right=MANAGE,
        also=REPORTS,
        tag=_TAG,
        rate="read",
        body=Body(body),
        answer=Answer(answer, status=status),
        statuses=(404, 422),
    )


ENDPOINTS = (
    _post("/api/v1/forecast/demand", demand, DemandQuestion, DemandForecast),
    _post("/api/v1/forecasts", several, ForecastQuestion, list[ForecastRecord]),
    _post("/api/v1/forecast/inventory-risk", risk, RiskQuestion, RiskReport),
    Endpoint(
        method="POST",
        path="/api/v1/forecasts/retrain",
        handler=retrain,
        right=MANAGE,
        tag=_TAG,
        answer=Answer(int, under="job", status=202),
        statuses=(422,),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/forecasts/demand/{item_id}",
        handler=by_item,
        right=MANAGE,
        also=REPORTS,
        tag=_TAG,
        query={**_LOCATION, "days": {"type": "integer", "minimum": 1, "maximum": DAYS_LIMIT, "default": 14}},
        answer=Answer(list[ForecastRecord]),
        statuses=(404, 422),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/forecasts/accuracy-metrics",
        handler=accuracy,
        right=MANAGE,
        also=REPORTS,
        tag=_TAG,
        query={"model": {"type": "string"}, "category": {"type": "string"}, **_LOCATION},
        answer=Answer(AccuracyReport),
        statuses=(404,),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/forecasts/alerts",
        handler=forecast_alerts,
        right=MANAGE,
        also=REPORTS,
        tag=_TAG,
        query={"active": {"enum": ["true"]}},
        answer=Answer(list[ForecastAlert], under="alerts"),
    ),
)
