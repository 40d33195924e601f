"""HTTP API of forecasts."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal, cast

import msgspec
from aiohttp import web

from edge.analytics.forecast import rules
from edge.analytics.forecast.accuracy import (
    DRIFT_DAYS,
    ForecastAccuracy,
    GroupAccuracy,
    days_of_place,
    drift,
    live_accuracy,
    read_backtest,
    read_groups_accuracy,
)
from edge.analytics.forecast.calendar.calendar_reader import CALENDAR_BYTES, CalendarQuestion, read_calendar
from edge.analytics.forecast.calendar.occasions import read_occasions
from edge.analytics.forecast.commands import BacktestFold, RetrainForecasts, SetOccasion, SetOccasions
from edge.analytics.forecast.entities import OCCASIONS
from edge.analytics.forecast.forecast_records import ForecastRecord, ForecastType, forecast_of, records_of
from edge.analytics.forecast.queries import (
    DEFAULT_LEVEL,
    DemandForecast,
    champion,
    read_held,
    read_model,
)
from edge.analytics.forecast.risks import Days, RiskReport, at_risk, inventory_risk
from edge.analytics.forecast.rules import Period
from edge.core.endpoints import Answer, Body, Endpoint, Schema
from edge.core.messages import Done
from edge.core.storage.database import Connection
from edge.foundation.access.rights import MANAGE, REPORTS
from edge.goods.catalog.categories.queries import known_categories
from edge.goods.catalog.queries import read_products
from edge.goods.stock.lists.listings import read_locations
from edge.lib.errors import NeedsHuman
from edge.lib.units.dates import after
from edge.web.actors import actor_of
from edge.web.api import entity_api
from edge.web.context import SITE
from edge.web.problem import Problem, body_wrong
from edge.web.request_body import body_within, choice_of
from edge.web.responses import answer_json, answer_outcome, texts_of
from edge.web.work_threads import HEAVY

ITEMS_LIMIT = 100
DAYS_LIMIT = 90
Entity = Annotated[str, msgspec.Meta(min_length=1, max_length=90)]


class DemandQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A forecast request: an item (SKU, `category:ID` or `store`), the period, the number of periods (daily up to 90,
    weekly 26, monthly 12, quarterly 4), and the confidence level in percent.
    """

    entity_id: Entity
    period: Period = "weekly"
    location_id: str = ""
    horizon: Annotated[int, msgspec.Meta(ge=1, le=DAYS_LIMIT)] | None = None
    confidence_level: Annotated[float, msgspec.Meta(ge=0, le=100)] = DEFAULT_LEVEL


class ForecastQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A forecast request for one or several items: demand, inventory, supply or waste."""

    entity_ids: Annotated[tuple[Entity, ...], msgspec.Meta(max_length=ITEMS_LIMIT)] = ()
    entity_id: Entity | None = None
    forecast_type: ForecastType = "demand"
    location_id: str = ""
    period: Period = "weekly"
    horizon: Annotated[int, msgspec.Meta(ge=1, le=DAYS_LIMIT)] | None = None
    confidence_level: Annotated[float, msgspec.Meta(ge=0, le=100)] = DEFAULT_LEVEL


class RetrainQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The items whose forecasts are in doubt. Retraining always covers all items, as they share data."""

    entity_ids: Annotated[tuple[Entity, ...], msgspec.Meta(max_length=ITEMS_LIMIT)] = ()


class RiskQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A risk request for a product.

    `lead_days`: days until a delivery ordered now; `review_days`: days until the next order; both default to the
    supplier's values.
    """

    entity_id: Entity
    location_id: str = ""
    lead_days: Days | None = None
    review_days: Days | None = None


class ForecastAlert(msgspec.Struct, frozen=True):
    """A forecast alert: products about to run out, drift, or implausible forecasts that were capped.

    `imported`: whether a product's forecast uses sales from another system.
    """

    alert_id: str
    forecast_id: str
    alert_type: Literal["threshold_breach", "drift", "anomaly"]
    severity: str
    message: str
    imported: bool = False


class AccuracyReport(msgspec.Struct, frozen=True):
    """A version's accuracy: live (the last 14 days), in the backtest, and by group: category, price, volume.

    `category` limits it to that category. `location` limits the live figures to that location; the backtest covers the
    whole shop. `folds`: the backtest's origins for the store or category, as long as the version is stored.
    """

    model: str
    role: str
    live: ForecastAccuracy
    backtest: dict[str, int]
    models: dict[str, int]
    groups: list[GroupAccuracy]
    folds: list[BacktestFold] = []
    location: str = ""


async def demand(request: web.Request) -> web.Response:
    """`POST forecast/demand`: the forecast of a product, category or the store, by period."""
    asked = await _body(request, DemandQuestion)
    ahead = (asked.period, asked.horizon, asked.confidence_level)
    place = await asked_place(request, asked.location_id)
    return answer_json(await _forecast(request, asked.entity_id, *ahead, location=place))


async def several(request: web.Request) -> web.Response:
    """`POST forecasts`: forecasts of several items, as a list of records."""
    asked = await _body(request, ForecastQuestion)
    place, kind = await asked_place(request, asked.location_id), asked.forecast_type
    ahead = (asked.period, asked.horizon, asked.confidence_level, kind, place)
    entities = (*((asked.entity_id,) if asked.entity_id else ()), *asked.entity_ids)
    if not entities:
        raise Problem(422, "body_wrong", why="Expected `entity_ids` or `entity_id`", where="$")
    made = [await _forecast(request, entity, *ahead) for entity in entities]
    return answer_json([record for one in made for record in records_of(one, place or _store(request), kind)])


async def by_item(request: web.Request) -> web.Response:
    """`GET forecasts/{forecast_type}/{item_id}`: forecasts of an item for the next `?days=` days."""
    place = await asked_place(request, request.query.get("location_id", ""))
    text, kind = request.query.get("days", "14"), cast(ForecastType, request.match_info["forecast_type"])
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:4]) <= DAYS_LIMIT:
        raise Problem(422, "forecast_horizon", limit=DAYS_LIMIT)
    found = await _forecast(request, request.match_info["item_id"], "daily", int(text), DEFAULT_LEVEL, kind, place)
    return answer_json(records_of(found, place or _store(request), kind))


async def risk(request: web.Request) -> web.Response:
    """`POST forecast/inventory-risk`: a product's stockout risk, and the suggested order."""
    asked = await _body(request, RiskQuestion)
    place, terms = await asked_place(request, asked.location_id), (asked.lead_days, asked.review_days)
    found = await request.app[SITE].asker.read(lambda db: inventory_risk(db, asked.entity_id, *terms, place))
    if found is None:
        await _explain(request, asked.entity_id)
    return answer_json(found)


async def retrain(request: web.Request) -> web.Response:
    """`POST forecasts/retrain`: train a new version in the background.

    Only one runs at a time; a second request returns the running job.
    """
    asked = await _body(request, RetrainQuestion) if await request.read() else RetrainQuestion()
    for entity in asked.entity_ids:
        if not await request.app[SITE].asker.read(partial(_is_known, entity=entity)):
            raise Problem(404, "forecast_unknown", item=entity[:90])
    outcome = await request.app[SITE].shop.do(RetrainForecasts(), actor_of(request))
    if not isinstance(outcome, Done):
        return answer_outcome(outcome, texts_of(request))
    return answer_json({"job": outcome.result}, 202)


class ImportedCalendar(msgspec.Struct, frozen=True):
    """The imported occasions, and the number of later occasions that were omitted for lack of space."""

    occasions: tuple[SetOccasion, ...]
    omitted: int = 0


async def calendar(request: web.Request) -> web.Response:
    """`POST forecasts/calendar`: import occasions from an iCalendar file (.ics), with `?effect_percent=` and
    `?category=`.
    """
    body = await body_within(request, CALENDAR_BYTES)
    text = request.query.get("effect_percent", "0")
    if not text.lstrip("-").isdigit() or not -100 <= int(text[:5]) <= 900:
        raise Problem(422, "argument_wrong", name="effect_percent", why="-100 ... 900")
    site, category = request.app[SITE], request.query.get("category", "")
    if category and not await site.asker.read(partial(_is_known, entity=f"category:{category}")):
        raise Problem(404, "forecast_unknown", item=category[:90])
    today = site.config.business_date(site.shop.now_us())
    ask = CalendarQuestion(body.decode("utf-8", "replace"), today, site.settings.zone, int(text), category)
    try:
        found = await site.services.of(HEAVY).do(read_calendar, ask)
    except NeedsHuman as error:
        raise Problem(422, "calendar_wrong", why=error.what[:120]) from error
    outcome = await site.shop.do(SetOccasions(found.occasions), actor_of(request))
    if not isinstance(outcome, Done):
        return answer_outcome(outcome, texts_of(request))
    return answer_json(ImportedCalendar(found.occasions, found.omitted))


async def accuracy(request: web.Request) -> web.Response:
    """`GET forecasts/accuracy-metrics`: forecast accuracy, live and in the backtest, by `?model=`, `?category=` and
    `?location=`.
    """
    model, category = request.query.get("model", ""), request.query.get("category", "")
    place = await asked_place(request, request.query.get("location_id") or request.query.get("location", ""))
    site = request.app[SITE]
    if category and not await site.asker.read(partial(_is_known, entity=f"category:{category}")):
        raise Problem(404, "forecast_unknown", item=category[:90])
    today = site.config.business_date(site.shop.now_us())

    def read(db: Connection) -> AccuracyReport | None:
        found = read_model(db, model) if model else champion(db)
        if found is None:
            return None
        since = after(today, -DRIFT_DAYS)
        days = days_of_place(db, place, since, today)
        live = live_accuracy(db, found.version, since, today, category, place=days)
        groups = read_groups_accuracy(db, found.version, since, today, days) if not category else []
        tried, folds = read_backtest(db, found, category)
        return AccuracyReport(found.version, found.role, live, tried, found.models, groups, folds, place)

    report = await site.asker.read(read)
    if report is None:
        raise Problem(404, "forecast_none", why="demand")
    return answer_json(report)


