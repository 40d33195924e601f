"""Shared parts of API descriptions."""

from __future__ import annotations

from typing import Any

from sync import limits as wire_limits
from sync.hub.api.reads import Kind
from sync.identity.problem_details import MEDIA

TYPES: dict[Kind, dict[str, Any]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string", "format": "date-time"},
    "boolean": {"type": "boolean"},
    "object": {"type": "object"},
}
NAME = {"type": "string", "maxLength": wire_limits.NAME_CHARS}
_STATUS = {
    "400": "A parameter or the body is invalid; `detail` says which.",
    "401": "No key, or an inactive one.",
    "403": "The key doesn't allow this, or the tenant is suspended or at a limit (`values` says which and until when).",
    "408": "The body wasn't received in time.",
    "429": "Too many requests of this tenant at once, or of this key at this address. See Retry-After.",
    "500": "Internal error.",
    "503": "The hub's database is unavailable, or the response took too long. See Retry-After.",
}


def problem(text: str) -> dict[str, Any]:
    """An error response with this text."""
    content = {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": text, "content": content}


OF_A_BODY = {
    "413": problem("The body is too long. Split the change."),
    "415": problem("The body isn't declared as JSON."),
}


def object_of(**properties: Any) -> dict[str, Any]:
    """An object with all these properties required."""
    return {"type": "object", "required": list(properties), "properties": properties}


def act(id: str, summary: str, answer: dict[str, Any], body: dict[str, Any] | None = None) -> dict[str, Any]:
    """An operation with this answer and optional `body`."""
    asked = {"requestBody": {"required": True, "content": {"application/json": {"schema": body}}}} if body else {}
    open_to_all: dict[str, Any] = {"security": []} if id == "signIn" else {}
    done = {"200": {"description": "Done.", "content": {"application/json": {"schema": answer}}}}
    return {
        "operationId": id,
        "summary": summary,
        **open_to_all,
        **asked,
        "responses": {**done, **OF_A_BODY, **problems()},
    }


def problems() -> dict[str, Any]:
    """The error responses by status."""
    return {status: problem(text) for status, text in _STATUS.items()}
