"""Page of the box's own network: cables, and Wi-Fi networks to join or forget."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from edge.core.endpoints import NOTHING, Body, Endpoint, Handler, Method, Page, fragment
from edge.foundation.access.rights import MANAGE
from edge.runtime.networks import NETWORKS, JoinNetwork, Networks
from edge.web.context import SITE
from edge.web.pages.shell import html, page
from edge.web.request_body import body_of
from edge.web.responses import answer_json, texts_of


async def show_network(request: web.Request) -> web.Response:
    """`GET /manager/network`: the page; its content needs a PIN."""
    return page(request, "network")


async def rows(request: web.Request) -> web.Response:
    """`GET /fragments/network`: connections and networks; `?search=1`: after a new scan."""
    state = await asyncio.to_thread(_networks(request).look, request.query.get("search") == "1")
    return html(request.app[SITE].renderer.render("network_rows.html", texts_of(request).language, state=state))


async def join(request: web.Request) -> web.Response:
    """`POST network/join`: start joining a Wi-Fi network; the page shows the result."""
    _networks(request).join(await body_of(request, JoinNetwork))
    return answer_json({})


async def use(request: web.Request) -> web.Response:
    """`POST network/known/{uuid}`: start connecting to a stored Wi-Fi network."""
    await asyncio.to_thread(_networks(request).use, request.match_info["uuid"])
    return answer_json({})


async def forget(request: web.Request) -> web.Response:
    """`DELETE network/known/{uuid}`: forget a Wi-Fi network and its password."""
    await asyncio.to_thread(_networks(request).forget, request.match_info["uuid"])
    return answer_json({})


def _networks(request: web.Request) -> Networks:
    return request.app[SITE].services.of(NETWORKS)


_KNOWN = {"uuid": {"type": "string", "format": "uuid"}}


def _managing(method: Method, path: str, handler: Handler, name: str, **more: Any) -> Endpoint:
    """An endpoint for managers only, who must just have entered a PIN."""
    return Endpoint(
        method=method,
        path=f"/api/v1/network/{path}",
        handler=handler,
        right=MANAGE,
        tag="office",
        name=name,
        answer=NOTHING,
        statuses=(422,),
        programs=False,
        reauthenticate=True,
        **more,
    )


ENDPOINTS = (
    fragment("/fragments/network", rows, MANAGE),
    _managing("POST", "join", join, "network_join", body=Body(JoinNetwork)),
    _managing("POST", "known/{uuid}", use, "network_use", path_types=_KNOWN),
    _managing("DELETE", "known/{uuid}", forget, "network_forget", path_types=_KNOWN),
)
PAGES = (
    Page(
        path="/manager/network",
        name="network",
        handler=show_network,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="network.title",
        place=16,
    ),
)
