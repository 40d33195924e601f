"""HTTP API for owners: a tenant's stores and people."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from aiohttp import hdrs, web

from sync.hub import tenants
from sync.hub.api import invitations, staff
from sync.hub.api.admission import Door
from sync.hub.api.bodies import body_as, require_name
from sync.hub.api.keys import Key
from sync.hub.api.problems import Problem
from sync.hub.api.reads import BadRequest
from sync.hub.tenants import StoreRecord
from sync.wire import Name

PEOPLE_SHOWN = 1000
STORES_OF_ONE = 1000
_PEOPLE = "SELECT person, email, role, stores, groups, factor, seen_at FROM staff_of_tenant($1)"
_SET = "SELECT set_membership($1, $2, $3, $4, $5)"
Names = Annotated[tuple[Name, ...], msgspec.Meta(min_length=1, max_length=STORES_OF_ONE)]


class SetRole(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`PUT /v1/people/{person}`: the role, and the stores and groups they may access; null in both: all."""

    role: str
    stores: Names | None = None
    groups: Names | None = None


class Person(msgspec.Struct, frozen=True):
    """A person of head office. `factor`: whether they have a second factor; `seen_at`: their last sign-in."""

    person: int
    email: str
    role: str
    stores: tuple[str, ...] | None
    groups: tuple[str, ...] | None
    factor: bool
    seen_at: datetime | None

    @property
    def as_set(self) -> SetRole:
        return SetRole(self.role, self.stores, self.groups)


class TenantApi:
    """See the module."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def add_to(self, app: web.Application) -> None:
        app.router.add_put("/v1/stores/{store}", self._put_store)
        app.router.add_get("/v1/people", self._people)
        app.router.add_put("/v1/people/{person}", self._put_person)
        app.router.add_delete("/v1/people/{person}", self._remove_person)

    async def _put_store(self, request: web.Request) -> web.Response:
        store = request.match_info["store"]
        require_name(store)
        async with self._door.admit(request) as key:
            require_owner(key, staff.STORES, "set stores")
            record = await body_as(request, StoreRecord)
            async with self._door.writing(key) as connection:
                new = await tenants.put_store(connection, key.tenant, store, record, key.who)
        return _json(record, 201 if new else 200)

    async def _people(self, request: web.Request) -> web.Response:
        async with self._door.admit(request) as key:
            require_owner(key, staff.PEOPLE, "see people")
            async with self._door.reading(key) as connection:
                found = await _people_of(connection, key.tenant)
                invited = await invitations.of_tenant(connection, key.tenant)
            self._door.usage.read(key.tenant, "", key.who, "people")
        return _json({"rows": found[:PEOPLE_SHOWN], "invited": invited[:PEOPLE_SHOWN]})

    async def _put_person(self, request: web.Request) -> web.Response:
        person = number_of(request.match_info["person"])
        async with self._door.admit(request) as key:
            require_owner(key, staff.PEOPLE, "change members' roles")
            wanted = await body_as(request, SetRole)
            role_of(wanted.role)
            await self._set(key, person, wanted)
        return _json(wanted)

    async def _remove_person(self, request: web.Request) -> web.Response:
        person = number_of(request.match_info["person"])
        async with self._door.admit(request) as key:
            require_owner(key, staff.PEOPLE, "change members' roles")
            await self._set(key, person, None)
        return _json({})

    async def _set(self, key: Key, person: int, wanted: SetRole | None) -> None:
        """Set a person's role, or (None) remove them, and record it."""
        to = wanted or SetRole("")
        stores, groups = (None if names is None else list(names) for names in (to.stores, to.groups))
        async with self._door.writing(key) as connection:
            before = [one for one in await _people_of(connection, key.tenant) if one.person == person]
            refused = await connection.fetchval(_SET, key.tenant, person, to.role, stores, groups)
            if refused == "nobody":
                raise Problem(404, "Nobody", "No member has this number.")
            if refused == "last_owner":
                text = "There must be at least one owner of all stores. Make someone else an owner first."
                raise Problem(409, "Last owner", text)
            was = before[0].as_set if before else None
            if was != wanted:
                await tenants.log(connection, key.tenant, key.who, "person", f"person-{person}", was, wanted)


async def _people_of(connection: Any, tenant: str) -> list[Person]:
    return [msgspec.convert(dict(row), Person) for row in await connection.fetch(_PEOPLE, tenant)]


def require_owner(key: Key, right: str, what: str) -> None:
    """Require the right, and access to all stores, as these settings apply to the whole tenant."""
    if right not in key.may or key.stores is not None:
        text = f"Only an owner of all stores who signed in with a second factor may {what}."
        raise Problem(403, "Not allowed", text)


def role_of(name: str) -> str:
    """A role. Raises `BadRequest` if it's unknown."""
    if name not in staff.ROLES:
        raise BadRequest(f"{name!r} isn't a role; available: {', '.join(staff.ROLES)}")
    return name


def number_of(text: str) -> int:
    """A number in an address. Raises `Problem` 404 if it isn't one."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Problem(404, "Nobody", "No member has this number.")
    return int(text)


def _json(body: Any, status: int = 200) -> web.Response:
    headers = {hdrs.CACHE_CONTROL: "no-store"}
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json", headers=headers)
