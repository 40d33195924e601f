"""The pages and API as an aiohttp application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from types import ModuleType
from typing import get_args

import msgspec
from aiohttp import web

from edge.core.endpoints import ANYBODY, Answer, Endpoint, Group, Page
from edge.core.registry import Registry
from edge.web import own_device, trust, two_boxes
from edge.web.api import registry as by_name
from edge.web.api.addresses import addresses
from edge.web.api.query_runner import questions_of
from edge.web.assets import ASSETS, static
from edge.web.bearer import know_program
from edge.web.capability_pages import declarations, load_declarations
from edge.web.connection import time_request
from edge.web.context import SITE, Declared, PanelContext, now_us
from edge.web.denied import note_sums
from edge.web.guard import guard
from edge.web.headers import dress
from edge.web.limits import BODY_BYTES
from edge.web.pages import shell
from edge.web.pairing import know_browser, require_pairing
from edge.web.responses import explain
from edge.web.routing import routes
from edge.web.throttle import throttle
from edge.web.two_boxes import leading


class PreparedApp(msgspec.Struct, frozen=True):
    """An application without its site: declarations and routes."""

    declared: Declared
    app: web.Application


def prepare_app(registry: Registry) -> PreparedApp:
    """Prepare all slow steps that need no open shop. A standby box does this before it leads."""
    declared = declare_endpoints(registry)
    order = [time_request, guard, explain, leading, know_program, know_browser, throttle, require_pairing]
    app = web.Application(client_max_size=BODY_BYTES, middlewares=order)
    app.on_response_prepare.append(dress)
    app.add_routes([*routes(declared.routed, declared.pages.values()), ASSETS])
    app.on_shutdown.append(_send_pages_away)
    app.on_shutdown.append(_keep_counts)
    app.cleanup_ctx.append(_close)
    static()  # reads these files now rather than during the first request
    return PreparedApp(declared, app)


def open_app(prepared: PreparedApp, site: PanelContext) -> web.Application:
    """Attach a site to the prepared application; `part.PanelPart` serves it."""
    prepared.app[SITE] = site
    return prepared.app


def declare_endpoints(registry: Registry | None = None) -> Declared:
    """Collect every page and endpoint from the modules and from the registry's commands and queries (`http=`); pages in
    menu order. Raises `ValueError` if two pages share a name."""
    pages = sorted(declarations("PAGES"), key=_menu_position)
    named = {page.name: page for page in pages}
    if len(named) < len(pages):
        raise ValueError("two pages have the same name")
    ours = (*_OWN, *(endpoint for module in _MODULES for endpoint in module.ENDPOINTS))
    routed = (*ours, *declarations("ENDPOINTS"), *(addresses(registry, described=False) if registry else ()))
    questions = questions_of(registry) if registry else {}
    return Declared(named, routed, questions, partial(_described_endpoints, ours, registry))


def _described_endpoints(ours: tuple[Endpoint, ...], registry: Registry | None) -> tuple[Endpoint, ...]:
    """Return the endpoints with their request and answer types. Raises `ValueError` if a declaration of the registry is
    invalid."""
    return (*ours, *load_declarations("ENDPOINTS"), *(addresses(registry) if registry else ()))


def _menu_position(page: Page) -> tuple[int, int]:
    """Position of a page in the manager's menu."""
    return GROUPS.index(page.group), page.place


async def _openapi(request: web.Request) -> web.Response:
    """`GET openapi.json`: the API description for programs."""
    site = request.app[SITE]
    made = site.declared.documents
    if "openapi" not in made:
        document = await asyncio.to_thread(shell.api_document, site)
        made["openapi"] = msgspec.json.encode(document).decode()
    return web.Response(text=made["openapi"], content_type="application/json", headers={"Cache-Control": "no-store"})


_MODULES: tuple[ModuleType, ...] = (shell, own_device, trust, two_boxes, by_name)
"""Modules with the framework's own endpoints."""

GROUPS: tuple[Group, ...] = get_args(Group)
_PARTS = {"openapi": {"type": "string"}, "paths": {"type": "object"}, "components": {"type": "object"}}
_DOCUMENT = Answer(schema={"type": "object", "properties": _PARTS, "required": list(_PARTS)})
_OWN = (Endpoint(method="GET", path="/api/v1/openapi.json", handler=_openapi, right=ANYBODY, answer=_DOCUMENT),)


async def _send_pages_away(app: web.Application) -> None:
    await app[SITE].live.stop()


async def _keep_counts(app: web.Application) -> None:
    await app[SITE].identity.stop()
    await note_sums(app[SITE], now_us(), early=True)


async def _close(app: web.Application) -> AsyncIterator[None]:
    yield
    app[SITE].close()
