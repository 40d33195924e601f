"""Pages of other origins: those allowed by the shop may call the API with a token; all others learn nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.lib.errors import ConfigError
from edge.runtime.config import parse
from tests.browser.calling import PIN, calling
from tests.browser.serving import serve
from tests.contract.api.test_panel_keys import key_of
from tests.shop_fixture import CONFIG, MILK, run

OURS, OTHERS = "https://dashboard.example", "https://evil.example"
NAMED = CONFIG.replace("[panel]", f'[panel]\norigins = ["{OURS}"]', 1)
PRODUCTS = "/api/v1/products"
BEFORE = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}


def test_a_page_that_the_shop_named_asks_the_api_by_a_token(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, NAMED) as served, calling(served) as caller:
            before = await caller.call("OPTIONS", PRODUCTS, Origin=OURS, **BEFORE)
            assert (before.status, before.headers["Access-Control-Allow-Origin"]) == (204, OURS)
            assert "Authorization" in before.headers["Access-Control-Allow-Headers"]
            token = await key_of(served, caller, "sell")
            seen = await caller.call("GET", PRODUCTS, Origin=OURS, **token)
            assert (seen.status, seen.headers["Access-Control-Allow-Origin"]) == (200, OURS)
            assert "Origin" in seen.headers["Vary"]
            assert (await caller.do("AddLine", {"code": MILK}, Origin=OURS, **token)).status == 200
            no = await caller.do("SetPrice", {"sku": "milk", "price_minor": 1}, Origin=OURS, **token)
            assert no.status == 403 and no.headers["Access-Control-Allow-Origin"] == OURS, "it reads also why not"
            for way, path, body in (
                ("GET", "/api/v1/queries/basket", None),
                ("POST", "/api/v1/commands/OpenDrawer", {}),
            ):
                bare = await caller.call(way, path, body, Origin=OURS, Register="1")
                assert bare.status == 403, "nothing without a token, though its browser is the machine's own"
            login = {"email": "nobody@example.org", "password": "x" * 14}
            assert (await caller.call("POST", "/api/v1/auth/login", login, Origin=OURS)).code == "login_wrong"

    run(scenario())


def test_all_others_are_refused_and_pages_are_for_nobody_else(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, NAMED) as served, calling(served) as caller:
            for origin in (OTHERS, "null", OURS + ".evil.example", OURS.upper(), "http" + OURS[5:], OURS + ":8443"):
                before = await caller.call("OPTIONS", PRODUCTS, Origin=origin, **BEFORE)
                assert before.status != 204 and "Access-Control-Allow-Origin" not in before.headers, origin
                seen = await caller.call("GET", PRODUCTS, Origin=origin)
                assert "Access-Control-Allow-Origin" not in seen.headers and "Origin" in seen.headers["Vary"]
                done = await caller.call("POST", "/api/v1/commands/OpenDrawer", {}, Origin=origin, Register="1")
                assert done.status == 403, origin
            page = await caller.call("GET", "/", Origin=OURS)
            assert "Access-Control-Allow-Origin" not in page.headers
            assert (await caller.call("POST", "/shop/add", {}, Origin=OURS)).status == 403

    run(scenario())


def test_no_cookie_counts_for_a_page_of_another_origin(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, NAMED) as served, calling(served) as caller:
            await caller.set_pin()
            given = await caller.call("POST", "/api/v1/grants", {"pin": PIN}, Surface="panel", Origin=served.url)
            cookie = {"Cookie": given.headers["Set-Cookie"].split("; ")[0], "Surface": "panel"}
            assert (await caller.get("/api/v1/quality", **cookie)).status == 200
            assert (await caller.get("/api/v1/quality", Origin=served.url, **cookie)).status == 200
            for origin in (OURS, OTHERS):
                assert (await caller.get("/api/v1/quality", Origin=origin, **cookie)).status == 403, origin

    run(scenario())


def test_a_listed_page_in_the_machines_own_browser_is_not_who_stands_there(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with serve(tmp_path, NAMED) as served, calling(served) as caller:
            await caller.set_pin()
            by_pin = {"pin": PIN, "app": True}
            assert (await caller.call("POST", "/api/v1/auth/login", by_pin, Origin=OURS)).code == "not_paired"
            signed_in = await caller.call("POST", "/api/v1/auth/login", by_pin, Origin=served.url)
            assert signed_in.status == 200
            assert (await caller.call("POST", "/api/v1/auth/refresh", {}, Origin=OURS)).code == "not_signed_in"
            for path in ("auth/me", "auth/sessions", "auth/password"):
                assert (await caller.get(f"/api/v1/{path}", Origin=OURS)).status == 403, path

    run(scenario())


@pytest.mark.parametrize("origin", ["*", "https://*.example", f"{OURS}/", "dashboard.example", f"{OURS}:443", "null"])
def test_what_is_no_origin_is_no_configuration(origin: str) -> None:
    with pytest.raises(ConfigError, match="origins"):
        parse(NAMED.replace(OURS, origin), Path("config.toml"))
