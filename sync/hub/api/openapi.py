"""The API's own description, OpenAPI 3.1, made from what can be read."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import cleandoc
from typing import Any

import msgspec

from sync import limits as wire_limits
from sync.hub.api import limits
from sync.hub.api.closing_api import EXPORT, REMOVAL, AskRemoval
from sync.hub.api.order_status import PATH as ORDER_STATUS
from sync.hub.api.privacy_api import PATH as PRIVACY
from sync.hub.api.privacy_api import AskShops, ShopState
from sync.hub.api.publication_api import PATH as PUBLICATION
from sync.hub.api.publication_api import TakeStep
from sync.hub.api.reads import Field, Kind, Read, limits_of, paging_of
from sync.hub.api.staff import PASSWORD_CHARS
from sync.hub.api.support_api import ANSWER as SUPPORT_ANSWER
from sync.hub.api.support_api import ASK as SUPPORT
from sync.hub.api.support_api import AskBox
from sync.hub.api.tenant_api import Person, SetRole
from sync.hub.preview import Preview
from sync.hub.publications import STEPS, Publication
from sync.hub.removal import Removal
from sync.hub.tenants import StoreRecord
from sync.schema_example import with_examples

_TYPES: dict[Kind, dict[str, Any]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string", "format": "date-time"},
    "boolean": {"type": "boolean"},
    "object": {"type": "object"},
}
_NAME = {"type": "string", "maxLength": wire_limits.NAME_CHARS}
_STATUS = {
    "400": "A parameter or the body makes no sense; `detail` says which.",
    "401": "No key, or one that is not in use.",
    "403": "The key may not do this, or the tenant is suspended, or at a limit (`values` says which, and until when).",
    "408": "The body did not come in time.",
    "429": "Too many requests of this tenant at once. See Retry-After.",
    "500": "What nobody has foreseen.",
    "503": "The hub's database is away, or the answer took too long. See Retry-After.",
}


def document(catalogue: Sequence[Read]) -> dict[str, Any]:
    """The whole of it."""
    paths: dict[str, Any] = {f"/v1/{read.name}": {"get": _read(read)} for read in catalogue}
    paths["/v1/stores/{store}/directives"] = {"post": _publish()}
    paths |= _people() | _office() | _closing() | _privacy() | _publications() | _support()
    paths |= {ORDER_STATUS: {"post": _order_status()}}
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
    return with_examples(_undented(described))


def _undented(node: Any) -> Any:
    """Descriptions without the indentation of the docstrings they come from, which Python keeps up to 3.12."""
    if isinstance(node, dict):
        return {
            name: cleandoc(value) if name == "description" and isinstance(value, str) else _undented(value)
            for name, value in node.items()
        }
    return [_undented(one) for one in node] if isinstance(node, list | tuple) else node


def _problem(text: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": text, "content": content}


_OF_A_BODY = {
    "413": _problem("The body is too long: split the change."),
    "415": _problem("The body does not say that it is JSON."),
}
_ABOUT = (
    "Sums of money are integers in minor units of their currency, quantities integer thousandths, times UTC. "
    "A key shows the rows of its own tenant. Answers carry an ETag: ask again with If-None-Match."
)
_GROUP = {
    "name": "group",
    "in": "query",
    "schema": _TYPES["text"],
    "description": "Rows of the stores of this group.",
}
_PROBLEM = {
    "description": "What is no success: RFC 9457. `code` says what it is, in words that stay; `detail` is for people.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "values"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": _TYPES["text"],
        "status": _TYPES["integer"],
        "detail": _TYPES["text"],
        "code": _TYPES["text"],
        "values": _TYPES["object"],
    },
}


def _schema_name(read: Read) -> str:
    return "".join(part.capitalize() for part in read.name.replace("/", "-").split("-"))


def _schema(read: Read) -> dict[str, Any]:
    properties = {field.name: _property(read, field) for field in read.fields}
    return {"type": "object", "required": list(properties), "properties": properties}


def _property(read: Read, field: Field) -> dict[str, Any]:
    kind = _TYPES[field.kind]
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
    page = _object(**{"items" if read.as_in_shop else "rows": rows, "next": after})
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
            "304": {"description": "As it was."},
            **_problems(),
        },
    }


_PAGING = {
    "limit": "Rows in a page.",
    "after": "`next` of the page before.",
    "skip": "Rows that are left out before the first.",
    "updated_since": "Rows that head office learnt of since: microseconds since 1970, UTC.",
    "from_date": "The first business day.",
    "to_date": f"The last one, {limits.DAYS_MAX} days at most; without it, of the first alone.",
}


def _paging(read: Read) -> list[dict[str, Any]]:
    usual, most = limits_of(read)
    schemas = {
        "limit": {"type": "integer", "minimum": 1, "maximum": most, "default": usual},
        "after": _TYPES["text"],
        "skip": {"type": "integer", "minimum": 0, "maximum": limits.SKIP_MAX, "default": 0},
        "updated_since": {"type": "integer", "minimum": 0, "maximum": limits.MOMENT_MAX_US, "default": 0},
        **dict.fromkeys(("from_date", "to_date"), _TYPES["date"]),
    }
    return [
        {"name": name, "in": "query", "schema": schemas[name], "description": _PAGING[name]}
        | ({"required": True} if name == "from_date" else {})
        for name in paging_of(read)
    ]


def _parameter(read: Read, wanted: Any) -> dict[str, Any]:
    relation = {"=": "is this", ">=": "is this or more", "<=": "is this or less"}[wanted.relation]
    return {
        "name": wanted.name,
        "in": "query",
        "schema": _TYPES[read.kind_of(wanted.field)],
        "description": f"Rows whose `{wanted.field}` {relation}.",
    }


def _publish() -> dict[str, Any]:
    body = {
        "type": "object",
        "required": ["kind", "body"],
        "additionalProperties": False,
        "properties": {"kind": _TYPES["text"], "body": {"description": "What the kind wants, as JSON."}},
    }
    version = {"type": "object", "required": ["version"], "properties": {"version": _TYPES["integer"]}}
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
                "description": "The same one again publishes nothing and gives the same version.",
            },
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {
            "201": {"description": "It is published.", "content": {"application/json": {"schema": version}}},
            **_OF_A_BODY,
            "409": _problem("No box of the store has said its key yet, without which this would stand in the clear."),
            **_problems(),
        },
    }


def _people() -> dict[str, Any]:
    """Signing in, and what goes with it."""
    text, texts = _TYPES["text"], {"type": ["array", "null"], "items": _TYPES["text"]}
    name = _NAME
    one = _object(tenant=text, role=text, stores=texts, groups=texts)
    memberships = {"type": "array", "items": one}
    token = _object(token=text, tenant=text, expires_at=_TYPES["time"], memberships=memberships)
    may = {"type": "array", "items": text}
    me = _object(person=_TYPES["integer"], tenant=text, may=may, role=text, memberships=memberships)
    email = {"type": "string", "minLength": 3, "maxLength": 254}
    password = {"type": "string", "minLength": 1, "maxLength": PASSWORD_CHARS[1]}
    sign_in = _object(email=email, password=password) | {"additionalProperties": False}
    sign_in["properties"]["tenant"] = {"anyOf": [name, {"type": "null"}]}
    code = {"type": "string", "maxLength": 60}
    sign_in["properties"]["code"] = code
    proof = _object(password=password) | {"additionalProperties": False}
    proof["properties"]["code"] = code
    begun, codes = _object(secret=text, address=text), _object(recovery_codes={"type": "array", "items": text})
    switch = _object(tenant=name) | {"additionalProperties": False}
    return {
        "/v1/sign-in": {"post": _act("signIn", "A token of one tenant for somebody of head office.", token, sign_in)},
        "/v1/switch": {"post": _act("switchTenant", "A token of another tenant in place of this one.", token, switch)},
        "/v1/sign-out": {"post": _act("signOut", "The token opens nothing any more.", _object())},
        "/v1/factor": {"post": _act("beginFactor", "A secret for a phone, until its first code.", begun, proof)},
        "/v1/factor/confirm": {"post": _act("confirmFactor", "It counts from now on.", codes, proof)},
        "/v1/factor/drop": {"post": _act("dropFactor", "There is no second factor any more.", _object(), proof)},
        "/v1/me": {"get": _act("me", "Whose token this is, and where they may switch to.", me)},
    }


def _office() -> dict[str, Any]:
    """What owners set: stores, and who is what."""
    (store, role, person), schemas = msgspec.json.schema_components(
        (StoreRecord, SetRole, Person), ref_template="#/components/schemas/{name}"
    )
    bodies = [schemas[one["$ref"].rpartition("/")[2]] for one in (store, role, person)]
    shop = {"name": "store", "in": "path", "required": True, "schema": _NAME}
    who = {"name": "person", "in": "path", "required": True, "schema": _TYPES["integer"]}
    put = _act("putStore", "Set a store as a whole.", bodies[0], bodies[0]) | {"parameters": [shop]}
    put["responses"] = {**put["responses"], "201": {**put["responses"]["200"], "description": "It is new."}}
    put["responses"]["409"] = _problem("Something was sold there in another currency.")
    refused = {
        "404": _problem("Nobody of that number belongs here."),
        "409": _problem("Nobody else is owner of all stores."),
    }
    people = {"get": _act("people", "Who belongs to the tenant.", _object(rows={"type": "array", "items": bodies[2]}))}
    one = {
        "put": _act("setRole", "What somebody is, and for which stores.", bodies[1], bodies[1]),
        "delete": _act("removePerson", "They belong here no more.", _object()),
    }
    for way in one.values():
        way["parameters"], way["responses"] = [who], way["responses"] | refused
    return {"/v1/stores/{store}": {"put": put}, "/v1/people": people, "/v1/people/{person}": one}


def _closing() -> dict[str, Any]:
    """Taking a tenant's data out, and asking that it is removed."""
    (body, asked), schemas = msgspec.json.schema_components(
        (AskRemoval, Removal), ref_template="#/components/schemas/{name}"
    )
    body, asked = (schemas[one["$ref"].rpartition("/")[2]] for one in (body, asked))
    late = {"409": _problem("The tenant does not close, nobody asked, or it is one's own.")}
    ask = _act("askRemoval", "Ask that the tenant is removed.", asked, body)
    approve = _act("approveRemoval", "Say yes to somebody else's asking.", asked)
    withdraw = _act("withdrawRemoval", "It is not asked for any more.", _object())
    for one in (ask, approve):
        one["responses"] |= late
    export = _act("exportTenant", "All data of the tenant, as one file: lines of JSON, gzip.", _object())
    file = {"application/gzip": {"schema": {"type": "string", "contentMediaType": "application/gzip"}}}
    export["responses"]["200"] = {"description": "The file.", "content": file}
    return {
        EXPORT: {"get": export},
        REMOVAL: {"post": ask, "delete": withdraw},
        f"{REMOVAL}/approve": {"post": approve},
    }


