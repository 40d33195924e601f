"""The set-up PIN over HTTP: entering it gives a grant; setting it never lets it reach the journal."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

import msgspec
from aiohttp import web

from edge.access.commands import SetPin
from edge.access.pin import GRANT_US, PIN, hash_pin, matches
from edge.access.queries import pin_hash
from edge.access.rights import system
from edge.core.shapes import Refused
from edge.panel.actors import register_of
from edge.panel.answers import answer_json, answer_outcome, texts_of
from edge.panel.limits import PIN_CHECKS_WAITING
from edge.panel.problem import Problem
from edge.panel.site import SITE, Site, now_us

B = TypeVar("B", bound=msgspec.Struct)


class EnterPin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Give whoever stands at this register the rights of the PIN, for two minutes."""

    pin: str


class NewPin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Set the PIN. `old_pin` is needed once there is one."""

    pin: str
    old_pin: str = ""


async def grant(request: web.Request) -> web.Response:
    """`POST grants`: a token for the header `Grant`, valid at the request's register."""
    site = request.app[SITE]
    register = register_of(request)
    body = await _body(request, EnterPin)
    refused = await _check(site, body.pin)
    if refused:
        return answer_outcome(refused, texts_of(request))
    given = site.grants.give(register, now_us())
    return answer_json({"grant": {"token": given.token, "register": register, "seconds": GRANT_US // 1_000_000}})


async def set_pin(request: web.Request) -> web.Response:
    """`POST pin`: the first one only from the appliance itself, a further one with the old one."""
    site = request.app[SITE]
    body = await _body(request, NewPin)
    refused = None if PIN.fullmatch(body.pin) else Refused("pin_form")
    if refused is None:
        refused = await _may_set(request, site, body)
    if refused:
        return answer_outcome(refused, texts_of(request))
    async with _turn(site):
        hashed = await asyncio.to_thread(hash_pin, body.pin)
    return answer_outcome(await site.shop.do(SetPin(hashed), system("panel")), texts_of(request))


async def _may_set(request: web.Request, site: Site, body: NewPin) -> Refused | None:
    if pin_hash(site.shop.reader) is not None:
        return await _check(site, body.old_pin)
    return None if _from_here(request) else Refused("pin_not_from_here")


async def _check(site: Site, pin: str) -> Refused | None:
    """Why a PIN does not open, or None. Wrong ones are counted one after the other, so none slips by."""
    async with _turn(site):
        wait_us = site.grants.wait_us(now_us())
        if wait_us:
            return Refused("pin_wait", {"seconds": -(-wait_us // 1_000_000)})
        stored = pin_hash(site.shop.reader)
        if stored is None:
            return Refused("pin_missing")
        well_formed = PIN.fullmatch(pin) is not None
        if well_formed and await asyncio.to_thread(matches, stored, pin):
            return None
        site.grants.wrong(now_us())
        return Refused("pin_wrong")


@asynccontextmanager
async def _turn(site: Site) -> AsyncIterator[None]:
    if site.pins_waiting >= PIN_CHECKS_WAITING:
        raise Problem(503, "busy")
    site.pins_waiting += 1
    try:
        async with site.pins:
            yield
    finally:
        site.pins_waiting -= 1


async def _body(request: web.Request, type: type[B]) -> B:
    try:
        return msgspec.json.decode(await request.read(), type=type)
    except msgspec.DecodeError as error:
        raise Problem(400, "body_wrong", why=str(error), where="$") from error


def _from_here(request: web.Request) -> bool:
    try:
        return ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        return False
