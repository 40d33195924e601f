"""Additional addresses of commands and queries: `http=` in their specs."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from functools import cached_property
from typing import Any, get_type_hints

import msgspec
from aiohttp import web

from edge.core.endpoints import API, DONE, RESULT, Answer, Body, Endpoint, Handler, HttpAddress, Schema
from edge.core.messages import Command, Done
from edge.core.registry import CommandSpec, QuerySpec, Registry
from edge.web.actors import actor_of
from edge.web.api.query_runner import FILLED_IN, question_of
from edge.web.api.registry import admit_command, answer_command, execute_for, idempotency_key
from edge.web.context import SITE, today_of
from edge.web.denied import Denied
from edge.web.problem import Problem, body_wrong
from edge.web.request_body import json_of
from edge.web.responses import answer_json


def addresses(registry: Registry, described: bool = True) -> Iterator[Endpoint]:
    """Yield all addresses. If not `described`, they lack types that only the API's description needs, and aren't
    checked. Otherwise raises `ValueError` if a path has a field that its command or query lacks."""
    for capability in registry.capabilities:
        for spec in capability.commands:
            for one in spec.http:
                endpoint = _of_command(spec, one, one.tag or capability.name)
                yield _describe_command(spec, one, endpoint) if described else endpoint
        for query in capability.queries:
            for one in query.http:
                endpoint = _of_query(query, one, one.tag or capability.name)
                yield _describe_query(query, one, endpoint) if described else endpoint


class _CommandAddress:
    """Handler of a command's address."""

    def __init__(self, spec: CommandSpec, address: HttpAddress) -> None:
        self._spec, self._address = spec, address

    @cached_property
    def _types(self) -> dict[str, Any]:
        return get_type_hints(self._spec.command, include_extras=True)

    async def answer(self, request: web.Request) -> web.Response:
        site, id, address = request.app[SITE], idempotency_key(request), self._address
        actor = await admit_command(request, self._spec, id)
        command = self._command(request, await request.read())
        outcome = await execute_for(request, self._spec, actor, command, id)
        if not isinstance(outcome, Done) or address.answer is None:
            return answer_command(request, outcome)
        shows, shown = address.shows, outcome.result
        if shows is not None:
            shown = await site.asker.read(lambda db: shows(db, command, outcome, actor))
        return answer_command(request, outcome) if shown is None else answer_json(shown, address.status)

    def _command(self, request: web.Request, body: bytes) -> Command:
        """Build the command from body and path. Raises `Problem` 400."""
        synonyms = self._address.synonyms
        fields: dict[str, Any] = {synonyms.get(name, name): value for name, value in json_of(body or b"{}").items()}
        try:
            for name, field in self._address.fields_of_path.items():
                fields[field] = msgspec.convert(request.match_info[name], self._types[field], strict=False)
            return msgspec.convert(fields, self._spec.command)
        except msgspec.ValidationError as error:
            raise body_wrong(error) from error


class _QueryAddress:
    """Handler of a query's address."""

    def __init__(self, name: str, address: HttpAddress) -> None:
        self._name, self._address = name, address

    async def answer(self, request: web.Request) -> web.Response:
        site, address = request.app[SITE], self._address
        question = site.asker.questions[self._name]  # of the site that answers, which may be a practice one
        spec = question.spec
        actor = actor_of(request)
        if refused := spec.refusal(actor):
            raise Denied(spec.right, f"query {spec.name}", refused.code)
        given = {name: text for name, text in request.query.items() if name in question.arguments}
        given |= {field: request.match_info[name] for name, field in address.fields_of_path.items()}
        arguments = question.bind(given, "", site.shop.now_us(), today_of(request))
        found = question.visible_answer(await site.asker.ask(question, arguments), actor)
        if found is None and address.missing:
            raise Problem(404, address.missing)
        return answer_json({address.under: found} if address.under else found)


def _of_command(spec: CommandSpec, address: HttpAddress, tag: str) -> Endpoint:
    of_path = address.fields_of_path
    left = set(spec.command.__struct_fields__) - set(of_path.values())
    return Endpoint(
        method=address.method,
        path=f"{API}v1/{address.path}",
        handler=_CommandAddress(spec, address).answer,
        right=spec.right,
        also=spec.also,
        tag=tag,
        name=address.name or spec.name[0].lower() + spec.name[1:],
        body=Body(spec.command, without=tuple(of_path.values())) if left and address.method != "DELETE" else None,
        answer=DONE if address.answer is None else Answer(address.answer, status=address.status),
        statuses=address.statuses,
        reauthenticate=spec.reauthenticate,
    )


def _describe_command(spec: CommandSpec, address: HttpAddress, endpoint: Endpoint) -> Endpoint:
    _require(spec.name, address, spec.command.__struct_fields__)
    fields = get_type_hints(spec.command, include_extras=True)
    types = {name: _schema(fields[field]) for name, field in address.fields_of_path.items()}
    handler = _documented_handler(endpoint.handler, address, spec.command)
    return msgspec.structs.replace(endpoint, handler=handler, path_types=types)


def _of_query(spec: QuerySpec, address: HttpAddress, tag: str) -> Endpoint:
    return Endpoint(
        method=address.method,
        path=f"{API}v1/{address.path}",
        handler=_QueryAddress(spec.name, address).answer,
        right=spec.right,
        also=spec.also,
        tag=tag,
        name=address.name or f"{spec.name}_at",
        answer=RESULT,
        statuses=(404,) if address.missing else (),
    )


def _describe_query(spec: QuerySpec, address: HttpAddress, endpoint: Endpoint) -> Endpoint:
    question, of_path = question_of(spec), address.fields_of_path
    _require(spec.name, address, tuple(question.arguments))
    if "register" in question.arguments:
        raise ValueError(f"{spec.name} depends on a register: it is reached by name, where the register is checked")
    types = {name: _schema(one.type) for name, one in question.arguments.items()}
    return msgspec.structs.replace(
        endpoint,
        handler=_documented_handler(endpoint.handler, address, spec.read),
        path_types={name: types[field] for name, field in of_path.items()},
        query={name: one for name, one in types.items() if name not in (*of_path.values(), *FILLED_IN)},
        answer=Answer(address.answer or question.answer, under=address.under),
    )


def _documented_handler(answer: Handler, address: HttpAddress, documented: Any) -> Handler:
    """Wrap the handler in a function with a docstring for the API description."""

    async def handler(request: web.Request) -> Any:
        return await answer(request)

    summary = (inspect.getdoc(documented) or "").partition("\n\n")[0]
    handler.__doc__ = f"`{address.method} {address.path}`: {summary}"
    return handler


def _require(name: str, address: HttpAddress, fields: tuple[str, ...]) -> None:
    if unknown := set(address.fields_of_path.values()) - set(fields):
        raise ValueError(f"{address.method} {address.path}: {name} has no {', '.join(sorted(unknown))}")


def _schema(type_: Any) -> Schema:
    """Return the schema of a non-text field. Texts are validated by the command."""
    schema = msgspec.json.schema(type_)
    (one, *_) = schema.get("anyOf", [schema])
    return one if one.get("type") in ("integer", "boolean") or "enum" in one else {"type": "string"}
