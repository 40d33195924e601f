"""HTTP API of employees: add, change and end them once for many stores, undo, and read each store's answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from aiohttp import hdrs, web

from sync.hub import employees
from sync.hub.api.admission import Door
from sync.hub.api.bodies import body_as
from sync.hub.api.keys import Key
from sync.hub.api.problems import Problem
from sync.hub.api.publication_api import last_seen_change
from sync.hub.api.reads import BadRequest
from sync.hub.employees import Employee, EmployeeId

ALL = "/v1/employees"
ONE = "/v1/employees/{employee}"
UNDO = "/v1/employees/{employee}/undo"
PAGE = 500
BODY_BYTES = 1024 * 1024


class UndoChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`POST /v1/employees/{employee}/undo`: the change to undo, by its time."""

    changed_at: Annotated[datetime, msgspec.Meta(tz=True)]


class EmployeesApi:
    """See the module."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def add_to(self, app: web.Application) -> None:
        app.router.add_get(ALL, self._list)
        app.router.add_put(ONE, self._put)
        app.router.add_delete(ONE, self._delete)
        app.router.add_post(UNDO, self._undo)

    async def _list(self, request: web.Request) -> web.Response:
        async with self._door.admit(request) as key:
            _require(key)
            after = _id_of(request.query["after"]) if request.query.get("after") else ""
            async with self._door.reading(key) as connection:
                found = await employees.page(connection, key.tenant, after, PAGE + 1)
            self._door.usage.read(key.tenant, "", key.who, "employees")
        more = found[PAGE - 1].id if len(found) > PAGE else None
        return _json({"rows": found[:PAGE], "next": more})

    async def _put(self, request: web.Request) -> web.Response:
        async with self._door.admit(request) as key:
            _require(key)
            id, seen = _id_of(request.match_info["employee"]), last_seen_change(request)
            wanted = await body_as(request, Employee, most=BODY_BYTES)
            async with self._door.writing(key) as connection:
                new = await employees.put(connection, key.tenant, id, wanted, key.who, seen)
        return _json(wanted, 201 if new else 200)

    async def _undo(self, request: web.Request) -> web.Response:
        async with self._door.admit(request) as key:
            _require(key)
            id = _id_of(request.match_info["employee"])
            asked = await body_as(request, UndoChange)
            async with self._door.writing(key) as connection:
                found = await employees.undo(connection, key.tenant, id, key.who, asked.changed_at)
        return _require_found(found)

    async def _delete(self, request: web.Request) -> web.Response:
        async with self._door.admit(request) as key:
            _require(key)
            id = _id_of(request.match_info["employee"])
            async with self._door.writing(key) as connection:
                found = await employees.delete(connection, key.tenant, id, key.who)
        return _require_found(found)


def _require(key: Key) -> None:
    """Require the right to publish users in all stores."""
    if key.stores is not None or not key.may_publish(employees.KIND, guarded=True):
        text = "Only an owner of all stores who signed in with a second factor may see and change employees."
        raise Problem(403, "Not allowed", text)


def _id_of(said: str) -> str:
    try:
        return msgspec.convert(said, EmployeeId)
    except msgspec.ValidationError as error:
        raise BadRequest(f"an employee's ID is h and 4 to 20 lowercase letters or digits: {error}") from error


def _require_found(found: bool) -> web.Response:
    if not found:
        raise Problem(404, "Employee not found", "Head office has no employee with this ID.")
    return _json({})


def _json(body: Any, status: int = 200) -> web.Response:
    headers = {hdrs.CACHE_CONTROL: "no-store"}
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json", headers=headers)
