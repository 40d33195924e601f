"""The till's page; and the shared endpoints for sellers: the update socket, the PIN page, and the outcome of a
command."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from aiohttp import web

from edge.core.endpoints import DONE, Endpoint, Page
from edge.counter.quick_keys.queries import has_keys
from edge.counter.till.pages.beside import SIGN_IN_HINTS
from edge.foundation.access.rights import SELL
from edge.web.actors import register_of, session_of
from edge.web.api.registry import look_up
from edge.web.context import SITE
from edge.web.pages.shell import LOCKED, page, socket
from edge.web.responses import texts_of


async def cashier(request: web.Request) -> web.Response:
    """`GET /`: the till at a register.

    Users coming from the manager's pages are signed out of them, but by a script of the page (`sign.js`), because
    browsers may prefetch the address.
    """
    keys = has_keys(request.app[SITE].shop.reader, _register(request))
    leaves, hints = session_of(request) is not None, request.app[SITE].services.of(SIGN_IN_HINTS)(request)
    return page(request, "cashier", aside=_aside(request), keys=keys, leaves=leaves, **hints)


def _register(request: web.Request) -> str:
    """The requested register, or the first."""
    return register_of(request) if "register" in request.query else request.app[SITE].config.registers[0]


def _aside(request: web.Request) -> str:
    """The configured side page, with this page's language in its query."""
    aside = request.app[SITE].config.panel.aside
    if not aside:
        return ""
    joint = "&" if urlsplit(aside).query else "?"
    return f"{aside}{joint}" + urlencode({"lang": texts_of(request).language})


_TILL = (
    *("lines", "sums", "question", "notice", "card_payment", "signed_in", "alerts"),
    *(
        "training",
        "practice_customer",
        "notices",
        "counter_alerts",
        "called",
        "unconfirmed_prints",
        "scale",
        "sales",
        "held",
        "paper",
        "shift",
        "run_out",
    ),
    *("status", "clock"),
)

ENDPOINTS = (
    Endpoint(method="GET", path="/ws", handler=socket, right=SELL, rate="none"),
    Endpoint(
        method="GET",
        path="/api/v1/commands/{id}",
        handler=look_up,
        name="lookUpCommand",
        answer=DONE,
        right=SELL,
        path_types={"id": {"type": "string", "format": "uuid"}},
        statuses=(404,),
    ),
)
PAGES = (
    Page(
        path="/",
        name="cashier",
        group="counter",
        place=0,
        handler=cashier,
        right=SELL,
        fragments=_TILL,
        at_register=True,
    ),
    # shown at the address of the page it locks
    Page(path="", name=LOCKED, handler=cashier, right=SELL, fragments=("alerts", "clock")),
)