async def forecast_alerts(request: web.Request) -> web.Response:
    """`GET forecasts/alerts`: drift first, products about to run out, worst first, and capped forecasts."""
    choice_of(request, "active", "true")  # only "true" is accepted: past alerts aren't kept
    site = request.app[SITE]
    today, texts = site.config.business_date(site.shop.now_us()), texts_of(request)
    risks, off, held, version = await site.asker.read(
        lambda db: (
            *(at_risk(db, today), drift(db, today), read_held(db)),
            model.version if (model := champion(db)) else "",
        )
    )
    found = [
        ForecastAlert(
            *(f"stockout_risk/{one.sku}", f"{one.sku}@{version}", "threshold_breach", one.level),
            texts.say("alert.stockout_risk", name=texts.name(one.names)),
            one.imported,
        )
        for one in risks
    ]
    for item, why in held:
        said = texts.say("alert.forecast_held", item=item, why=why)
        found.append(ForecastAlert(f"forecast_held/{item}", f"{item}@{version}", "anomaly", "low", said))
    if off:
        said = texts.say("alert.forecast_drift")
        found.insert(0, ForecastAlert("forecast_drift/store", f"store@{version}", "drift", "medium", said))
    return answer_json({"alerts": found})


async def _forecast(
    request: web.Request,
    entity: str,
    period: Period,
    horizon: int | None,
    level: float,
    kind: ForecastType = "demand",
    location: str = "",
) -> DemandForecast:
    if horizon and horizon > rules.HORIZONS[period]:
        raise Problem(422, "forecast_horizon", limit=rules.HORIZONS[period])
    asked = (kind, entity, period, horizon or 0, level, location)
    found = await request.app[SITE].asker.read(lambda db: forecast_of(db, *asked))
    if found is None:
        await _explain(request, entity)
    assert found is not None
    return found


async def _explain(request: web.Request, entity: str) -> None:
    """Raise `Problem` for a missing forecast: 404 for an unknown item, 422 for too little data."""
    if not await request.app[SITE].asker.read(partial(_is_known, entity=entity)):
        raise Problem(404, "forecast_unknown", item=entity[:90])
    raise Problem(422, "forecast_none", why=entity[:90])


def _is_known(db: Connection, entity: str) -> bool:
    if entity == "store":
        return True
    kind, _, id = entity.partition(":")
    return bool(known_categories(db, [id]) if kind == "category" else read_products(db, [entity]))


def _store(request: web.Request) -> str:
    return request.app[SITE].config.store.id


async def asked_place(request: web.Request, location: str) -> str:
    """The requested location; "" for the whole shop. Raises `Problem` 404 if this store doesn't have it."""
    if location in ("", _store(request)):
        return ""
    if location not in {one.id for one in await request.app[SITE].asker.read(read_locations)}:
        raise Problem(404, "forecast_location", location=location[:80])
    return location


async def _body(request: web.Request, kind: Any) -> Any:
    try:
        return msgspec.json.decode(await request.read(), type=kind)
    except msgspec.ValidationError as error:
        raise body_wrong(error, 422) from error
    except msgspec.DecodeError as error:
        raise body_wrong(error) from error


_TAG = "forecast"
_WORD: Schema = {"type": "string"}
_LOCATION: dict[str, Schema] = {"location_id": _WORD}


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
    *entity_api.endpoints(
        OCCASIONS, "occasions/{id}", names=("occasions", "occasion"), read=read_occasions, right=MANAGE, tag=_TAG
    ),
    _post("/api/v1/forecast/demand", demand, DemandQuestion, DemandForecast),
    _post("/api/v1/forecasts", several, ForecastQuestion, list[ForecastRecord]),
    _post("/api/v1/forecast/inventory-risk", risk, RiskQuestion, RiskReport),
    Endpoint(
        method="POST",
        path="/api/v1/forecasts/retrain",
        handler=retrain,
        right=MANAGE,
        tag=_TAG,
        body=Body(RetrainQuestion),
        answer=Answer(int, under="job", status=202),
        statuses=(404, 422),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/forecasts/{forecast_type:demand|inventory|supply|quality}/{item_id}",
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
        query={"model": _WORD, "category": _WORD, **_LOCATION, "location": _WORD},
        answer=Answer(AccuracyReport),
        statuses=(404,),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/forecasts/calendar",
        handler=calendar,
        right=MANAGE,
        tag=_TAG,
        body=Body(media="text/calendar", limit_bytes=CALENDAR_BYTES),
        query={"effect_percent": {"type": "integer", "minimum": -100, "maximum": 900}, "category": {"type": "string"}},
        answer=Answer(ImportedCalendar),
        statuses=(404, 413, 422),
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
