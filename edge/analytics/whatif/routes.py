"""HTTP API of what-if calculations: start one, and poll for its result."""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from edge.analytics.whatif.comparison import RunState, WhatifQuestion
from edge.analytics.whatif.scenario import Scenario, require_sound
from edge.analytics.whatif.service.runs import RUNS, STOCK_RUNS, Runs
from edge.analytics.whatif.stock_scenario import StockQuestion, StockRunState, StockScenario, require_sound_stock
from edge.core.endpoints import Answer, Body, Endpoint
from edge.core.services import Service
from edge.core.storage.database import Connection
from edge.counter.till.live_settings import NOW
from edge.foundation.access.rights import MANAGE
from edge.web.context import SITE, PanelContext, today_of
from edge.web.problem import Problem
from edge.web.request_body import body_of
from edge.web.responses import answer_json


class ScenarioAsked(msgspec.Struct, frozen=True):
    """The `id` for fetching the result."""

    id: str


async def begin_run(site: PanelContext, scenario: Scenario, today: str) -> str:
    """Start a calculation; returns its id in `RUNS`. Raises `Refusal` if the scenario is invalid, or too many are
    waiting."""
    require_sound(scenario, today)
    settings = site.services.of(NOW)().on(today)
    ledger = await site.asker.read(_ledger_path)
    tax = msgspec.json.encode(settings.tax)
    question = WhatifQuestion(ledger, scenario, settings.currency, settings.zone, tax)
    return site.services.of(RUNS).start(question)


async def begin_stock_run(site: PanelContext, scenario: StockScenario, today: str) -> str:
    """Start a simulation; returns its id in `STOCK_RUNS`. Raises `Refusal` as `begin_run` does."""
    require_sound_stock(scenario, today)
    return site.services.of(STOCK_RUNS).start(StockQuestion(await site.asker.read(_ledger_path), scenario))


def _ledger_path(db: Connection) -> str:
    return str(db.execute("PRAGMA database_list").fetchone()[2])


async def ask(request: web.Request) -> web.Response:
    """`POST whatif`: calculate a past period under other rules; fetch the result from `GET whatif/{id}`."""
    scenario = await body_of(request, Scenario)
    return answer_json(ScenarioAsked(await begin_run(request.app[SITE], scenario, today_of(request))), 202)


async def look(request: web.Request) -> web.Response:
    """`GET whatif/{id}`: a calculation's progress and result."""
    return _state_in(request, RUNS)


def _state_in(request: web.Request, kept: Service[Runs[Any, Any]]) -> web.Response:
    found = request.app[SITE].services.of(kept).find(request.match_info["id"])
    if found is None:
        raise Problem(404, "not_found", path=request.path[:200])
    return answer_json(found)


async def ask_stock(request: web.Request) -> web.Response:
    """`POST whatif/stock`: simulate a past period with other reorder points; fetch the result from `GET
    whatif/stock/{id}`.
    """
    scenario = await body_of(request, StockScenario)
    return answer_json(ScenarioAsked(await begin_stock_run(request.app[SITE], scenario, today_of(request))), 202)


async def look_at_stock(request: web.Request) -> web.Response:
    """`GET whatif/stock/{id}`: a simulation's progress and result."""
    return _state_in(request, STOCK_RUNS)


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/api/v1/whatif/stock",
        handler=ask_stock,
        right=MANAGE,
        tag="whatif",
        name="ask_whatif_stock",
        body=Body(StockScenario),
        answer=Answer(ScenarioAsked, status=202),
        statuses=(409, 422),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/whatif/stock/{id}",
        handler=look_at_stock,
        right=MANAGE,
        tag="whatif",
        name="whatif_stock_answer",
        answer=Answer(StockRunState),
        statuses=(404,),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/whatif",
        handler=ask,
        right=MANAGE,
        tag="whatif",
        name="ask_whatif",
        body=Body(Scenario),
        answer=Answer(ScenarioAsked, status=202),
        statuses=(409, 422),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/whatif/{id}",
        handler=look,
        right=MANAGE,
        tag="whatif",
        name="whatif_answer",
        answer=Answer(RunState),
        statuses=(404,),
    ),
)
