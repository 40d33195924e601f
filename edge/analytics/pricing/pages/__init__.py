"""Manager page of price suggestions: those to approve, the model behind them, and competitors' prices."""

from __future__ import annotations

from functools import partial
from typing import Any

from aiohttp import web

from edge.analytics.pricing.queries import (
    AS_OF_US,
    SHOWN,
    PriceModel,
    competitor_prices,
    dearer_than,
    model_at,
    price_models,
    proposed_prices,
    rival_prices,
    rivals_of,
)
from edge.analytics.pricing.rules import LEAST_RIGHT
from edge.analytics.pricing.settings import PriceBounds, live_bounds
from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.foundation.access.rights import CATALOG, MANAGE
from edge.foundation.settings.queries import LiveSettings
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.catalog.prices import prices_ahead
from edge.goods.catalog.queries import read_products
from edge.runtime.config import CONFIG
from edge.web.actors import viewer_of
from edge.web.context import SITE
from edge.web.pages.shell import page

MODELS_SHOWN = 5


async def pricing_page(request: web.Request) -> web.Response:
    """`GET /manager/pricing`: suggestions to approve, largest expected gain first."""
    found = await request.app[SITE].asker.read(_read)
    return page(request, "pricing", may_manage=viewer_of(request).may(MANAGE), shown=SHOWN, **found)


def _outcome_key(model: PriceModel) -> str:
    """The text for a model's result: a key of section `pricing`."""
    if model.outcome == "deployed" and model.place is None:
        return "taken_back"
    if model.outcome == "kept" and max(model.right, model.right_before) <= LEAST_RIGHT:
        return "too_little"
    return model.outcome


def _read(db: Connection) -> dict[str, Any]:
    models, used = price_models(db, MODELS_SHOWN), model_at(db, 0)
    prices, others = proposed_prices(db), competitor_prices(db)
    known = read_products(db, sorted({one.sku for one in prices} | {one.sku for one in others}))
    return {
        "prices": prices,
        "others": others,
        "names": {sku: product.names or {} for sku, (_, product, _) in known.items()},
        "models": models,
        "said": {model.version: _outcome_key(model) for model in models},
        "earlier": model_at(db, 1),
        "used": used,
        "categories": {one.id: one.names for one in read_categories(db)} if used else {},
    }


async def rivals(request: web.Request) -> web.Response:
    """`GET /manager/rivals?sku=&dearer=`: competitors' prices compared with ours, with the history of one product."""
    sku, dearer = request.query.get("sku", "")[:80], request.query.get("dearer", "") == "1"
    site = request.app[SITE]
    bounds = live_bounds(site.services.of(CONFIG)) if dearer else None
    found = await site.asker.read(partial(_rivals, sku=sku, dearer=bounds, now_us=site.shop.now_us()))
    return page(request, "rivals", shown=SHOWN, dearer_alone=dearer, changes_of=sku, **found)


def _rivals(db: Connection, sku: str, dearer: LiveSettings[PriceBounds] | None, now_us: int) -> dict[str, Any]:
    found = rivals_of(db, (sku,) if sku else None)
    if dearer is not None:
        above = dearer_than(db, now_us, dearer.at(db).dearer_percent)
        found = {one: theirs for one, theirs in found.items() if one in above}
    shown = [one for theirs in found.values() for one in theirs][:SHOWN]
    skus = sorted({one.sku for one in shown})
    ours, _ = prices_ahead(db, skus, [now_us])
    return {
        "rivals": shown,
        "ours": ours,
        "old": [one for one in shown if now_us - one.until_us > AS_OF_US],
        "names": {known: product.names or {} for known, (_, product, _) in read_products(db, skus).items()},
        "changes": rival_prices(db, sku).changes if sku else [],
    }


PAGES = (
    Page(
        path="/manager/rivals",
        name="rivals",
        handler=rivals,
        right=MANAGE,
        also=CATALOG,
        fragments=("alerts", "clock"),
        menu="pricing.rivals",
        group="goods",
        place=56,
    ),
    Page(
        path="/manager/pricing",
        name="pricing",
        handler=pricing_page,
        right=MANAGE,
        also=CATALOG,
        fragments=("alerts", "clock"),
        menu="pricing.title",
        group="goods",
        place=55,
    ),
)
