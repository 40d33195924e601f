"""Generates the OpenAPI 3.1 description from the registry's commands and queries and the declared endpoints."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from edge.core.endpoints import ANYBODY, Body, Endpoint
from edge.core.registry import CommandSpec, Registry
from edge.core.text_patterns import to_ecma
from edge.web.api.command_results import companions, result_type
from edge.web.api.query_runner import FILLED_IN, REQUIRED, QueryInfo
from sync.identity.problem_details import MEDIA
from sync.schema_example import with_examples

_REF = "#/components/schemas/{name}"
_ANSWERS = {
    "200": "Done and stored permanently.",
    "400": "The request is invalid; the message says what and where.",
    "401": "Not authenticated: the key is wrong or expired, or the browser isn't paired.",
    "403": "Permission missing: send a Grant or a key that has it.",
    "404": "Not found.",
    "409": "This Idempotency-Key was used with another body.",
    "413": "The body is too large.",
    "415": "The body isn't JSON or isn't declared as JSON: send Content-Type: application/json.",
    "422": "Refused by the shop; the message says why, in the requested language.",
    "429": "Too many requests; try again after Retry-After.",
    "500": "Internal error; see the appliance's log.",
    "502": "Another server rejected it or its result is unknown; the message says which.",
    "503": "Unavailable, or the result is unknown; try again after Retry-After with the same Idempotency-Key.",
    "504": "Another server took too long; the message says which.",
}
_STATUSES = {
    201: "It was new.",
    202: "Accepted; it is carried out as soon as possible.",
    204: "Done; the response has no body.",
    304: "Not modified (If-None-Match).",
    404: "Not found.",
    412: "The precondition in If-Match or If-None-Match isn't met.",
}
_EVERYWHERE = (400, 401, 403, 429, 500, 503)
_HEADERS = ("Register", "Surface", "Idempotency-Key", "Grant", "lang")
Schemas = Mapping[int, dict[str, Any]]
_GENERIC = frozenset({"/api/v1/commands/{name}", "/api/v1/queries/{name}"})


def describe(registry: Registry, questions: Mapping[str, QueryInfo], endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    """The whole API as an OpenAPI document (spec.openapis.org, 3.1.0), sorted by path."""
    listed = sorted((e for e in endpoints if e.is_api), key=lambda endpoint: (endpoint.plain_path, endpoint.method))
    results = {spec.name: result_type(spec) for spec in registry.by_name.values() if spec.over_http}
    of, components = _schemas(registry, questions, listed, results)
    components |= _outcome_schemas(registry)
    paths: dict[str, Any] = {}
    for capability in registry.capabilities:
        for spec in capability.commands:
            if spec.over_http:
                done = _response_schema_name(spec, results[spec.name], of, components)
                described = _command(spec, capability.name, of[id(spec.command)], done)
                paths[f"/api/v1/commands/{spec.name}"] = {"post": described}
        for query in capability.queries:
            if not query.surfaces.over_http:
                continue
            question = questions[query.name]
            paths[f"/api/v1/queries/{query.name}"] = {"get": _query(question, capability.name, of)}
    for endpoint in listed:
        if endpoint.plain_path in _GENERIC:
            continue  # each command and query has its own description above
        described = _search(questions["search"], of) if endpoint.id == "search" else _operation(endpoint, of)
        paths.setdefault(endpoint.plain_path, {})[endpoint.method.lower()] = described
    tags = dict.fromkeys(operation["tags"][0] for methods in paths.values() for operation in methods.values())
    document = {
        "openapi": "3.1.0",
        "info": {"title": "The appliance of a shop", "version": "1"},
        "tags": [{"name": tag} for tag in tags],
        "paths": paths,
        "security": [{}, *({name: []} for name in _SECURITY)],
        "components": {
            "schemas": components,
            "parameters": _PARAMETERS,
            "responses": _responses(),
            "securitySchemes": _SECURITY,
        },
    }
    return with_examples(document)


def _schemas(
    registry: Registry,
    questions: Mapping[str, QueryInfo],
    endpoints: Iterable[Endpoint],
    results: Mapping[str, Any],
) -> tuple[Schemas, dict[str, Any]]:
    """Return the schemas by the type's `id`, and the named schemas they refer to."""
    types: list[Any] = [spec.command for spec in registry.by_name.values()]
    types += [question.answer for question in questions.values()]
    types += registry.events.values()
    types += [argument.type for question in questions.values() for argument in question.arguments.values()]
    bodies = [endpoint.body for endpoint in endpoints if endpoint.body and endpoint.body.type is not None]
    types += [body.type for body in bodies]
    types += [endpoint.answer.type for endpoint in endpoints if endpoint.answer and endpoint.answer.type is not None]
    types += [result for result in results.values() if result is not Any]
    types += [one.type for one in companions()]
    schemas, components = to_ecma(list(msgspec.json.schema_components(types, ref_template=_REF)))
    for component in components.values():
        if "description" in component:  # Python before 3.13 keeps the indentation of a docstring
            component["description"] = inspect.cleandoc(component["description"])
    of = dict(zip(map(id, types), schemas, strict=True))
    components |= {_body_name(body): _body(components, body) for body in bodies if _is_own(body)}
    return of, components


