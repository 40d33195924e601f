"""OpenAPI 3.1 description of the API, generated from its reads."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import cleandoc
from typing import Any

from sync import limits as wire_limits
from sync.hub.api import limits
from sync.hub.api.openapi_acts import (
    closing_paths,
    employee_paths,
    enrolment_paths,
    invitation_paths,
    office_paths,
    order_status_paths,
    password_paths,
    people_paths,
    privacy_paths,
    product_choice_paths,
    publications_paths,
    question_paths,
    support_paths,
    text_file_paths,
    transfer_paths,
)
from sync.hub.api.openapi_parts import OF_A_BODY, TYPES, object_of, problem, problems
from sync.hub.api.order_status import PATH as ORDER_STATUS
from sync.hub.api.reads import Field, Read, limits_of, paging_of
from sync.schema_example import with_examples


def document(catalogue: Sequence[Read]) -> dict[str, Any]:
    """The complete document."""
    paths: dict[str, Any] = {f"/v1/{read.name}": {"get": _read(read)} for read in catalogue}
    paths["/v1/stores/{store}/directives"] = {"post": _publish()}
    paths |= (
        people_paths()
        | office_paths()
        | closing_paths()
        | privacy_paths()
        | publications_paths()
        | product_choice_paths()
        | question_paths()
        | support_paths()
    )
    paths |= (
        invitation_paths()
        | password_paths()
        | enrolment_paths()
        | text_file_paths()
        | transfer_paths()
        | employee_paths()
    )
    paths |= {ORDER_STATUS: {"post": order_status_paths()}}
    described = {
        "openapi": "3.1.0",
        "info": {"title": "edge-store hub", "version": "1", "description": _ABOUT},
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": _PROBLEM, **{_schema_name(read): _schema(read) for read in catalogue}},
        },
    }
    return with_examples(_dedent_descriptions(described))


def _dedent_descriptions(node: Any) -> Any:
    """Remove docstring indentation from descriptions, which Python keeps up to 3.12."""
    if isinstance(node, dict):
        return {
            name: cleandoc(value) if name == "description" and isinstance(value, str) else _dedent_descriptions(value)
            for name, value in node.items()
        }
    return [_dedent_descriptions(one) for one in node] if isinstance(node, list | tuple) else node


_ABOUT = (
    "Amounts are integers in minor units of their currency, quantities integers in thousandths, times UTC. "
    "A key returns rows of its own tenant only. Responses have an ETag; send it back as If-None-Match."
)
_GROUP = {
    "name": "group",
    "in": "query",
    "schema": TYPES["text"],
    "description": "Only rows of stores in this group.",
}
_PROBLEM = {
    "description": "An error (RFC 9457). `code` is stable and machine-readable; `detail` is for people.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "values"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": TYPES["text"],
        "status": TYPES["integer"],
        "detail": TYPES["text"],
        "code": TYPES["text"],
        "values": TYPES["object"],
    },
}


def _schema_name(read: Read) -> str:
    return "".join(part.capitalize() for part in read.name.replace("/", "-").split("-"))


def _schema(read: Read) -> dict[str, Any]:
    properties = {field.name: _property(read, field) for field in read.fields}
    return {"type": "object", "required": list(properties), "properties": properties}


def _property(read: Read, field: Field) -> dict[str, Any]:
    kind = TYPES[field.kind]
    if field.name not in read.key:
        kind = {**kind, "type": [kind["type"], "null"]}
    return {**kind, "description": field.text}


def _read(read: Read) -> dict[str, Any]:
    rows = {"type": "array", "items": {"$ref": f"#/components/schemas/{_schema_name(read)}"}}
    after: dict[str, Any] = {
        "type": ["string", "null"],
        "description": "`after` of the next page; null: there is none.",
    }
    if read.as_in_shop:
        after = {"type": "string", "description": '`after` of the next page; "": there is none.'}
    page = object_of(**{"items" if read.as_in_shop else "rows": rows, "next": after})
    return {
        "operationId": f"get{_schema_name(read)}",
        "summary": read.summary,
        "parameters": [
            *_paging(read),
            *(_parameter(read, name) for name in read.filters),
            *([_GROUP] if read.by_store else []),
        ],
        "responses": {
            "200": {"description": "A page.", "content": {"application/json": {"schema": page}}},
            "304": {"description": "The previous result."},
            **problems(),
        },
    }


_PAGING = {
    "limit": "Rows in a page.",
    "after": "`next` of the page before.",
    "skip": "Number of rows to skip.",
    "updated_since": "Only rows received by head office since then, in microseconds since 1970 (UTC).",
    "from_date": "The first business day.",
    "to_date": f"The last day; at most {limits.DAYS_MAX} days in total. Default: the first day only.",
}


def _paging(read: Read) -> list[dict[str, Any]]:
    usual, most = limits_of(read)
    schemas = {
        "limit": {"type": "integer", "minimum": 1, "maximum": most, "default": usual},
        "after": TYPES["text"],
        "skip": {"type": "integer", "minimum": 0, "maximum": limits.SKIP_MAX, "default": 0},
        "updated_since": {"type": "integer", "minimum": 0, "maximum": limits.MOMENT_MAX_US, "default": 0},
        **dict.fromkeys(("from_date", "to_date"), TYPES["date"]),
    }
    return [
        {"name": name, "in": "query", "schema": schemas[name], "description": _PAGING[name]}
        | ({"required": True} if name == "from_date" else {})
        for name in paging_of(read)
    ]


def _parameter(read: Read, wanted: Any) -> dict[str, Any]:
    relation = {"=": "is this", ">=": "is at least this", "<=": "is at most this"}[wanted.relation]
    return {
        "name": wanted.name,
        "in": "query",
        "schema": TYPES[read.kind_of(wanted.field)],
        "description": f"Rows whose `{wanted.field}` {relation}.",
    }


def _publish() -> dict[str, Any]:
    body = {
        "type": "object",
        "required": ["kind", "body"],
        "additionalProperties": False,
        "properties": {"kind": TYPES["text"], "body": {"description": "Body for this type, as JSON."}},
    }
    version = {"type": "object", "required": ["version"], "properties": {"version": TYPES["integer"]}}
    name = {"type": "string", "maxLength": wire_limits.NAME_CHARS}
    key = {"type": "string", "maxLength": limits.REQUEST_CHARS}
    return {
        "operationId": "publishDirective",
        "summary": "A directive for all devices of a store.",
        "parameters": [
            {"name": "store", "in": "path", "required": True, "schema": name},
            {
                "name": "Idempotency-Key",
                "in": "header",
                "schema": key,
                "description": "Repeating it publishes nothing and returns the same version.",
            },
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {
            "201": {"description": "Published.", "content": {"application/json": {"schema": version}}},
            **OF_A_BODY,
            "409": problem("No box of the store has sent its key yet, so this can't be encrypted."),
            **problems(),
        },
    }
