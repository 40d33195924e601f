"""HTTP API for people: sign in and out, switch tenants, own account, and mail preferences."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated, Any
from weakref import WeakValueDictionary

import msgspec
from aiohttp import hdrs, web

from sync.hub import mail_wishes
from sync.hub.api import hashing, limits, second_factor, staff
from sync.hub.api.admission import Door, secret_of
from sync.hub.api.bodies import body_as
from sync.hub.api.keys import Key
from sync.hub.api.problems import Problem
from sync.hub.api.staff import PASSWORD_CHARS, CodeWanted, TooManyAttempts
from sync.hub.api.unknown_addresses import UnknownAddresses
from sync.hub.mail_wishes import MailOfPerson, MailWish
from sync.wire import Name

PATH = "/v1/sign-in"
MAIL = "/v1/me/mail"
Code = Annotated[str, msgspec.Meta(max_length=60, pattern=r"^[^\x00]*$(?!\n)")]


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /v1/sign-in`. `tenant`: default is their first one. `code`: of the second factor, if they have one."""

    email: Annotated[str, msgspec.Meta(min_length=3, max_length=254, pattern=r"^[^\x00]+$(?!\n)")]
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=PASSWORD_CHARS[1])]
    tenant: Name | None = None
    code: Code = ""


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /v1/factor` and its steps: the password again, and a code if there is a second factor.

    For `/confirm`, it's the new factor's first code.
    """

    password: Annotated[str, msgspec.Meta(min_length=1, max_length=PASSWORD_CHARS[1])]
    code: Code = ""


class SwitchTenant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /v1/switch`."""

    tenant: Name


class SigningIn:
    """See the module."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._unknown = UnknownAddresses(time.monotonic)
        self._turns = asyncio.Semaphore(hashing.AT_ONCE)  # so that failures count before many more attempts are checked
        self._by_address: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def add_to(self, app: web.Application) -> None:
        app.router.add_post(PATH, self._sign_in)
        app.router.add_post("/v1/switch", self._switch)
        app.router.add_post("/v1/sign-out", self._sign_out)
        app.router.add_get("/v1/me", self._me)
        app.router.add_get(MAIL, self._mail)
        app.router.add_put(MAIL, self._put_mail)
        app.router.add_post("/v1/factor", self._begin_factor)
        app.router.add_post("/v1/factor/confirm", self._confirm_factor)
        app.router.add_post("/v1/factor/drop", self._drop_factor)

    async def _sign_in(self, request: web.Request) -> web.Response:
        asked = await body_as(request, SignIn, limits.SIGN_IN_BODY_S)  # first: a missing body takes no slot
        with self._door.signing_in():
            try:
                async with self._turn_of(asked.email.strip().lower()), self._turns:
                    token = await staff.sign_in(
                        self._door.people, self._unknown, asked.email, asked.password, asked.tenant or "", asked.code
                    )
            except TooManyAttempts as wait:
                raise too_many(wait.seconds) from None
            except CodeWanted:
                raise code_wanted() from None
        if token is None:
            raise Problem(401, "Sign-in failed", "The address, password, code or tenant is wrong.", **_CHALLENGE)
        return _json(token)

    def _turn_of(self, whose: str) -> asyncio.Lock:
        """Return the lock for attempts of one address or person, so that each wrong attempt counts before the next one.

        The lock is kept while it's held or awaited. Other processes of head office have their own.
        """
        return self._by_address.setdefault(whose, asyncio.Lock())

    async def _switch(self, request: web.Request) -> web.Response:
        secret = secret_of(request)
        async with self._door.admit(request, of_oneself=True) as key:
            _person(key)
            asked = await body_as(request, SwitchTenant)
            if asked.tenant == key.tenant:
                raise Problem(409, "Already there", f"This token is already for {asked.tenant}.")
            token = await staff.switch(self._door.people, key, secret, asked.tenant)
        if token is None:
            raise Problem(403, "Not allowed", f"You aren't a member of {asked.tenant}.")
        return _json(token)

    async def _sign_out(self, request: web.Request) -> web.Response:
        secret = secret_of(request)
        async with self._door.admit(request, of_oneself=True) as key:
            _person(key)
            await staff.sign_out(self._door.people, secret)
        return web.json_response({})

    async def _me(self, request: web.Request) -> web.Response:
        async with self._door.admit(request, of_oneself=True) as key:
            person = _person(key)
            known = await staff.memberships(self._door.people, person)
            factor = await second_factor.has(self._door.people, person)
        return _json(
            {
                **{"person": person, "tenant": key.tenant, "may": key.may, "role": key.role},
                **{"factor": factor, "memberships": known},
            }
        )

    async def _mail(self, request: web.Request) -> web.Response:
        async with self._door.admit(request, of_oneself=True) as key:
            return _json(await self._mail_of(key))

    async def _put_mail(self, request: web.Request) -> web.Response:
        async with self._door.admit(request, of_oneself=True) as key:
            person, wish = _person(key), await body_as(request, MailWish)
            await mail_wishes.set_mail_of_person(self._door.people, person, key.tenant, wish)
            return _json(await self._mail_of(key))

    async def _mail_of(self, key: Key) -> MailOfPerson:
        found = await mail_wishes.mail_of_person(self._door.people, _person(key), key.tenant)
        if found is None:
            raise Problem(403, "Not allowed", f"You aren't a member of {key.tenant}.")
        return found

    async def _begin_factor(self, request: web.Request) -> web.Response:
        async with self._door.admit(request, of_oneself=True) as key:
            person, asked = _person(key), await body_as(request, Proof)
            await self._require_proof(person, asked)
            begun = await second_factor.begin(self._door.people, person, asked.password)
        return _json(begun)

    async def _confirm_factor(self, request: web.Request) -> web.Response:
        async with self._door.admit(request, of_oneself=True) as key:
            person, asked = _person(key), await body_as(request, Proof)
            async with self._turn_of(str(person)), self._turns:
                if not await staff.proves_password(self._door.people, person, asked.password):
                    raise _not_proved()
            codes = await second_factor.confirm(self._door.people, person, asked.password, asked.code)
            if codes is None:
                await staff.note_wrong(self._door.people, person)
                raise Problem(403, "Not confirmed", "The code is wrong or has expired.")
        return _json({"recovery_codes": codes})

    async def _drop_factor(self, request: web.Request) -> web.Response:
        async with self._door.admit(request, of_oneself=True) as key:
            person, asked = _person(key), await body_as(request, Proof)
            await self._require_proof(person, asked)
            await second_factor.drop(self._door.people, person)
        return web.json_response({})

    async def _require_proof(self, person: int, asked: Proof) -> None:
        async with self._turn_of(str(person)), self._turns:
            if not await staff.proves(self._door.people, person, asked.password, asked.code):
                raise _not_proved()


