"""The manager's page of trials: planning a trial from a what-if result, and the results of all trials."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
from aiohttp import web

from edge.analytics.trials.queries import (
    TrialResult,
    read_days,
    read_products_of_day,
    read_result,
    read_trial,
    read_trials,
)
from edge.analytics.trials.trial import PRICES_LIMIT, PRODUCTS_LIMIT, begins_us
from edge.analytics.whatif.scenario import Scenario
from edge.analytics.whatif.service.runs import RUNS
from edge.analytics.whatif.worlds import goods_skus
from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.foundation.access.rights import CATALOG, MANAGE
from edge.goods.catalog.prices import store_prices
from edge.goods.catalog.queries import json_text, read_products
from edge.goods.promotions.pages.beside import deal_sentence
from edge.goods.promotions.promotion import Goods, Promotion
from edge.lib.tax.rules import FULL
from edge.lib.units.dates import after
from edge.web.context import SITE, today_of
from edge.web.pages.shell import page
from edge.web.problem import Problem
from edge.web.request_body import day_of, whole
from edge.web.responses import texts_of

SHOWN = 20
NAMED = 5
"""Maximum products of a trial listed by name."""
COSTED_PERCENT = 90
"""Percentage of revenue with known cost from which a trial is evaluated by margin."""
COST_DAYS = 28
_COSTED = """
    SELECT total(costed_minor), total(net_minor) FROM figure_day
    WHERE kind = ?1 AND business_date > ?2 AND (?1 = 'all' OR key IN (SELECT value FROM json_each(?3)))
"""
_OPEN_DAYS = "SELECT count(*) FROM figure_day WHERE kind = 'all' AND business_date > ?"


class PlannedTrial(msgspec.Struct, frozen=True):
    """A what-if question turned into a trial: the body of `StartTrial`, or the reason (`why`) it can't be tried."""

    body: dict[str, Any] = {}
    promotion: Promotion | None = None
    skus: tuple[str, ...] = ()
    prices: tuple[tuple[str, int, int], ...] = ()
    why: str = ""
    few_days: bool = False


async def trials(request: web.Request) -> web.Response:
    """`GET /manager/trials?run=`: trials, newest first; with a what-if question, also the form to plan one."""
    site, today = request.app[SITE], today_of(request)
    run = site.services.of(RUNS).find(request.query.get("run", "")[:40])
    begin_us = begins_us(after(today, 1), site.config.store.zone, site.config.day_turns_at_min)
    found = await site.asker.read(
        partial(_read, scenario=run.scenario if run else None, today=today, begin_us=begin_us)
    )
    return page(
        request,
        "trials",
        lost="run" in request.query and run is None,
        run=run,
        tomorrow=after(today, 1),
        most=PRICES_LIMIT,
        named=NAMED,
        business_day=today,
        says=partial(deal_sentence, texts_of(request)),
        **found,
    )


async def trial_days(request: web.Request) -> web.Response:
    """`GET /manager/trial?number=`: the days used to evaluate a trial; `&day=`: a day by product."""
    site, number, day = request.app[SITE], whole(request, "number") or 0, day_of(request) or ""
    found = await site.asker.read(partial(_read_days, number=number, today=today_of(request), day=day))
    if found is None:
        raise Problem(404, "not_found", path=request.path[:200])
    return page(request, "trial_days", of_day=day, **found)


def _read_days(db: Connection, number: int, today: str, day: str) -> dict[str, Any] | None:
    kept = read_trial(db, number)
    if kept is None:
        return None
    trial = kept.trial
    products = read_products_of_day(db, trial, day) if day else []
    known = read_products(db, [one.sku for one in products])
    margin = ("margin",) if trial.measure == "margin" else ()
    shop = ("shop",) if trial.skus and not day else ()
    return {
        "trial": trial,
        "measures": ("units", "revenue", *margin, *shop),
        "days": [] if day else read_days(db, kept, today),
        "products": products,
        "names": {sku: product.names or {} for sku, (_, product, _) in known.items()},
    }


