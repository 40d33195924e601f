"""The frame of all pages (application shell), and the WebSocket that updates them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from aiohttp import WSCloseCode, web

from edge.core.endpoints import ANYBODY, Endpoint, Page
from edge.core.messages import Right
from edge.core.till_first import RightOfWay
from edge.lib.i18n import ENGLISH, words
from edge.lib.units.money import exponent
from edge.web.actors import OWN, from_here, is_at_register, manages, permission_check, register_of, seat_of, viewer_of
from edge.web.api.openapi import describe
from edge.web.caller import caller_of
from edge.web.capability_pages import declarations
from edge.web.context import SITE, PanelContext
from edge.web.denied import Denied
from edge.web.limits import CLOSE_S, HEARTBEAT_S, MESSAGE_BYTES
from edge.web.live.push import PageConnection
from edge.web.live.rendering import FOLDER
from edge.web.live.slices import in_slices
from edge.web.problem import Problem
from edge.web.responses import LANGUAGE, texts_of
from edge.web.throttle import is_favoured
from edge.web.two_boxes import TWO_BOXES

LOCKED = "locked"
"""The page that asks for a PIN before showing the requested one."""
STATIC = FOLDER / "static"
VENDOR = ("htmx.min.js", "ws.min.js")


async def reference(request: web.Request) -> web.Response:
    """`GET /api`: the API reference for people."""
    site = request.app[SITE]
    made = site.declared.documents
    if "api" not in made:
        document = await asyncio.to_thread(api_document, site)
        made["api"] = site.renderer.render("api.html", ENGLISH, document=document, groups=document["tags"])
    return html(made["api"])


def api_document(site: PanelContext) -> dict[str, Any]:
    """Return the API's description. This takes a second and imports every page, so call it in a thread."""
    return describe(site.shop.registry, site.asker.questions, site.declared.endpoints)


async def socket(request: web.Request) -> web.StreamResponse:
    """`GET /ws`: pushes fragments of a page (`?page=`, `?register=`, `?lang=`) as they change; the page's messages go
    to the sources (`LiveSource.on_message`)."""
    site = request.app[SITE]
    kind = request.query.get("page", "cashier")
    pages = site.declared.pages
    wanted = pages.get(kind)
    if wanted is None:
        raise Problem(400, "page_unknown", page=kind[:40], allowed=", ".join(pages))
    if wanted.right != ANYBODY and not wanted.endpoint.allows(viewer_of(request)):
        raise Denied(wanted.right, f"GET /ws?page={kind}")
    if wanted.at_register and not is_at_register(request):
        raise Denied(wanted.right, f"GET /ws?page={kind}", "register_denied")
    register, language = register_of(request), texts_of(request).language
    # No compression: on a shop's own network it costs more time than it saves.
    connection = web.WebSocketResponse(
        timeout=CLOSE_S, heartbeat=HEARTBEAT_S, max_msg_size=MESSAGE_BYTES, compress=False
    )
    caller = caller_of(request)
    seated = is_favoured(request) or site.door.seats.take(caller.network)
    await connection.prepare(request)
    still = permission_check(request, wanted.endpoint)
    live, at = site.live, site.door.register or register
    pushed = [live.fragments[name] for name in _pushed_fragments(request, wanted)]
    opened = PageConnection(connection, pushed, register, language, still)
    live.pages.add(opened)
    try:
        writes = opened.write if wanted.at_register else partial(_write_in_slices, opened, site.shop.right_of_way)
        if not seated or not live.tasks.start(writes(live.html), f"page {kind} {register}"):
            await opened.close(WSCloseCode.TRY_AGAIN_LATER, "too many pages are open")
        async for message in connection:  # reading also detects that the page has left
            live.on_message(at, opened, str(message.data))
    finally:
        live.on_message(at, opened, "")
        live.pages.discard(opened)
        opened.leave()
        if seated and not is_favoured(request):
            site.door.seats.leave(caller.network)
    return connection


async def _write_in_slices(opened: PageConnection, way: RightOfWay, html: Callable[[str, str, str], str]) -> None:
    await in_slices(opened.write(html), way)


def _pushed_fragments(request: web.Request, page: Page) -> tuple[str, ...]:
    """Return the fragments pushed to a page: its own, plus remote help and the bell on manager pages."""
    if not (page.menu or page.under):
        return page.fragments
    return (*page.fragments, "remote_help", *(("bell",) if _has_bell(request) else ()))


def _has_bell(request: web.Request) -> bool:
    """Whether the viewer may open the alert list behind the bell."""
    behind = request.app[SITE].declared.pages.get("alerts")
    return behind is not None and behind.endpoint.allows(viewer_of(request))


def opens_figures(request: web.Request) -> bool:
    """Whether the viewer may open figures (`Capability.figures`)."""
    behind = request.app[SITE].declared.pages.get("figure")
    return behind is not None and behind.endpoint.allows(viewer_of(request))


def locked_page(request: web.Request, right: Right) -> web.Response:
    """Return the PIN page in place of a page that the user may not see yet."""
    answer = page(request, LOCKED, right=right, at_box=from_here(request))
    answer.set_status(403)
    return answer


def page(request: web.Request, kind: str, **values: object) -> web.Response:
    """Render a whole page: `templates/KIND.html`, `static/KIND.css` and `static/KIND.js`."""
    site = request.app[SITE]
    missing = [name for name in VENDOR if not (STATIC / "vendor" / name).exists()]
    if missing:
        raise Problem(503, "scripts_missing", names=", ".join(missing))
    language = texts_of(request).language
    inside = _register(request)
    register, pages = site.door.register or inside, site.declared.pages
    menu = [one for one in pages.values() if one.menu]
    under = getattr(pages.get(kind), "under", "")
    text = site.renderer.render(
        f"{kind}.html",
        language,
        page=kind,
        register=register,
        registers=site.config.registers,
        trains=site.door.register,
        people=site.identity.named_people(seat_of(request)),
        bell=_has_bell(request),
        managing=kind != "cashier" and manages(request) is not None,
        on_own_device=kind != "cashier" and bool(OWN.read(request)),
        settings=site.settings,
        menu=menu,
        also_called=lambda title: words(language).get(f"seek_also.{title.replace('.', '_')}", ""),
        areas={one.group: one for one in reversed(menu)},
        finders=[one for one in declarations("FINDERS") if viewer_of(request).may(one.right)],
        area=getattr(pages.get(under or kind), "group", ""),
        under=under,
        digits=exponent(site.settings.currency),
        fragment=lambda name: site.live.html(name, inside, language),
        two=site.services.of(TWO_BOXES),
        past=site.past,
        pages_only_now=[one.path for one in pages.values() if not one.past] if site.past else [],
        here_now=request.path_qs,
        opens=opens_figures(request),
        socket="/ws?" + urlencode({"page": kind, "register": register, "lang": language}),
        here=lambda wish: f"{request.path}?" + urlencode({**request.query, "register": register, "lang": wish}),
        **values,
    )
    answer = html(text)
    if kind == "cashier":
        answer.enable_compression()  # it contains no secret that its length could reveal (BREACH)
    if request.query.get("lang") == language:
        LANGUAGE.set(request, answer, language)
    return answer


def _register(request: web.Request) -> str:
    """Requested register, or the first."""
    return register_of(request) if "register" in request.query else request.app[SITE].config.registers[0]


def html(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html", headers={"Cache-Control": "no-store"})


ENDPOINTS = (Endpoint(method="GET", path="/api", handler=reference, right=ANYBODY),)
