"""HTTP API of password resets: request a link by mail, create one for another person, and use it."""

from __future__ import annotations

import asyncio
import logging
from typing import Annotated, Any

import msgspec
from aiohttp import hdrs, web

from sync.hub.api import forgotten, hashing, limits
from sync.hub.api.admission import Door
from sync.hub.api.bodies import body_as
from sync.hub.api.invitation_api import Secret
from sync.hub.api.mailed_links import Language, LinkLetter
from sync.hub.api.problems import Problem, too_much
from sync.hub.api.signing_in import password_short
from sync.hub.api.staff import PASSWORD_CHARS, PEOPLE
from sync.hub.api.tenant_api import number_of, require_owner
from sync.hub.recurring import skip_if_away

ASK = "/v1/password/asked"
SEE = "/v1/password/seen"
SET = "/v1/password"
MAKE = "/v1/people/{person}/password"
log = logging.getLogger(__name__)


class AskPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /v1/password/asked`: the address, and the language of the mail."""

    email: Annotated[str, msgspec.Meta(min_length=3, max_length=254, pattern=r"^[^\x00]+$(?!\n)")]
    language: Language = ""


class PasswordSecret(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /v1/password/seen`: the part of a link after `#password=`."""

    secret: Secret


class SetPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /v1/password`: the same, and the new password."""

    secret: Secret
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=PASSWORD_CHARS[1])]


class ForgottenApi:
    """See the module. `letter` creates the mail with the link; None: links aren't mailed."""

    def __init__(self, door: Door, letter: LinkLetter | None) -> None:
        self._door = door
        self._letter = letter
        self._turns = asyncio.Semaphore(hashing.AT_ONCE)
        self._asked: set[asyncio.Task[None]] = set()

    def add_to(self, app: web.Application) -> None:
        app.router.add_post(ASK, self._ask)
        app.router.add_post(SEE, self._see)
        app.router.add_post(SET, self._set)
        app.router.add_post(MAKE, self._make)
        app.on_cleanup.append(self._finish)

    async def _ask(self, request: web.Request) -> web.Response:
        """Answer before any lookup, so neither the answer nor its timing reveals whether the address exists."""
        asked = await body_as(request, AskPassword, limits.SIGN_IN_BODY_S)
        if self._letter is None:
            return _json({"mailed": False})
        if len(self._asked) >= limits.SIGNING_IN:
            raise too_much(limits.SIGNING_IN, 503, "Too much at once")
        looking = asyncio.create_task(self._mail(self._letter, asked))
        self._asked.add(looking)
        looking.add_done_callback(self._asked.discard)
        return _json({"mailed": True})

    async def _mail(self, letter: LinkLetter, asked: AskPassword) -> None:
        try:
            with skip_if_away("a password link"):
                async with self._door.people.acquire() as connection, connection.transaction():
                    await forgotten.ask(connection, letter, asked.email, asked.language)
        except Exception:
            log.exception("hub: a password link couldn't be emailed")

    async def _finish(self, _app: web.Application) -> None:
        await asyncio.gather(*self._asked, return_exceptions=True)

    async def _make(self, request: web.Request) -> web.Response:
        person = number_of(request.match_info["person"])
        async with self._door.admit(request) as key:
            require_owner(key, PEOPLE, "create password links for others")
            async with self._door.writing(key) as connection:
                secret, refused = await forgotten.make(connection, key.tenant, person, key.who)
        if refused == "nobody":
            raise Problem(404, "Nobody", "No member has this number.")
        if refused == "oneself":
            text = "You can't create this link for yourself. Ask someone else to create it, or request one by email."
            raise Problem(409, "Password oneself", text)
        if refused:
            text = (
                "This person also belongs to another company at this head office, "
                "so only its operator can set their password."
            )
            raise Problem(409, "Password elsewhere", text)
        return _json({"secret": secret, "minutes": forgotten.LASTS.seconds // 60}, 201)

    async def _see(self, request: web.Request) -> web.Response:
        asked = await body_as(request, PasswordSecret, limits.SIGN_IN_BODY_S)
        with self._door.signing_in():
            found = await forgotten.see(self._door.people, asked.secret)
        if found is None:
            raise _over()
        return _json(found)

    async def _set(self, request: web.Request) -> web.Response:
        asked = await body_as(request, SetPassword, limits.SIGN_IN_BODY_S)
        with self._door.signing_in():
            try:
                async with self._turns:
                    is_set = await forgotten.use(self._door.people, asked.secret, asked.password)
            except ValueError:
                raise password_short() from None
        if not is_set:
            raise _over()
        return _json({})


def _over() -> Problem:
    return Problem(404, "Password link over", "This link was used or has expired. Ask for a new one.")


def _json(body: Any, status: int = 200) -> web.Response:
    headers = {hdrs.CACHE_CONTROL: "no-store"}
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json", headers=headers)
