"""The registry as OpenAPI 3.1: what can be asked, written once, read by people and their tools."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import msgspec

from edge.core.shapes import CommandSpec, Registry
from edge.panel.api import catalogue_doc, imports_doc, promotions_doc
from edge.panel.api.asking import FILLED_IN, REQUIRED, Question
from edge.panel.api.notices import NewText
from edge.panel.api.pins import EnterPin, Lock, NewPin
from edge.panel.api.recovery import CodeOnPaper
from edge.panel.api.users import NewUser, SignOut

_REF = "#/components/schemas/{name}"
_ANSWERS = {
    "200": "It happened and is durable.",
    "400": "The request itself is wrong; the message says what and where.",
    "403": "It needs a right that the request does not have: send a Grant.",
    "409": "This Idempotency-Key was used with another body.",
    "422": "The shop refused; the message says why, in the language asked for.",
    "503": "Not now, or not known: come again after Retry-After with the same Idempotency-Key.",
}


def describe(registry: Registry, questions: Mapping[str, Question]) -> dict[str, Any]:
    """The whole API as an OpenAPI document (spec.openapis.org, 3.1.0)."""
    commands = [spec for capability in registry.capabilities for spec in capability.commands]
    answers = {name: question.answer for name, question in questions.items()}
    arguments = [argument.type for question in questions.values() for argument in question.arguments.values()]
    types = [*(spec.command for spec in commands), *answers.values(), *registry.events.values(), *arguments]
    types += [
        CodeOnPaper,
        EnterPin,
        Lock,
        NewPin,
        NewText,
        NewUser,
        SignOut,
        *catalogue_doc.TYPES,
        *imports_doc.TYPES,
        *promotions_doc.TYPES,
    ]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    components |= catalogue_doc.bodies(components) | promotions_doc.bodies(components)
    of = dict(zip(map(id, types), schemas, strict=True))
    paths: dict[str, Any] = {}
    for capability in registry.capabilities:
        for spec in capability.commands:
            paths[f"/api/v1/commands/{spec.name}"] = {"post": _command(spec, capability.name, of[id(spec.command)])}
        for query in capability.queries:
            question = questions[query.name]
            paths[f"/api/v1/queries/{query.name}"] = {"get": _query(question, capability.name, of)}
    if "search" in questions:
        paths["/api/v1/search"] = {"get": _search(questions["search"], of)}
    paths |= catalogue_doc.paths(of) | imports_doc.paths(of) | promotions_doc.paths(of)
    paths["/api/v1/commands/{id}"] = {"get": _look_up()}
    paths["/api/v1/grants"] = {"post": _pin("enterPin", EnterPin, of[id(EnterPin)])}
    paths["/api/v1/pin"] = {"post": _pin("setPin", NewPin, of[id(NewPin)])}
    paths["/api/v1/recovery-code"] = {"post": _pin("codeOnPaper", CodeOnPaper, of[id(CodeOnPaper)])}
    paths["/api/v1/lock"] = {"post": _pin("lock", Lock, of[id(Lock)])}
    paths["/api/v1/sign-in"] = {"post": _pin("signIn", EnterPin, of[id(EnterPin)])}
    paths["/api/v1/sign-out"] = {"post": _pin("signOut", SignOut, of[id(SignOut)])}
    paths["/api/v1/texts"] = {"post": _pin("setText", NewText, of[id(NewText)])}
    paths["/api/v1/users"] = {"post": _pin("setUser", NewUser, of[id(NewUser)])}
    return {
        "openapi": "3.1.0",
        "info": {"title": "The appliance of a shop", "version": "1"},
        "tags": [{"name": c.name} for c in registry.capabilities if c.commands or c.queries] + [{"name": "panel"}],
        "paths": paths,
        "components": {"schemas": components, "parameters": _PARAMETERS, "responses": _responses()},
    }


def _command(spec: CommandSpec, tag: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationId": spec.name,
        "tags": [tag],
        **_doc(spec.command),
        "x-right": spec.right,
        "x-ask-first": spec.ask_first,
        "parameters": [_parameter(name) for name in ("Register", "Surface", "Idempotency-Key", "Grant", "lang")],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {status: {"$ref": f"#/components/responses/{status}"} for status in _ANSWERS},
    }


def _query(question: Question, tag: str, of: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
    arguments = []
    for name, argument in question.arguments.items():
        required = argument.default is REQUIRED and name not in FILLED_IN
        arguments.append({"name": name, "in": "query", "required": required, "schema": of[id(argument.type)]})
    result = {"type": "object", "properties": {"result": of[id(question.answer)]}, "required": ["result"]}
    return {
        "operationId": f"query_{question.spec.name}",
        "tags": [tag],
        **_doc(question.spec.read),
        "x-right": question.spec.right,
        "parameters": [*arguments, *(_parameter(name) for name in ("Register", "Grant", "lang"))],
        "responses": {
            "200": {"description": "The answer.", "content": {"application/json": {"schema": result}}},
            **{status: {"$ref": f"#/components/responses/{status}"} for status in ("400", "403", "503")},
        },
    }


def _search(question: Question, of: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
    """The query under a short address of its own: its text is `q`."""
    described = _query(question, "panel", of)
    renamed = [{**one, "name": "q"} if one.get("name") == "text" else one for one in described["parameters"]]
    return {**described, "operationId": "search", "parameters": renamed}


def _look_up() -> dict[str, Any]:
    schema = {"type": "string", "format": "uuid"}
    return {
        "operationId": "lookUpCommand",
        "tags": ["panel"],
        "summary": "What the journal knows of a command.",
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": schema}],
        "responses": {
            "200": {"$ref": "#/components/responses/200"},
            "404": {"description": "Nothing of it happened: it may be sent again."},
        },
    }


def _pin(id: str, body: type[msgspec.Struct], schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationId": id,
        "tags": ["panel"],
        **_doc(body),
        "parameters": [_parameter(name) for name in ("Register", "Grant", "lang")],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {status: {"$ref": f"#/components/responses/{status}"} for status in ("200", "400", "422", "503")},
    }


def _doc(thing: Any) -> dict[str, str]:
    text = inspect.getdoc(thing) or ""
    summary, _, description = text.partition("\n\n")
    return {"summary": " ".join(summary.split()), **({"description": description} if description else {})}


def _responses() -> dict[str, Any]:
    return {
        status: {"description": text, "content": {"application/json": {"schema": {"type": "object"}}}}
        for status, text in _ANSWERS.items()
    }


def _parameter(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/parameters/{name}"}


def _header(name: str, description: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "header", "description": description, "schema": {"type": "string", **schema}}


_PARAMETERS = {
    "Register": _header("Register", "Which till; may be left out where there is one."),
    "Surface": _header("Surface", "Where it was asked.", enum=["cashier", "kiosk", "panel"], default="cashier"),
    "Idempotency-Key": _header("Idempotency-Key", "A UUIDv7 made by the client: sent again, it has no second effect."),
    "Grant": _header("Grant", "What a PIN gave (POST /api/v1/grants), or the command line's token."),
    "lang": {"name": "lang", "in": "query", "description": "en, fr or he.", "schema": {"type": "string"}},
}