def _body_name(body: Body) -> str:
    return f"{body.type.__name__}{'Patch' if body.partly else 'Body'}"


def _is_own(body: Body) -> bool:
    """Whether a body's schema differs from its type's."""
    return bool(body.without or body.more or body.partly)


def _body(components: Mapping[str, dict[str, Any]], body: Body) -> dict[str, Any]:
    """Return the body's schema without fields from the path, plus additional fields."""
    whole = components[body.type.__name__]
    required = [field for field in whole["required"] if field not in body.without and not body.partly]
    return {**whole, "properties": {**whole["properties"], **body.more}, "required": required}


def _operation(endpoint: Endpoint, of: Schemas) -> dict[str, Any]:
    doc = inspect.getdoc(endpoint.body.type if endpoint.body and endpoint.body.type else endpoint.handler) or ""
    handler = inspect.getdoc(endpoint.handler) or ""
    summary = " ".join(handler.partition(": ")[2].split()) or doc.partition("\n\n")[0]
    return {
        "operationId": endpoint.id,
        "tags": [endpoint.tag],
        "summary": summary,
        **({"x-right": endpoint.right} if endpoint.right != ANYBODY else {}),
        "x-surfaces": list(endpoint.surfaces),
        "parameters": [*_parameters(endpoint), *(_parameter(name) for name in _HEADERS)],
        **_request(endpoint, of),
        "responses": dict(_responses_of(endpoint, of)),
    }


def _parameters(endpoint: Endpoint) -> Iterator[dict[str, Any]]:
    for name in endpoint.path_names:
        yield {
            "name": name,
            "in": "path",
            "required": True,
            "schema": endpoint.path_types.get(name, {"type": "string"}),
        }
    for name, wanted in endpoint.query.items():
        yield {"name": name, "in": "query", "schema": wanted}


def _request(endpoint: Endpoint, of: Schemas) -> dict[str, Any]:
    body = endpoint.body
    if body is None:
        return {}
    if body.type is None:
        schema: Mapping[str, Any] = {"type": "string", "format": "binary"}
    elif _is_own(body):
        schema = {"$ref": _REF.format(name=_body_name(body))}
    else:
        schema = of[id(body.type)]
    content = {media: {"schema": schema} for media in body.media.split(", ")}
    return {"requestBody": {"required": True, "content": content}}


def _responses_of(endpoint: Endpoint, of: Schemas) -> Iterator[tuple[str, dict[str, Any]]]:
    answer = endpoint.answer
    if answer is not None:
        schema = dict(answer.schema) if answer.type is None else of[id(answer.type)]
        if answer.under:
            schema = {"type": "object", "properties": {answer.under: schema}, "required": [answer.under]}
        done = _STATUSES.get(answer.status, "It is so.")
        content = {media: {"schema": schema} for media in answer.media.split(", ")}
        yield str(answer.status), {"description": done, **({"content": content} if answer.status != 204 else {})}
    taken = (415,) if endpoint.takes_json and endpoint.method != "GET" else ()
    for status in sorted({*endpoint.statuses, *_EVERYWHERE, *taken}):
        known = _STATUSES.get(status)
        if known:
            yield str(status), {"description": known, **({"content": _content(status, {})} if status >= 400 else {})}
        else:
            yield str(status), {"$ref": f"#/components/responses/{status}"}


def _response_schema_name(spec: CommandSpec, result: Any, of: Schemas, components: dict[str, Any]) -> str:
    """Return the name of a command's response schema: the common schema, or a new component that adds this result to
    it.
    """
    if result is Any:
        return "CommandDone"
    name = "CommandDoneAlone" if result is None else f"{spec.name}Done"
    done = _with_result(result, of)
    more = {"type": "object", "properties": {"done": done}, "required": ["done"]}
    components[name] = {"allOf": [{"$ref": _REF.format(name="CommandDone")}, more]}
    return name


def _with_result(result: Any, of: Schemas) -> dict[str, Any]:
    """Response schema with a result and its companions."""
    beside = {one.name: of[id(one.type)] for one in companions() if one.is_beside(result)}
    properties = {"result": of[id(result)], **beside}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _command(spec: CommandSpec, tag: str, schema: dict[str, Any], done: str) -> dict[str, Any]:
    return {
        "operationId": spec.name,
        "tags": [tag],
        **_doc(spec.command),
        "x-right": spec.right,
        "x-ask-first": spec.ask_first,
        "parameters": [_parameter(name) for name in _HEADERS],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {
            **{status: {"$ref": f"#/components/responses/{status}"} for status in _ANSWERS},
            "200": {
                "description": _ANSWERS["200"],
                "content": {"application/json": {"schema": {"$ref": _REF.format(name=done)}}},
            },
        },
    }