def _read(db: Connection, scenario: Scenario | None, today: str, begin_us: int) -> dict[str, Any]:
    listed = read_trials(db, limit=SHOWN)
    results: dict[int, TrialResult] = {one.trial.number: read_result(db, one, today) for one in listed}
    planned = plan_trial(db, scenario, today, begin_us) if scenario else None
    skus = {sku for one in listed for sku in (*one.trial.skus[:NAMED], one.subject)}
    skus |= {*planned.skus[:PRICES_LIMIT]} if planned else set()
    names = {sku: product.names or {} for sku, (_, product, _) in read_products(db, sorted(skus)).items()}
    return {"trials": listed, "results": results, "planned": planned, "names": names}


def plan_trial(db: Connection, scenario: Scenario, today: str, begin_us: int) -> PlannedTrial:
    """The trial of a what-if question, at the usual prices at the start of the next business day."""
    rules = msgspec.structs.replace(scenario, first="", last="", prices=(), promotions=())
    alone = rules == Scenario("", "")
    if not alone or (len(scenario.promotions), bool(scenario.prices)) not in ((1, False), (0, True)):
        return PlannedTrial(why="one_change")
    planned = (
        _plan_promotion(db, scenario.promotions[0]) if scenario.promotions else _plan_prices(db, scenario, begin_us)
    )
    if planned.why:
        return planned
    since = after(today, -COST_DAYS - 1)
    kind = "product" if planned.skus else "all"
    costed, net = db.execute(_COSTED, (kind, since, json_text(planned.skus))).fetchone()
    measure = "margin" if net > 0 and costed * 100 >= net * COSTED_PERCENT else "revenue"
    few = int(db.execute(_OPEN_DAYS, (since,)).fetchone()[0]) < COST_DAYS // 4
    return msgspec.structs.replace(planned, body={**planned.body, "measure": measure}, few_days=few)


def _plan_promotion(db: Connection, promotion: Promotion) -> PlannedTrial:
    """The promotion with its categories and brands replaced by their current products, by which the trial is measured.

    The same applies to exclusions, except in a promotion for the whole shop, which keeps them.
    """
    without = goods_skus(db, promotion.but) if promotion.but.keys else set[str]()
    skus = tuple(sorted(goods_skus(db, promotion.goods) - without)) if promotion.goods.keys else ()
    skus = _still_sold(db, skus)
    if promotion.goods.keys and not skus:
        return PlannedTrial(why="no_products")
    if len(skus) > PRODUCTS_LIMIT:
        return PlannedTrial(why="many_products")
    but = Goods() if skus else promotion.but
    tried = msgspec.structs.replace(promotion, goods=Goods(skus), but=but, from_us=None, until_us=None)
    return PlannedTrial({"promotion": msgspec.to_builtins(tried), "skus": skus}, tried, skus)


def _plan_prices(db: Connection, scenario: Scenario, begin_us: int) -> PlannedTrial:
    tried: dict[str, int] = {}
    wanted = set[str]()
    for rule in scenario.prices:
        wanted |= goods_skus(db, rule.goods)
        if len(wanted) > PRICES_LIMIT:
            return PlannedTrial(why="many_prices")
    usual = store_prices(db, list(_still_sold(db, tuple(sorted(wanted)))), begin_us)
    for rule in scenario.prices:
        for sku in goods_skus(db, rule.goods) & usual.keys():
            before = tried.get(sku, usual[sku])
            share = (before * (FULL + rule.percent) + FULL // 2) // FULL
            tried[sku] = share if rule.price_minor is None else rule.price_minor
    prices = tuple((sku, minor, usual[sku]) for sku, minor in sorted(tried.items()) if minor != usual[sku])
    if not prices:
        return PlannedTrial(why="no_products")
    body = {"prices": [{"sku": sku, "price_minor": minor} for sku, minor, _ in prices]}
    return PlannedTrial(body, None, tuple(sku for sku, *_ in prices), prices)


def _still_sold(db: Connection, skus: tuple[str, ...]) -> tuple[str, ...]:
    """The products that aren't discontinued."""
    known = read_products(db, skus)
    return tuple(sku for sku in skus if sku in known and known[sku][2] is None)


PAGES = (
    Page(
        path="/manager/trials",
        name="trials",
        handler=trials,
        right=MANAGE,
        also=CATALOG,
        fragments=("alerts", "clock"),
        menu="trials.title",
        group="insight",
        place=41,
    ),
    Page(
        path="/manager/trial",
        name="trial_days",
        handler=trial_days,
        right=MANAGE,
        also=CATALOG,
        fragments=("alerts", "clock"),
        under="trials",
        group="insight",
        place=41,
    ),
)
