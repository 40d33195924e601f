"""Head office's page of a shop's Wi-Fi: everyone gets the same page, which may only send requests to head office."""

from __future__ import annotations

from typing import cast

import aiohttp

from sim.http_service import serving
from sync.hub.api.admission import Door
from sync.hub.api.app import Api, ApiParts
from tests.shop_fixture import run

FILES = {
    **{"/join": "text/html", "/join/join.js": "text/javascript", "/join/order.js": "text/javascript"},
    "/join/join.css": "text/css",
}


async def _publish(tenant: str, shop: str, kind: str, body: bytes, request: str) -> int:
    raise AssertionError("nothing is published")


def test_anybody_is_given_the_page_and_it_may_ask_head_office_alone() -> None:
    async def scenario() -> None:
        app = Api(
            cast(Door, None), _publish, ApiParts(check=lambda kind, body: None)
        ).app()  # without a door, nobody is looked up
        async with serving(app) as url, aiohttp.ClientSession() as http:
            for path, kind in FILES.items():
                async with http.get(url + path) as answer:
                    assert (answer.status, answer.content_type) == (200, kind)
                    policy = answer.headers["Content-Security-Policy"]
                    assert "default-src 'none'" in policy and "script-src 'self';" in policy
                    assert "unsafe" not in policy and policy.endswith("connect-src 'self'")
                    assert answer.headers["Referrer-Policy"] == "no-referrer"
                    assert "Set-Cookie" not in answer.headers
                    first = await answer.read()
                async with http.get(url + path + "?store=corner") as other:
                    assert await other.read() == first, "what is asked for changes nothing"
            async with http.get(url + "/push") as push:
                assert "connect-src" not in push.headers["Content-Security-Policy"], "that one asks nobody"
            async with http.post(url + "/join", json={"wifi": "Shop"}) as refused:
                assert refused.status == 405

    run(scenario())
