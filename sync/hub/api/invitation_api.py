"""HTTP API of invitations: an owner creates one, and its recipient joins with their own password."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import msgspec
from aiohttp import hdrs, web

from sync.hub.api import hashing, invitations, limits, mailed_links
from sync.hub.api.admission import Door
from sync.hub.api.bodies import body_as
from sync.hub.api.invitations import WrongPassword
from sync.hub.api.mailed_links import Language, LinkLetter
from sync.hub.api.problems import Problem
from sync.hub.api.signing_in import Code, code_wanted, password_short, too_many
from sync.hub.api.staff import PASSWORD_CHARS, PEOPLE, CodeWanted, TooManyAttempts
from sync.hub.api.tenant_api import Names, number_of, require_owner, role_of

INVITE = "/v1/people"
WITHDRAW = "/v1/people/invitations/{invitation}"
SEE = "/v1/invitation/seen"
ACCEPT = "/v1/invitation"
Secret = Annotated[str, msgspec.Meta(min_length=20, max_length=100, pattern=r"^[A-Za-z0-9_-]+$(?!\n)")]


class Invite(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /v1/people`: the person, role, and the stores and groups they may access; null in both: all. `language`: of
    the mail, if head office mails links."""

    email: Annotated[str, msgspec.Meta(min_length=3, max_length=254, pattern=r"^[^\x00-\x20@]+@[^\x00-\x20@]+$(?!\n)")]
    role: str
    stores: Names | None = None
    groups: Names | None = None
    language: Language = ""


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /v1/invitation/seen`: the part of a link after `#invited=`."""

    secret: Secret


class Accept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /v1/invitation`: the secret of the link, and a new password.

    A person known to head office sends their existing password instead, with a code if they have a second factor.
    """

    secret: Secret
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=PASSWORD_CHARS[1])]
    code: Code = ""


class InvitationApi:
    """See the module. `letter` creates the mail with the link; the inviter then doesn't see it, so using it proves
    ownership of the address. None: the inviter passes the link on."""

    def __init__(self, door: Door, letter: LinkLetter | None) -> None:
        self._door = door
        self._letter = letter
        self._turns = asyncio.Semaphore(hashing.AT_ONCE)

    def add_to(self, app: web.Application) -> None:
        app.router.add_post(INVITE, self._invite)
        app.router.add_delete(WITHDRAW, self._withdraw)
        app.router.add_post(SEE, self._see)
        app.router.add_post(ACCEPT, self._accept)

    async def _invite(self, request: web.Request) -> web.Response:
        async with self._door.admit(request) as key:
            require_owner(key, PEOPLE, "invite somebody")
            wanted = await body_as(request, Invite)
            role = role_of(wanted.role)
            async with self._door.writing(key) as connection:
                place = key.tenant, wanted.email, role, wanted.stores, wanted.groups
                secret = await invitations.invite(connection, *place, key.who)
            if self._letter:  # in a statement of its own: on a Citus one transaction is one role's
                values = {"tenant": key.tenant, "role": role, "days": invitations.LASTS.days}
                letter = wanted.email.lower(), wanted.language, secret, invitations.LASTS, values
                await mailed_links.mail(self._door.people, self._letter, "invited", *letter)
        mailed = self._letter is not None
        return _json({"secret": "" if mailed else secret, "days": invitations.LASTS.days, "mailed": mailed}, 201)

    async def _withdraw(self, request: web.Request) -> web.Response:
        number = number_of(request.match_info["invitation"])
        async with self._door.admit(request) as key:
            require_owner(key, PEOPLE, "invite somebody")
            async with self._door.writing(key) as connection:
                if not await invitations.withdraw(connection, key.tenant, number, key.who):
                    raise Problem(404, "Nobody", "No open invitation has this number.")
        return _json({})

    async def _see(self, request: web.Request) -> web.Response:
        asked = await body_as(request, Link, limits.SIGN_IN_BODY_S)
        with self._door.signing_in():
            found = await invitations.see(self._door.people, asked.secret)
        if found is None:
            raise _over()
        return _json(found)

    async def _accept(self, request: web.Request) -> web.Response:
        asked = await body_as(request, Accept, limits.SIGN_IN_BODY_S)
        with self._door.signing_in():
            try:
                async with self._turns:
                    token = await invitations.accept(self._door.people, asked.secret, asked.password, asked.code)
            except TooManyAttempts as wait:
                raise too_many(wait.seconds) from None
            except CodeWanted:
                raise code_wanted() from None
            except WrongPassword:
                text = "This address already has a head office password. Enter that one."
                raise Problem(403, "Password there", text) from None
            except ValueError:
                raise password_short() from None
        if token is None:
            raise _over()
        return _json(token)


def _over() -> Problem:
    return Problem(404, "Invitation over", "This link was used, withdrawn or has expired. Ask for a new one.")


def _json(body: Any, status: int = 200) -> web.Response:
    headers = {hdrs.CACHE_CONTROL: "no-store"}
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json", headers=headers)