def too_many(seconds: int) -> Problem:
    """The response for too many wrong passwords."""
    text = f"Too many wrong passwords. Try again in {seconds} s."
    return Problem(429, "Wait a moment", text, **{hdrs.RETRY_AFTER: str(seconds)})


def code_wanted() -> Problem:
    """The response if the password is right and a code is needed."""
    return Problem(401, "Code wanted", "Send the `code` of your second factor too.", **_CHALLENGE)


def password_short() -> Problem:
    """The response for a new password that is too short."""
    problem = Problem(400, "Password short", f"Use at least {PASSWORD_CHARS[0]} characters.")
    problem.values = {"least": PASSWORD_CHARS[0]}
    return problem


def _not_proved() -> Problem:
    return Problem(
        403, "Not proved", ("The password or code is wrong, or there were too many attempts. Wait and try again.")
    )


_CHALLENGE = {hdrs.WWW_AUTHENTICATE: 'Bearer realm="edge-hub"'}


def _person(key: Key) -> int:
    if key.id >= 0:
        raise Problem(403, "Not allowed", "This is a key of a program. People sign in: POST /v1/sign-in.")
    return -key.id


def _json(body: Any) -> web.Response:
    headers = {hdrs.CACHE_CONTROL: "no-store"}
    return web.Response(body=msgspec.json.encode(body), content_type="application/json", headers=headers)
