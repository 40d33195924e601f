"""The manager's recommendations page: status, last results, switches, and pinned or banned products."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from edge.core.endpoints import Page
from edge.core.storage.database import Connection
from edge.foundation.access.rights import CATALOG, MANAGE
from edge.goods.catalog.queries import read_products
from edge.ordering.recommend.handlers import JOB
from edge.ordering.recommend.pages import doors, order_substitutes
from edge.ordering.recommend.queries import (
    model_at,
    model_in_use,
    recommendation_models,
    rules_set,
    suggestion_counts,
)
from edge.ordering.recommend.routes import suggester_of
from edge.ordering.recommend.rules import PINS_MOST
from edge.web.actors import viewer_of
from edge.web.context import SITE
from edge.web.pages.shell import page

if TYPE_CHECKING:
    from edge.ordering.recommend.suggester import Suggester

MODELS_SHOWN, COUNTS_SHOWN = 8, 24
SWITCHES = ("on", "till", "kiosk", "phone", "chat", "quebec")
_JOB = "SELECT state FROM job WHERE kind = ? ORDER BY id DESC LIMIT 1"


async def manager(request: web.Request) -> web.Response:
    """`GET /manager/recommend`: the current suggestions, and the model in use with its quality."""
    site = request.app[SITE]
    suggester = await suggester_of(site)
    found = await site.asker.read(lambda db: _read(db, suggester))
    if site.settings.currency != "CAD" and not found["switches"]["quebec"]:
        del found["switches"]["quebec"]  # a rule of that province
    return page(request, "recommend", may_manage=viewer_of(request).may(MANAGE), pins_most=PINS_MOST, **found)


def _read(db: Connection, suggester: Suggester) -> dict[str, Any]:
    models, rules = recommendation_models(db, MODELS_SHOWN), rules_set(db)
    settings = suggester.settings.at(db)
    known = read_products(db, list(rules))
    used = model_in_use(db)
    return {
        "state": _state(db, suggester, settings.on),
        "models": models,
        "used": used.trained.model_version if used else "",
        "earlier": model_at(db, 1),
        "rules": rules,
        "names": {sku: product.names or {} for sku, (_, product, _) in known.items()},
        "counts": suggestion_counts(db, COUNTS_SHOWN),
        "switches": {name: getattr(settings, name) for name in SWITCHES},
    }


def _state(db: Connection, suggester: Suggester, is_on: bool) -> str:
    """The page's state, as a key of section `recommend`."""
    job = db.execute(_JOB, (JOB,)).fetchone()
    if not is_on:
        return "state_off"
    if job and job[0] in ("queued", "running"):
        return "state_counting"
    if job and job[0] == "failed":
        return "state_failed"
    if suggester.model(db) is not None:
        return "state_pairs"
    return "state_gone" if model_in_use(db) else "state_sells"


ENDPOINTS = (*doors.ENDPOINTS, *order_substitutes.ENDPOINTS)
PAGES = (
    Page(
        path="/manager/recommend",
        name="recommend",
        handler=manager,
        right=MANAGE,
        also=CATALOG,
        fragments=("alerts", "clock"),
        menu="recommend.title",
        group="goods",
        place=56,
    ),
)
