"""HTTP addresses of an `Entity`: its collection, and each record by key.

`If-Match` and `If-None-Match: *` prevent lost updates. Between that check and the commit is one turn of the writer, in
which the last of two writers wins, as without these headers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import GenericAlias
from typing import Any, Generic, TypeVar

import msgspec
from aiohttp import web

from edge.core.endpoints import API, DONE, Answer, Body, Endpoint, Handler
from edge.core.entity import Entity
from edge.core.messages import Command, Right
from edge.web.actors import actor_of
from edge.web.api.registry import idempotency_key
from edge.web.api.resources import content_tag, merge_patch, require_match, unless_unchanged
from edge.web.context import SITE
from edge.web.problem import Problem, body_wrong
from edge.web.request_body import json_of
from edge.web.responses import answer_json, answer_outcome, texts_of

T = TypeVar("T", bound=msgspec.Struct)


def endpoints(
    entity: Entity[T], path: str, *, names: tuple[str, str], read: Callable[..., Any], right: Right, tag: str
) -> tuple[Endpoint, ...]:
    """Declare `GET` for all and for one, `PUT`, `PATCH` (RFC 7396) and `DELETE` at `path`, which contains the key in
    order: "delivery-zones/{zone}". `names`: plural and singular for the description; `read` and `right`: the
    collection's query and right. Write permissions come from the entity."""
    found = _Addresses(entity, path, names[1], read)
    several, one = names
    listed = path.partition("/{")[0]
    reading = partial(Endpoint, method="GET", right=right, tag=tag)
    writing = partial(Endpoint, path=f"{API}v1/{path}", right=entity.right, also=entity.also, tag=tag, answer=DONE)
    every: Any = GenericAlias(list, (entity.struct,))
    body = Body(entity.struct, without=entity.key)
    return (
        reading(
            path=f"{API}v1/{listed}",
            handler=found.of(found.get_all),
            name=several,
            answer=Answer(every),
            statuses=(304,),
        ),
        reading(
            path=f"{API}v1/{path}",
            handler=found.of(found.get_one),
            name=one,
            answer=Answer(entity.struct),
            statuses=(304, 404),
        ),
        writing(method="PUT", handler=found.of(found.put), name=f"put_{one}", body=body, statuses=(412, 422)),
        writing(
            method="PATCH",
            handler=found.of(found.patch),
            name=f"patch_{one}",
            body=msgspec.structs.replace(body, partly=True),
            statuses=(404, 412, 422),
        ),
        *(_ending(writing, found, entity.end_by, entity.end_right) if entity.end_by else ()),
    )


def _ending(
    writing: Callable[..., Endpoint], found: _Addresses[Any], command: type[Command], right: Right
) -> tuple[Endpoint, ...]:
    name = command.__name__
    name = name[0].lower() + name[1:]
    return (
        writing(method="DELETE", handler=found.of(found.delete), name=name, right=right, statuses=(404, 409, 412, 422)),
    )


class _Addresses(Generic[T]):
    """Handlers of one entity."""

    def __init__(self, entity: Entity[T], path: str, one: str, read: Callable[..., Any]) -> None:
        self._entity, self._one, self._read = entity, one, read
        self._docs = {
            "get_all": read.__doc__,
            "get_one": "One record, with the `ETag` required to change it.",
            "put": entity.set_by.__doc__,
            "patch": "Fields to change, as a JSON merge patch (RFC 7396); null resets a field.",
            "delete": entity.end_by.__doc__,
        }
        self._path = path

    def of(self, method: Handler) -> Handler:
        """Wrap a handler in a function with its own docstring."""

        async def handler(request: web.Request) -> Any:
            return await method(request)

        name = method.__name__
        handler.__doc__ = f"`{self._path}`: {self._docs[name]}"
        return handler

    async def get_all(self, request: web.Request) -> web.Response:
        answer = answer_json(await request.app[SITE].asker.read(self._read))
        return unless_unchanged(request, answer, content_tag(answer))

    async def get_one(self, request: web.Request) -> web.Response:
        answer = answer_json(self._or_not_found(request, await self._find_record(request)))
        return unless_unchanged(request, answer, content_tag(answer))

    async def put(self, request: web.Request) -> web.Response:
        self._require_match(request, await self._find_record(request))
        return await self._set(request, json_of(await request.read()))

    async def patch(self, request: web.Request) -> web.Response:
        known = self._or_not_found(request, await self._find_record(request))
        self._require_match(request, known)
        return await self._set(request, merge_patch(msgspec.to_builtins(known), json_of(await request.read())))

    async def delete(self, request: web.Request) -> web.Response:
        self._require_match(request, await self._find_record(request))
        return await self._do(request, self._entity.end_command(*self._key(request)))

    async def _set(self, request: web.Request, fields: dict[str, Any]) -> web.Response:
        of_path = dict(zip(self._entity.key, self._key(request), strict=True))
        try:
            wanted = msgspec.convert({**fields, **of_path}, self._entity.struct)
        except msgspec.ValidationError as error:
            raise body_wrong(error) from error
        return await self._do(request, self._entity.set_command(wanted))

    async def _do(self, request: web.Request, command: Command) -> web.Response:
        actor = actor_of(request, type(command).__name__)
        outcome = await request.app[SITE].shop.do(command, actor, idempotency_key(request))
        return answer_outcome(outcome, texts_of(request))

    async def _find_record(self, request: web.Request) -> T | None:
        key = self._key(request)
        return await request.app[SITE].asker.read(lambda db: self._entity.find(db, *key))

    def _or_not_found(self, request: web.Request, known: T | None) -> T:
        if known is None:
            unknown = self._entity.unknown
            raise Problem(404, unknown.code, **unknown.values(*self._key(request)))
        return known

    def _require_match(self, request: web.Request, known: T | None) -> None:
        require_match(request, content_tag(answer_json(known)) if known else None, "/".join(self._key(request)))

    def _key(self, request: web.Request) -> tuple[str, ...]:
        """Key from the path, whose fields are in key order."""
        return tuple(request.match_info.values())