def _privacy() -> dict[str, Any]:
    """Asking all shops for somebody, and how far each is."""
    (body, state), schemas = msgspec.json.schema_components(
        (AskShops, ShopState), ref_template="#/components/schemas/{name}"
    )
    body, state = (schemas[one["$ref"].rpartition("/")[2]] for one in (body, state))
    which = {"name": "request", "in": "path", "required": True, "schema": _NAME}
    rows = _object(rows={"type": "array", "items": state})
    ask = _act("askShops", "Ask all shops for what somebody asks by law; again: those that were not asked.", rows, body)
    see = _act("shopsAsked", "How far each shop is with what somebody asks.", rows)
    see["responses"] |= {"404": _problem("Nothing was asked by that id.")}
    return {PRIVACY: {"put": ask | {"parameters": [which]}, "get": see | {"parameters": [which]}}}


def _publications() -> dict[str, Any]:
    """Writing a publication, and its steps."""
    (body, step), schemas = msgspec.json.schema_components(
        (Publication, TakeStep), ref_template="#/components/schemas/{name}"
    )
    body, step = (schemas[one["$ref"].rpartition("/")[2]] for one in (body, step))
    for name in ("directives", "back"):
        body["properties"][name]["items"] = schemas["Planned"]
    (seen,), parts = msgspec.json.schema_components((Preview,), ref_template="#/components/schemas/{name}")
    seen = parts[seen["$ref"].rpartition("/")[2]]
    for name, part in (("changes", "Change"), ("conflicts", "Conflict")):
        seen["properties"][name]["items"] = parts[part]
    body["properties"]["gate"] = schemas["Gate"]
    which = {"name": "publication", "in": "path", "required": True, "schema": _NAME}
    late = {"409": _problem("It is not in a state for that, was changed since, or is one's own.")}
    put = _act("putPublication", "Write a publication, which is a draft then.", _object(digest=_TYPES["text"]), body)
    put["responses"] |= {"201": {**put["responses"]["200"], "description": "It is new."}, **late}
    paths: dict[str, Any] = {PUBLICATION: {"put": put | {"parameters": [which]}}}
    shop = {"name": "store", "in": "query", "required": False, "schema": _NAME}
    see = _act("previewPublication", "What it would change in a store, and which others say something else.", seen)
    see["responses"] |= {"404": _problem("There is none of that id.")}
    paths[f"{PUBLICATION}/preview"] = {"get": see | {"parameters": [which, shop]}}
    for name in STEPS:
        summary = f"{name.replace('-', ' ').capitalize()} a publication."
        act = _act(f"{name.replace('-', '')}Publication", summary, _object(state=_TYPES["text"]), step)
        act["responses"] |= {"404": _problem("There is none of that id."), **late}
        paths[f"{PUBLICATION}/{name}"] = {"post": act | {"parameters": [which]}}
    return paths


