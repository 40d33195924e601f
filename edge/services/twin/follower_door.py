"""What a box says on its page while the other one leads: where that one is (HTTP 421), and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable

from aiohttp import web

MISDIRECTED = 421
LEADER = "Edge-Leader"
"""Header of the answer: the leader's address, where it is known."""


def make_app(leader: Callable[[], str]) -> web.Application:
    """`leader` gives the leader's page, `https://host:port`, or "" while nobody is known to lead."""

    async def answer(request: web.Request) -> web.Response:
        found = leader()
        headers = {"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*", "Retry-After": "1"}
        if not found:
            return web.json_response({"leader": ""}, status=503, headers=headers)
        headers[LEADER] = found
        if "text/html" in request.headers.get("Accept", "") and request.method == "GET":
            return web.Response(status=307, headers={**headers, "Location": found + request.path_qs})
        return web.Response(
            status=MISDIRECTED, headers=headers, content_type="application/json", text=json.dumps({"leader": found})
        )

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    return app
