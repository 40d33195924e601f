"""PINs over HTTP: entering one gives a grant; setting the set-up PIN never lets it reach the journal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import TypeVar

import msgspec
from aiohttp import web

from edge.access.commands import NotePinsWrong, SetPin
from edge.access.pin import GRANT_US, PIN, NoMemory, hash_pin, matches
from edge.access.queries import SET_UP, managers_hash, name_of, pin_hash, user_hashes
from edge.access.rights import system
from edge.core.shapes import Refused
from edge.panel.actors import MANAGING, register_of
from edge.panel.answers import answer_json, answer_outcome, texts_of
from edge.panel.callers import caller_of
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


class Lock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Let this browser manage no more: the manager's pages ask for the PIN again."""


async def grant(request: web.Request) -> web.Response:
    """`POST grants`: a token for the header `Grant`, valid at the request's register. In a browser that shows the
    manager's pages (`Surface: panel`), the PIN is not asked for again for a while."""
    site = request.app[SITE]
    register = register_of(request)
    body = await body_of(request, EnterPin)
    whose = await who_has(site, register, body.pin, managers_only=True)
    if isinstance(whose, Refused):
        return answer_outcome(whose, texts_of(request))
    given = site.grants.give(register, now_us(), "" if whose == SET_UP else whose)
    answer = answer_json({"grant": {"token": given.token, "register": register, "seconds": GRANT_US // 1_000_000}})
    if request.headers.get("Surface") == "panel":
        MANAGING.set(request, answer, site.managing.begin(whose))
    return answer


async def lock(request: web.Request) -> web.Response:
    """`POST lock`: this browser manages no more."""
    answer = answer_json({})
    end_managing(request, answer)
    return answer


def end_managing(request: web.Request, answer: web.Response) -> None:
    """The browser that gets `answer` manages no more."""
    if token := MANAGING.read(request):
        request.app[SITE].managing.end(token)
        MANAGING.end(request, answer)


async def set_pin(request: web.Request) -> web.Response:
    """`POST pin`: the first one only from the appliance itself, a further one with the old one."""
    site = request.app[SITE]
    body = await body_of(request, NewPin)
    refused = await _may_set(request, site, body)
    hashed = refused or await hashed_for(site, body.pin, SET_UP)
    if isinstance(hashed, Refused):
        return answer_outcome(hashed, texts_of(request))
    return answer_outcome(await site.shop.do(SetPin(hashed), system("panel")), texts_of(request))


async def _may_set(request: web.Request, site: Site, body: NewPin) -> Refused | None:
    if PIN.fullmatch(body.pin) is None:
        return Refused("pin_form")
    stored = pin_hash(site.shop.reader)
    if stored is not None:
        found = await _compare(site, "", body.old_pin, ((SET_UP, stored),))
        return found if isinstance(found, Refused) else None
    return None if caller_of(request).here else Refused("pin_not_from_here")


async def who_has(site: Site, register: str, pin: str, managers_only: bool = False) -> str | Refused:
    """Whose PIN this is: a user's, or `SET_UP`. Wrong ones are counted one after the other, so none slips by.

    `managers_only`: a cashier's is right too, but may not."""
    db = site.shop.reader
    stored = pin_hash(db)
    hashes = [(SET_UP, stored)] if stored else []
    whose = await _compare(site, register, pin, (*hashes, *user_hashes(db)))
    if managers_only and isinstance(whose, str) and managers_hash(db, whose) is None:
        return Refused("pin_may_not", {"name": name_of(db, whose)})
    return whose


async def hashed_for(site: Site, pin: str, user: str) -> str | Refused:
    """The hash of a new PIN, which nobody else's may be: who signs in is known by it alone."""
    if PIN.fullmatch(pin) is None:
        return Refused("pin_form")
    stored = pin_hash(site.shop.reader)
    others = [(SET_UP, stored)] if stored else []
    others = [(id, hash) for id, hash in (*others, *user_hashes(site.shop.reader)) if id != user]
    async with _turn(site):
        if await asyncio.to_thread(_matching, pin, others):
            return Refused("pin_taken")
        return await asyncio.to_thread(hash_pin, pin)


async def _compare(site: Site, register: str, pin: str, hashes: tuple[tuple[str, str], ...]) -> str | Refused:
    async with _turn(site):
        wait_us = site.grants.wait_us(now_us())
        if wait_us:
            return Refused("pin_wait", {"seconds": -(-wait_us // 1_000_000)})
        if not hashes:
            return Refused("pin_missing")
        found = await asyncio.to_thread(_matching, pin, hashes) if PIN.fullmatch(pin) else []
        if not found:
            if tries := site.grants.wrong(now_us()):
                note = NotePinsWrong(tries, -(-site.grants.wait_us(now_us()) // 1_000_000))
                await site.shop.do(note, msgspec.structs.replace(system("panel"), register=register))
            return Refused("pin_wrong")
        site.grants.right()
        # Head office sends hashes, in which nobody sees that two are alike. The set-up PIN always opens.
        return found[0] if len(found) == 1 or found[0] == SET_UP else Refused("pin_shared")


def _matching(pin: str, hashes: Iterable[tuple[str, str]]) -> list[str]:
    """Whose hashes are a PIN's; for the set-up PIN, which comes first, nobody else is asked."""
    found = []
    for whose, hash in hashes:
        if matches(hash, pin):
            found.append(whose)
            if whose == SET_UP:
                break
    return found


@asynccontextmanager
async def _turn(site: Site) -> AsyncIterator[None]:
    if site.pins_waiting >= PIN_CHECKS_WAITING:
        raise Problem(503, "busy")
    site.pins_waiting += 1
    try:
        async with site.pins:
            yield
    except NoMemory:
        raise Problem(503, "no_memory") from None
    finally:
        site.pins_waiting -= 1


async def body_of(request: web.Request, type: type[B]) -> B:
    """The request's JSON. `Problem` 400: it is not that."""
    try:
        return msgspec.json.decode(await request.read(), type=type)
    except msgspec.DecodeError as error:
        raise Problem(400, "body_wrong", why=str(error), where="$") from error