def _support() -> dict[str, Any]:
    """Asking the boxes of a store, and what one answered."""
    ((body,), schemas) = msgspec.json.schema_components((AskBox,), ref_template="#/components/schemas/{name}")
    shop, case, box = (
        {"name": one, "in": "path", "required": True, "schema": _NAME} for one in ("store", "case", "device")
    )
    asked = _act(
        "askBox",
        "Ask the boxes of a store how they are.",
        _object(case=_NAME),
        schemas[body["$ref"].rpartition("/")[2]],
    )
    asked["responses"]["201"] = {**asked["responses"].pop("200"), "description": "It is asked."}
    asked["responses"]["409"] = _problem("The store takes no directives now.")
    answer = _act("answerOfBox", "What a box answered, with its shop's yes.", _object(question=_TYPES["text"]))
    answer["responses"]["404"] = _problem("That box has not answered, or it was 14 days ago.")
    return {
        SUPPORT: {"post": asked | {"parameters": [shop]}},
        SUPPORT_ANSWER: {"get": answer | {"parameters": [shop, case, box]}},
    }


def _order_status() -> dict[str, Any]:
    """For anybody who holds an order's QR."""
    name = {"type": "string", "maxLength": wire_limits.NAME_CHARS}
    digest = {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "SHA-256 of what the QR holds."}
    text, time = _TYPES["text"], _TYPES["time"]
    no_time = {**time, "type": ["string", "null"]}
    status = _object(
        **{"said": text, "state": text, "fulfilment": text, "slot_from": no_time, "slot_until": no_time},
        **{"late": _TYPES["boolean"], "changed_at": time, "store_name": text, "zone": text},
        as_of={**time, "description": "Until when this is known to hold."},
        now={**time, "description": "Head office's clock."},
    )
    asked = _object(tenant=name, store=name, digest=digest) | {"additionalProperties": False}
    described = _act("orderStatus", "How far an order is, for who holds its QR.", status, asked)
    refused = {
        "404": _problem("There is nothing to show, whyever."),
        "429": _problem("Too many requests of this address, or of all. See Retry-After."),
    }
    return {**described, "security": [], "responses": {**described["responses"], **refused}}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _act(id: str, summary: str, answer: dict[str, Any], body: dict[str, Any] | None = None) -> dict[str, Any]:
    asked = {"requestBody": {"required": True, "content": {"application/json": {"schema": body}}}} if body else {}
    open_to_all: dict[str, Any] = {"security": []} if id == "signIn" else {}
    done = {"200": {"description": "Done.", "content": {"application/json": {"schema": answer}}}}
    return {
        "operationId": id,
        "summary": summary,
        **open_to_all,
        **asked,
        "responses": {**done, **_OF_A_BODY, **_problems()},
    }


def _problems() -> dict[str, Any]:
    return {status: _problem(text) for status, text in _STATUS.items()}
