"""The panel as an aiohttp application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from types import ModuleType
from typing import get_args

import msgspec
from aiohttp import web

from edge.config import Config
from edge.core.command_bus import CommandBus
from edge.core.endpoints import ANYBODY, Answer, Endpoint, Group, Page
from edge.core.process.parts import Supervisor
from edge.services.models_state import MeaningState, ModelsState
from edge.services.sync_state import SyncState
from edge.web import health, own_device, pairing, trust
from edge.web.api import (
    feed,
    recovery_code,
    registry,
    sales,
)
from edge.web.api.openapi import describe
from edge.web.assets import assets
from edge.web.bearer import keyed
from edge.web.capability_pages import modules
from edge.web.connection import timed
from edge.web.context import SITE, PanelContext, TillContext, now_us
from edge.web.denied import note_sums
from edge.web.guard import guard
from edge.web.headers import dress
from edge.web.limits import BODY_BYTES
from edge.web.pages import (
    counter,
    journal,
    phone,
    refunds,
    reports,
    shell,
    today,
    voids,
)
from edge.web.pairing import known, paired
from edge.web.responses import explain
from edge.web.routing import routes
from edge.web.throttle import throttle
from edge.web.training import Trainings


def make_app(
    shop: CommandBus,
    supervisor: Supervisor,
    config: Config,
    sync: SyncState | None,
    phones: Sequence[phone.Paired] = (),
    models: ModelsState | None = None,
    meaning: MeaningState | None = None,
    tills: TillContext | None = None,
) -> web.Application:
    """The pages and the API of one shop; `part.PanelPart` serves it. `sync` is None where nothing is sent anywhere."""
    order = [timed, guard, explain, keyed, known, throttle, paired]
    app = web.Application(client_max_size=BODY_BYTES, middlewares=order)
    app[SITE] = PanelContext(shop, supervisor, config, sync, models, meaning, tills)
    app[SITE].training = Trainings(app[SITE], app)
    app.on_response_prepare.append(dress)
    app[phone.PHONES] = phones
    pages, endpoints = declared()
    app[SITE].pages = {page.name: page for page in sorted(pages, key=_listed)}
    app[SITE].pages[shell.LOCKED.name] = shell.LOCKED
    app[SITE].endpoints = endpoints
    app.add_routes([*routes(endpoints, pages), *assets(shell.STATIC)])
    app.on_shutdown.append(_send_pages_away)
    app.on_shutdown.append(_keep_counts)
    app.cleanup_ctx.append(_close)
    return app


def declared() -> tuple[tuple[Page, ...], tuple[Endpoint, ...]]:
    """Every page and every endpoint that a module declares."""
    declaring = (*_MODULES, *modules())
    pages = tuple(page for module in declaring for page in getattr(module, "PAGES", ()))
    return pages, (*_OWN, *(endpoint for module in declaring for endpoint in getattr(module, "ENDPOINTS", ())))


def _listed(page: Page) -> tuple[int, int]:
    """Where a page stands among the manager's."""
    return GROUPS.index(page.group), page.place


async def _openapi(request: web.Request) -> web.Response:
    """`GET openapi.json`: what can be asked, as programs read it."""
    site = request.app[SITE]
    if "openapi" not in site.made:
        site.made["openapi"] = msgspec.json.encode(
            describe(site.shop.registry, site.asker.questions, site.endpoints)
        ).decode()
    return web.Response(
        text=site.made["openapi"], content_type="application/json", headers={"Cache-Control": "no-store"}
    )


_MODULES: tuple[ModuleType, ...] = (
    *(shell, today),
    *(journal, refunds, reports, voids, counter),
    *(phone, health, pairing, own_device, trust),
    *(
        feed,
        registry,
        sales,
        recovery_code,
    ),
)
"""What declares endpoints and pages."""

GROUPS: tuple[Group, ...] = get_args(Group)
_PARTS = {"openapi": {"type": "string"}, "paths": {"type": "object"}, "components": {"type": "object"}}
_DOCUMENT = Answer(schema={"type": "object", "properties": _PARTS, "required": list(_PARTS)})
_OWN = (Endpoint(method="GET", path="/api/v1/openapi.json", handler=_openapi, right=ANYBODY, answer=_DOCUMENT),)


async def _send_pages_away(app: web.Application) -> None:
    await app[SITE].live.stop()


async def _keep_counts(app: web.Application) -> None:
    await app[SITE].pins.tries.stop()
    await app[SITE].pins.log.stop()
    await app[SITE].sessions.stop()
    await app[SITE].keys.stop()
    await note_sums(app[SITE], now_us(), early=True)


async def _close(app: web.Application) -> AsyncIterator[None]:
    yield
    app[SITE].close()
