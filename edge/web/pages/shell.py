"""The frame of all pages (the application shell), the main ones, and the WebSocket that keeps them up to date."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from aiohttp import WSCloseCode, web

from edge.core.endpoints import ANYBODY, Endpoint, Page
from edge.core.messages import Right
from edge.lib.i18n import LANGUAGES
from edge.lib.units.money import exponent
from edge.shop.access.queries import read_users
from edge.shop.access.rights import SELL
from edge.shop.quick_keys.queries import has_keys
from edge.web.actors import OWN, end_managing, manages, names_people, register_of, still_in, viewer_of
from edge.web.api.openapi import describe
from edge.web.caller import caller_of
from edge.web.context import SITE
from edge.web.denied import Denied
from edge.web.limits import CLOSE_S, HEARTBEAT_S, MESSAGE_BYTES
from edge.web.live.push import PageConnection as OpenPage
from edge.web.live.rendering import FOLDER
from edge.web.problem import Problem
from edge.web.responses import LANGUAGE, texts_of
from edge.web.throttle import favoured

ASKS_FOR_CODE = "asks for a code"
STATIC = FOLDER / "static"
VENDOR = ("htmx.min.js", "ws.min.js")


async def cashier(request: web.Request) -> web.Response:
    """`GET /`: the till at a register. Whoever goes there from the manager's pages has left these."""
    keys = has_keys(request.app[SITE].shop.reader, _register(request))
    answer = page(request, "cashier", aside=_aside(request), keys=keys)
    end_managing(request, answer)
    return answer


async def reference(request: web.Request) -> web.Response:
    """`GET /api`: the API, readable."""
    site = request.app[SITE]
    if "api" not in site.made:
        document = describe(site.shop.registry, site.asker.questions, site.endpoints)
        site.made["api"] = site.renderer.render("api.html", "en", document=document, groups=document["tags"])
    return html(site.made["api"])


async def socket(request: web.Request) -> web.StreamResponse:
    """`GET /ws`: pushes fragments of a page (`?page=`, `?register=`, `?lang=`) whenever they change. A page says
    `ASKS_FOR_CODE` while a field for a code is in front, and anything else once it is not."""
    site = request.app[SITE]
    kind = request.query.get("page", "cashier")
    declared = site.pages.get(kind)
    if declared is None:
        raise Problem(400, "page_unknown", page=kind[:40], allowed=", ".join(site.pages))
    if declared.right != ANYBODY and not declared.endpoint.allows(viewer_of(request)):
        raise Denied(declared.right, f"GET /ws?page={kind}")
    register, language = register_of(request), texts_of(request).language
    # No compression: it costs more time than it saves on a shop's own network.
    connection = web.WebSocketResponse(
        timeout=CLOSE_S, heartbeat=HEARTBEAT_S, max_msg_size=MESSAGE_BYTES, compress=False
    )
    caller = caller_of(request)
    seated = favoured(request) or site.seats.take(caller.network)
    await connection.prepare(request)
    still = still_in(request, declared.endpoint)
    opened = OpenPage(connection, _pushed(request, declared), register, language, still, site.live.urgent)
    live, scanned_at = site.live, site.trains or register
    live.pages.add(opened)
    try:
        if not seated or not live.tasks.start(opened.write(live.html), f"page {kind} {register}"):
            await opened.close(WSCloseCode.TRY_AGAIN_LATER, "too many pages are open")
        async for message in connection:  # reading notices when they leave, too
            site.code_takers.asks(scanned_at, opened, message.data == ASKS_FOR_CODE)
    finally:
        site.code_takers.asks(scanned_at, opened, False)
        live.pages.discard(opened)
        opened.leave()
        if seated and not favoured(request):
            site.seats.leave(caller.network)
    return connection


def _pushed(request: web.Request, page: Page) -> tuple[str, ...]:
    """What is pushed to a page: its own fragments, and on the manager's the bell of the frame."""
    return (*page.fragments, "bell") if (page.menu or page.under) and _has_bell(request) else page.fragments


def _has_bell(request: web.Request) -> bool:
    """Whether who looks at a page may see the list of alerts that the bell leads to."""
    behind = request.app[SITE].pages.get("alerts")
    return behind is not None and behind.endpoint.allows(viewer_of(request))


def locked(request: web.Request, right: Right) -> web.Response:
    """Instead of a page that whoever asks may not see: one that asks for a PIN, and then shows it."""
    answer = page(request, "locked", right=right)
    answer.set_status(403)
    return answer


def page(request: web.Request, kind: str, **values: object) -> web.Response:
    """A whole page: `templates/KIND.html` with its values, `static/KIND.css` and `static/KIND.js`."""
    site = request.app[SITE]
    missing = [name for name in VENDOR if not (STATIC / "vendor" / name).exists()]
    if missing:
        raise Problem(503, "scripts_missing", names=", ".join(missing))
    language = texts_of(request).language
    inside = _register(request)
    register = site.trains or inside
    menu = [one for one in site.pages.values() if one.menu]
    under = getattr(site.pages.get(kind), "under", "")
    text = site.renderer.render(
        f"{kind}.html",
        language,
        page=kind,
        register=register,
        registers=site.config.registers,
        trains=site.trains,
        people=read_users(site.shop.reader) if names_people(site) else [],
        bell=_has_bell(request),
        managing=kind != "cashier" and manages(request) is not None,
        on_own_device=kind != "cashier" and bool(OWN.read(request)),
        languages=LANGUAGES,
        settings=site.settings,
        menu=menu,
        areas={one.group: one for one in reversed(menu)},
        area=getattr(site.pages.get(under or kind), "group", ""),
        under=under,
        digits=exponent(site.settings.currency),
        fragment=lambda name: site.live.html(name, inside, language),
        socket="/ws?" + urlencode({"page": kind, "register": register, "lang": language}),
        here=lambda wish: f"{request.path}?" + urlencode({**request.query, "register": register, "lang": wish}),
        **values,
    )
    answer = html(text)
    if request.query.get("lang") == language:
        LANGUAGE.set(request, answer, language)
    return answer


def _register(request: web.Request) -> str:
    """The register that is asked for, or the first."""
    return register_of(request) if "register" in request.query else request.app[SITE].config.registers[0]


def _aside(request: web.Request) -> str:
    """The configured page beside the till, told which language this one has."""
    aside = request.app[SITE].config.panel.aside
    if not aside:
        return ""
    joint = "&" if urlsplit(aside).query else "?"
    return f"{aside}{joint}" + urlencode({"lang": texts_of(request).language})


def html(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html", headers={"Cache-Control": "no-store"})


_TILL = (
    *("lines", "sums", "question", "notice", "signed_in", "alerts"),
    *("training", "notices", "counter_alerts", "called", "unconfirmed_prints", "scale", "sales", "paper", "shift"),
    *("status", "clock"),
)

ENDPOINTS = (
    Endpoint(method="GET", path="/ws", handler=socket, right=SELL, rate="none"),
    Endpoint(method="GET", path="/api", handler=reference, right=ANYBODY),
)
PAGES = (Page(path="/", name="cashier", group="counter", place=0, handler=cashier, right=SELL, fragments=_TILL),)

LOCKED = Page(path="", name="locked", handler=cashier, right=SELL, fragments=("alerts", "clock"))
"""What `locked` shows: at the address of the page that it stands for."""
