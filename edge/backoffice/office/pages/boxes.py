"""Page of the standby box: the machines of the group and their state, adding and removing one."""

from __future__ import annotations

import asyncio

import msgspec
from aiohttp import web

from edge.backoffice.office.pages import boxes_aside
from edge.backoffice.twin.desk import TWIN, BoxesDesk
from edge.backoffice.twin.membership.key_renewal import KeyRenewal
from edge.backoffice.twin.membership.pairing import BoxGrant, BoxHeard, BoxKnock, KnockNonce
from edge.backoffice.twin.status import TwinStatus
from edge.core.addresses import is_loopback
from edge.core.endpoints import ANYBODY, NOTHING, Answer, Body, Endpoint, Handler, Method, Page, fragment, get
from edge.foundation.access.rights import MANAGE, PINS
from edge.foundation.secrets.commands import NoteSecret
from edge.web.actors import actor_of
from edge.web.context import SITE
from edge.web.pages.shell import html, page
from edge.web.problem import Problem
from edge.web.request_body import body_of
from edge.web.responses import answer_json, texts_of
from edge.web.trust import reachable_address


class BoxesState(msgspec.Struct, frozen=True):
    """The state of the boxes. `twin`: None with a single box. `pages`: the addresses of both boxes' pages, with this
    box's first."""

    twin: TwinStatus | None
    pages: tuple[str, ...] = ()


class BoxOut(msgspec.Struct, frozen=True):
    """The result of removing a machine. `renewed`: the result of changing the keys that a box knew; None if it
    confirmed that it destroyed them, or isn't a box."""

    renewed: KeyRenewal | None = None


async def show_boxes(request: web.Request) -> web.Response:
    """`GET /manager/boxes`: the page; its content needs a PIN."""
    return page(request, "boxes")


async def rows(request: web.Request) -> web.Response:
    """`GET /fragments/boxes`: the machines and their state, requests to join, and quarantined facts."""
    desk = _desk(request)
    knocks = await asyncio.to_thread(desk.knocks)
    aside, more = await boxes_aside.list_undecided(request)
    values: dict[str, object] = {
        "twin": desk.status,
        "members": desk.others,
        "away": desk.away,
        "knocks": knocks,
        "here": _here(request),
        "is_closed": not request.app[SITE].config.panel.beyond,
        "begins": desk.is_beginning,
        "aside": aside,
        "more": more,
    }
    return html(request.app[SITE].renderer.render("boxes_rows.html", texts_of(request).language, **values))


def _here(request: web.Request) -> str:
    """The address at which other machines probably reach this one."""
    if not is_loopback(request.url.host or ""):
        return request.host
    return f"{reachable_address(request.app[SITE])}:{request.url.port}"


async def state(request: web.Request) -> web.Response:
    """`GET twin`: the state of the standby box: the leading box, the other box's progress, and their addresses."""
    desk = _desk(request)
    return answer_json(BoxesState(desk.status, desk.addresses))


async def knock(request: web.Request) -> web.Response:
    """`POST twin/knocks`: a machine asks to join as standby box or witness. A person then compares the digits."""
    body = await body_of(request, BoxKnock)
    return answer_json(await _desk(request).knock(body, request.remote or ""))


async def exchange_nonces(request: web.Request) -> web.Response:
    """`POST twin/knocks/{id}/nonce`: exchange random numbers with a machine. Both derive the digits from them."""
    body = await body_of(request, KnockNonce)
    nonce = _desk(request).reveal(request.match_info["id"], body.nonce)
    if nonce is None:
        raise Problem(404, "twin_not_yet")
    return answer_json(KnockNonce(nonce))


async def fetch_grant(request: web.Request) -> web.Response:
    """`GET twin/knocks/{id}`: the credentials of an accepted machine, returned once; 404 until it's accepted."""
    found = _desk(request).grant_of(request.match_info["id"])
    if found is None:
        raise Problem(404, "twin_not_yet")
    return answer_json(found)


async def accept(request: web.Request) -> web.Response:
    """`PUT twin/knocks/{id}`: accept the machine, as the digits match."""
    await _desk(request).accept(request.match_info["id"])
    return answer_json({})


async def refuse(request: web.Request) -> web.Response:
    """`DELETE twin/knocks/{id}`: reject the machine."""
    await _desk(request).refuse(request.match_info["id"])
    return answer_json({})


async def take_out(request: web.Request) -> web.Response:
    """`DELETE twin/members/{name}`: remove a machine. It destroys its keys if it can be reached; otherwise the keys it
    knew are changed here."""
    site = request.app[SITE]
    shop = site.shop
    renewed = await _desk(request).take_out(request.match_info["name"], shop.head, shop.clock.read().at_us)
    if renewed is not None and not renewed.is_by_systemd:
        await shop.do(NoteSecret("", "rotated"), actor_of(request).with_rights(PINS))
    return answer_json(BoxOut(renewed))


async def hand_over(request: web.Request) -> web.Response:
    """`POST twin/hand-over`: let the other box lead, for example to upgrade this one."""
    await _desk(request).hand_over()
    return answer_json({})


def _desk(request: web.Request) -> BoxesDesk:
    return request.app[SITE].services.of(TWIN)


def _managing(method: Method, path: str, handler: Handler, name: str, answer: Answer = NOTHING) -> Endpoint:
    """An endpoint for managers only, who must just have entered a PIN."""
    return Endpoint(
        method=method,
        path=f"/api/v1/twin/{path}",
        handler=handler,
        right=MANAGE,
        tag="office",
        name=name,
        answer=answer,
        statuses=(422,),
        programs=False,
        reauthenticate=True,
    )


ENDPOINTS = (
    fragment("/fragments/boxes", rows, MANAGE),
    get("twin", state, BoxesState, right=MANAGE, tag="office"),
    Endpoint(
        method="POST",
        path="/api/v1/twin/knocks",
        handler=knock,
        right=ANYBODY,
        tag="office",
        name="twin_knock",
        body=Body(BoxKnock),
        answer=Answer(BoxHeard),
        statuses=(422,),
        rate="sign_in",
    ),
    Endpoint(
        method="POST",
        path="/api/v1/twin/knocks/{id}/nonce",
        handler=exchange_nonces,
        right=ANYBODY,
        tag="office",
        name="twin_nonce",
        body=Body(KnockNonce),
        answer=Answer(KnockNonce),
        statuses=(404,),
        rate="sign_in",
    ),
    get("twin/knocks/{id}", fetch_grant, BoxGrant, right=ANYBODY, tag="office", name="twin_granted", statuses=(404,)),
    _managing("PUT", "knocks/{id}", accept, "twin_accept"),
    _managing("DELETE", "knocks/{id}", refuse, "twin_refuse"),
    _managing("DELETE", "members/{name}", take_out, "twin_take_out", Answer(BoxOut)),
    _managing("POST", "hand-over", hand_over, "twin_hand_over"),
)
PAGES = (
    Page(
        path="/manager/boxes",
        name="boxes",
        handler=show_boxes,
        right=MANAGE,
        fragments=("alerts", "clock"),
        menu="office.boxes",
        place=87,
    ),
)
