"""Every address declares its right, which is checked before its handler runs."""

from __future__ import annotations

import re
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from edge.analytics.notify.pages.acknowledgement import PATH as TOLD
from edge.analytics.notify.pages.delivery_reports import ENDPOINTS as REPORTS
from edge.core.endpoints import ANYBODY, Endpoint
from edge.foundation.access.pages.factors_api import FACTORS
from edge.foundation.access.rights import MANAGE
from edge.ordering.orders.order import SECRET
from edge.web import own_device
from tests.browser.calling import calling
from tests.browser.serving import serve
from tests.shop_fixture import run

STATUS = f"/order/{{secret:{SECRET}}}"
OPEN = frozenset(
    {
        *("/pictures/{name}", "/healthz", "/status", "/metrics", "/api", "/api/v1/openapi.json"),
        # these decide themselves whom they admit: by a PIN, the address or the content of the request
        *("/api/v1/grants", "/api/v1/pin", "/api/v1/sign-in", "/api/v1/sign-out", "/api/v1/lock"),
        *FACTORS,
        # signing in on one's own device, and one's own data afterwards
        *("/login", *(f"/api/v1/auth/{what}" for what in ("login", "refresh", "logout", "password", "setup", "me"))),
        *("/api/v1/auth/sessions", "/api/v1/auth/sessions/{id}"),
        # the page that browsers keep for when there is no connection, and the files to install it
        *own_device.OPEN,
        "/away",
        *("/scan/{pairing}", "/scan", "/scan/picture"),
        # how a browser is paired, and how it comes to trust the box
        *("/pair", "/api/v1/pairings", "/trust", "/trust/edge-store.cer", "/trust/edge-store.mobileconfig"),
        *("/api/v1/commands/{name}", "/api/v1/queries/{name}"),
        # other companies' tills and web shops, which sign their messages
        *("/v1/webhooks/{pos}/{store}", "/api/v1/web-orders/{channel:[a-z0-9][a-z0-9_-]{0,39}}"),
        # customers' phones, if the shop admits them; an order's address contains its secret
        *(
            f"/shop/{what}"
            for what in (
                "goods",
                "goods/{sku}",
                "goods/{sku}/price",
                "cart",
                "checkout",
                "coupon",
                "coupon/drop",
                "order",
                "add",
                "line",
                "leave",
                "call",
                "place",
                "elsewhere",
                "settle",
                "terms",
                "talk/cart",
                "talk/keep",
                "talk/mark",
                "ws/chat",
                "sign-in",
                "sign-in/code",
                "suggestions",
                "viewed",
            )
        ),
        *(
            f"{STATUS}/{what}"
            for what in (
                *("state", "cancel", "slot", "again", "quiet", "substitute", "more", "less", "tip", "address"),
                *("pay", "review", "review-back"),
            )
        ),
        # customers' own data, if the shop offers it; their session's secret identifies them
        *(
            f"/me/{what}"
            for what in (
                *("account", "code", "sign-in", "sign-out", "passkey", "passkey/ask", "passkey/add", "cart"),
                *("face", "face/picture"),
                *(
                    "export",
                    "forget",
                    "confirm",
                    "confirm/ask",
                    "way",
                    "way/ask",
                    "way/remove",
                    "session/end",
                    "details",
                ),
                *(
                    "preferences",
                    "profile",
                    "consent",
                    "wish",
                    "wish/remove",
                    "review",
                    "review/take-back",
                    "review/report",
                ),
                *("passkey/remove", "card", "card/remove"),
            )
        ),
        # customers' programs, identified by a token
        *(f"/api/v1/me/{what}" for what in ("account", "code", "orders", "recommendations", "reviews", "token")),
        *("/api/v1/me/wishlist", "/api/v1/me/wishlist/{sku}"),
        # people with the link of a message, and services that report on one; the address or the report has the token
        *(TOLD, f"{TOLD}/stop", *(one.path for one in REPORTS)),
        # a machine that asks to become the second box, which a person admits; and pages looking for the leading box
        *("/api/v1/twin/knocks", "/api/v1/twin/knocks/{id}", "/api/v1/twin/knocks/{id}/nonce"),
        *("/twin/leads", "/twin/ticket", "/twin/arrive"),
    }
)
# phones in the shop, people who chat with it, and people who were shown the code of a receipt or an order
OPEN_PAGES = frozenset({"/shop", "/shop/talk", "/chat", "/receipt/{number}/{secret}", STATUS, TOLD, "/me", "/privacy"})
FIELD = re.compile(r"\{\w+(?::((?:[^{}]|\{[^{}]*\})*))?\}")


def filled(path: str) -> str:
    """Fill in an address's fields: with the first of a field's alternatives, otherwise with 1."""
    return FIELD.sub(lambda field: found[0] if (found := (field[1] or "").split("|"))[1:] else "1", path)


def test_only_these_addresses_need_no_right(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served:
            assert {one.path for one in served.site.declared.endpoints if one.right == ANYBODY} == OPEN
            assert {page.path for page in served.site.declared.pages.values() if page.right == ANYBODY} == OPEN_PAGES

    run(scenario())


def test_without_a_pin_managers_see_nothing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            await caller.set_pin()
            pages = [page for page in served.site.declared.pages.values() if page.right == MANAGE]
            assert {"/manager", "/import", "/quality", "/manager/shifts"} <= {page.path for page in pages}
            for page in pages:
                closed = await caller.get(page.path, Accept="text/html")
                assert closed.status == 403, page.path
                assert 'id="unlock"' in closed.text, page.path
                with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                    await caller.socket(f"page={page.name}&register=1")
            for one in served.site.declared.endpoints:
                if one.right == MANAGE:
                    path = filled(one.path)
                    answer = await caller.call(one.method, path, {} if one.body else None)
                    assert (answer.status, answer.code) == (403, "right_denied"), path

    run(scenario())


def test_the_right_is_looked_at_before_the_body(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            nested = b"[" * 100_000
            for one in served.site.declared.endpoints:
                if one.is_api and one.right == MANAGE and one.body:
                    assert (await caller.call(one.method, filled(one.path), nested)).status == 403, one.path

    run(scenario())


def test_before_there_is_a_pin_the_first_steps_are_shown_at_the_appliance(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path) as served, calling(served) as caller:
            assert (await caller.get("/manager")).status == 200

    run(scenario())


def test_an_endpoint_without_a_right_or_an_answer_cannot_be_declared() -> None:
    async def nothing(request: web.Request) -> web.Response:
        return web.Response()

    with pytest.raises(ValueError, match="has no permission"):
        Endpoint(method="GET", path="/x", handler=nothing, right="")
    with pytest.raises(ValueError, match="has no surface"):
        Endpoint(method="GET", path="/x", handler=nothing, right="sell", surfaces=())
    with pytest.raises(ValueError, match="no answer type"):
        Endpoint(method="GET", path="/api/v1/x", handler=nothing, right="sell")
    with pytest.raises(TypeError):
        Endpoint(method="GET", path="/x", handler=nothing)  # type: ignore[call-arg]
