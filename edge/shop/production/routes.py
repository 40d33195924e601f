"""Bills of material and how production stands, over HTTP; orders are commands and queries like all others."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from edge.core.endpoints import get
from edge.shop.access.rights import MANAGE
from edge.shop.production.entities import BOMS
from edge.shop.production.queries import ProductionStatus, production_status
from edge.web.api import entity_api
from edge.web.context import SITE
from edge.web.responses import answer_json


async def status(request: web.Request) -> web.Response:
    """`GET production/status`: orders by state, which are late or lack something, what can be made."""
    site = request.app[SITE]
    today = site.config.business_date(site.shop.now_us())
    return answer_json(await site.asker.read(partial(production_status, today=today)))


ENDPOINTS = (
    *entity_api.endpoints(BOMS, "boms/{id}", names=("boms", "bom"), read=BOMS.read, right=MANAGE, tag="production"),
    get("production/status", status, ProductionStatus, right=MANAGE, tag="production", name="production_status"),
)
