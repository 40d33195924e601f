"""How often one network may try to sign in at head office, whosever passwords it tries."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

import aiohttp
from aiohttp import web

from edge.app.head_office.hub_door import ASKING, WRONG, HubDoor
from sync.hub.api.problems import Problem, problems
from sync.hub.api.signing_in import PATH


async def wrong(request: web.Request) -> web.Response:
    raise Problem(HTTPStatus.UNAUTHORIZED, "Not let in", "The address or the password is wrong.")


async def right(request: web.Request) -> web.Response:
    return web.Response()


def test_a_network_that_tries_one_person_after_the_other_waits() -> None:
    async def scenario() -> None:
        app = web.Application(middlewares=[problems])
        app.router.add_post(PATH, wrong)
        app.router.add_get("/v1/me", right)
        most = ASKING[WRONG].burst
        async with HubDoor(port=0).open(app) as port, aiohttp.ClientSession() as http:

            async def ask(method: str, path: str) -> int:
                async with http.request(method, f"http://127.0.0.1:{port}{path}") as answer:
                    return answer.status

            statuses = [await ask("POST", PATH) for _ in range(3 * most)]
            assert statuses[:most] == [401] * most
            assert 429 in statuses
            assert await ask("GET", "/v1/me") == 200, "who is signed in goes on"

    asyncio.run(scenario())
