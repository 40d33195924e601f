"""The addresses of files and of the catalogue's quality, as OpenAPI has them; see `openapi.describe`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from edge.ingest.preview import Preview
from edge.panel.api import imports, pictures
from edge.panel.api.imports import Understood
from edge.panel.pages import quality
from edge.quality.checks import Finding
from edge.sheets import FORMATS

TYPES: tuple[Any, ...] = (Understood, Preview, Finding)
"""What these addresses take and give."""

_FILE = {"type": "string", "format": "binary"}
_UPLOADED = {"type": "object", "properties": {"path": {"type": "string"}, "name": {"type": "string"}}}

_NAMED = {"type": "object", "properties": {"name": {"type": "string"}}}


def paths(of: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
    """Paths and their operations; `of` is each type's schema, by its id."""
    found = {"type": "object", "properties": {"result": {"type": "array", "items": of[id(Finding)]}}}
    preview = {"type": "object", "properties": {"result": of[id(Preview)]}}
    looked = _json(of[id(Understood)])
    name = {"name": "name", "in": "query", "required": True, "schema": {"type": "string"}}
    job = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 0}}
    form = {"name": "format", "in": "path", "required": True, "schema": {"enum": list(FORMATS)}}
    sent = {"application/octet-stream": {"schema": _FILE}}
    exported = {"application/octet-stream": {"schema": _FILE}}
    return {
        "/api/v1/imports": {"post": _operation(imports.upload, "uploadFile", _json(_UPLOADED), [name], sent, ("413",))},
        "/api/v1/imports/preview": {
            "post": _operation(imports.preview, "previewImport", _json(preview), [], looked, ("422",))
        },
        "/api/v1/pictures": {
            "post": _operation(pictures.upload, "uploadPicture", _json(_NAMED), [], sent, ("413", "422"))
        },
        "/api/v1/jobs/{id}/report.csv": {
            "get": _operation(imports.report, "jobReport", {"text/csv": {"schema": {"type": "string"}}}, [job])
        },
        "/api/v1/exports/catalogue.{format}": {"get": _operation(imports.export, "exportCatalogue", exported, [form])},
        "/api/v1/quality": {"get": _operation(quality.report, "qualityReport", _json(found), [])},
    }


_WORDS = {
    "404": "There is no such thing.",
    "413": "It is larger than a file may be.",
    "422": "The file cannot be read; the message says why, in the language asked for.",
}


def _json(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _operation(
    handler: Callable[..., Any],
    name: str,
    answer: dict[str, Any],
    parameters: list[dict[str, Any]],
    body: dict[str, Any] | None = None,
    statuses: tuple[str, ...] = (),
) -> dict[str, Any]:
    doc = inspect.getdoc(handler) or ""
    refs = [{"$ref": f"#/components/parameters/{ref}"} for ref in ("Register", "Grant", "lang")]
    return {
        "operationId": name,
        "tags": ["ingest"],
        "summary": " ".join(doc.partition(": ")[2].split()) or doc,
        "x-right": "manage",
        "parameters": [*parameters, *refs],
        **({"requestBody": {"required": True, "content": body}} if body else {}),
        "responses": {
            "200": {"description": "It is so.", "content": answer},
            **{status: {"description": _WORDS[status]} for status in (*statuses, "404")},
            **{status: {"$ref": f"#/components/responses/{status}"} for status in ("400", "403", "503")},
        },
    }