def _query(question: QueryInfo, tag: str, of: Schemas) -> dict[str, Any]:
    arguments, shown = [], _with_result(question.answer, of)
    for name, argument in question.arguments.items():
        required = argument.default is REQUIRED and name not in FILLED_IN
        arguments.append({"name": name, "in": "query", "required": required, "schema": of[id(argument.type)]})
    return {
        "operationId": f"query_{question.spec.name}",
        "tags": [tag],
        **_doc(question.spec.read),
        "x-right": question.spec.right,
        "parameters": [*arguments, *(_parameter(name) for name in ("Register", "Grant", "lang"))],
        "responses": {
            "200": {"description": "The answer.", "content": {"application/json": {"schema": shown}}},
            **{str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted({*_EVERYWHERE, 422})},
        },
    }


def _search(question: QueryInfo, of: Schemas) -> dict[str, Any]:
    """The search query under its short address, where the parameter `text` is called `q`."""
    described = _query(question, "panel", of)
    renamed = [{**one, "name": "q"} if one.get("name") == "text" else one for one in described["parameters"]]
    return {**described, "operationId": "search", "parameters": renamed}


def _doc(thing: Any) -> dict[str, str]:
    text = inspect.getdoc(thing) or ""
    summary, _, description = text.partition("\n\n")
    return {"summary": " ".join(summary.split()), **({"description": description} if description else {})}


def _responses() -> dict[str, Any]:
    return {
        status: {"description": text, "content": _content(int(status), {"type": "object"})}
        for status, text in _ANSWERS.items()
    }


def _content(status: int, schema: dict[str, Any]) -> dict[str, Any]:
    """Return the content for a status: the answer, or a problem."""
    if status < 400:
        return {"application/json": {"schema": schema}}
    return {MEDIA: {"schema": {"$ref": _REF.format(name="Problem")}}}


def _outcome_schemas(registry: Registry) -> dict[str, dict[str, Any]]:
    """Schemas of command outcomes, with the schema of each event."""
    events = {name: _REF.format(name=name) for name in sorted(registry.events)}
    happened = {
        "description": "An event, with the fields of the schema named like its type.",
        "type": "object",
        "properties": {"type": {"type": "string", "enum": list(events)}},
        "required": ["type"],
        "discriminator": {"propertyName": "type", "mapping": events},
    }
    done = {
        "type": "object",
        "properties": {
            "command_id": {"type": "string", "format": "uuid"},
            "events": {"type": "array", "items": {"$ref": _REF.format(name="HappenedEvent")}},
            "epoch": {"type": "integer"},
            "first_seq": {"type": "integer", "description": "Journal row of the first of them."},
            "repeated": {"type": "boolean", "description": "It was already done under the same Idempotency-Key."},
            "result": {"description": "Its result, such as the id of a job."},
        },
        "required": ["command_id", "events", "epoch", "first_seq", "repeated", "result"],
    }
    whole = {"type": "object", "properties": {"done": done}, "required": ["done"]}
    return {"HappenedEvent": happened, "CommandDone": whole, "Problem": _PROBLEM}


def _parameter(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/parameters/{name}"}


def _header(name: str, description: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "header", "description": description, "schema": {"type": "string", **schema}}


_PROBLEM: dict[str, Any] = {
    "description": "An error (RFC 9457). `code` is stable and machine-readable; `detail` is for people.",
    "type": "object",
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "values": {"type": "object"},
        "answer": {
            "type": "string",
            "description": "A question; to confirm, send the same command with this in its `answers`.",
        },
    },
    "required": ["type", "title", "status", "detail", "code", "values"],
}
_SECURITY = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "edge_...",
        "description": "A program's key (POST /api/v1/keys). It has no cookie and needs no Origin.",
    },
    "grant": {
        "type": "apiKey",
        "in": "header",
        "name": "Grant",
        "description": "A token from a PIN, or the command line's token.",
    },
}
_PARAMETERS = {
    "Register": _header("Register", "The register; optional if there is only one."),
    "Surface": _header(
        "Surface", "Where the request comes from.", enum=["cashier", "kiosk", "panel"], default="cashier"
    ),
    "Idempotency-Key": _header("Idempotency-Key", "A UUIDv7 made by the client; repeating it has no effect."),
    "Grant": _header("Grant", "A token from a PIN (POST /api/v1/grants), or the command line's token."),
    "lang": {"name": "lang", "in": "query", "description": "en, fr or he.", "schema": {"type": "string"}},
}
