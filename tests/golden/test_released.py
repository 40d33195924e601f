"""What each release promised still holds, and a change that breaks it is named."""

from __future__ import annotations

import copy
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.golden import contracts
from tests.golden.released_contracts import broken, broken_api

RELEASES = sorted(Path(__file__).parents[1].glob("migration/releases/*/contracts.json.xz"))
Change = Callable[[dict[str, Any]], Any]


@pytest.mark.parametrize("file", RELEASES, ids=lambda path: path.parent.name)
def test_what_a_release_promised_holds(file: Path) -> None:
    released = lzma.decompress(file.read_bytes())
    assert broken(released, contracts.registry()) == []
    said = msgspec.json.decode(released)  # as if that release had promised more than this version keeps
    said["contracts"]["events-stock"]["contracts"]["StockGone"] = {"version": 1, "schema": {}, "examples": {}}
    said["contracts"]["wire"]["contracts"]["Hello"]["schema"]["properties"]["shoe_size"] = {"type": "integer"}
    said["promises"]["metrics"]["edge_gone"] = []
    said["apis"]["openapi"]["paths"]["/api/v1/gone"] = {"get": {"responses": {}}}
    faults = broken(msgspec.json.encode(said), contracts.registry())
    words = ("StockGone is gone", "Hello may only gain", "metrics: edge_gone", "openapi: GET /api/v1/gone is gone")
    assert [next(word for word in words if fault.startswith(word)) for fault in faults] == list(words)


GOODS = {
    "type": "object",
    "required": ["sku"],
    "properties": {"sku": {"type": "string", "maxLength": 20}, "kind": {"enum": ["new", "used"]}},
}


def api() -> dict[str, Any]:
    """A document with one address."""
    goods = {"application/json": {"schema": {"$ref": "#/components/schemas/Goods"}}}
    put = {
        "parameters": [{"name": "language", "in": "query", "schema": {"type": "string"}}],
        "requestBody": {"content": goods},
        "responses": {"200": {"content": goods}, "404": {}},
    }
    return {"paths": {"/goods": {"put": put}}, "components": {"schemas": {"Goods": copy.deepcopy(GOODS)}}}


def _goods(document: dict[str, Any]) -> dict[str, Any]:
    return document["components"]["schemas"]["Goods"]  # type: ignore[no-any-return]


def _sku(document: dict[str, Any]) -> dict[str, Any]:
    return _goods(document)["properties"]["sku"]  # type: ignore[no-any-return]


def _put(document: dict[str, Any]) -> dict[str, Any]:
    return document["paths"]["/goods"]["put"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document["paths"].update({"/more": {"get": {"responses": {}}}}),
        lambda document: _goods(document)["properties"].update({"colour": {"type": "string"}}),
        lambda document: _goods(document)["properties"]["kind"]["enum"].append("refurbished"),
        lambda document: _sku(document).update({"maxLength": 40}),
        lambda document: _put(document)["responses"].update({"409": {}}),
        lambda document: _put(document)["parameters"].append({"name": "page", "in": "query"}),
    ],
)
def test_an_api_may_gain(change: Change) -> None:
    now = api()
    change(now)
    assert list(broken_api(api(), now)) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda document: document["paths"].clear(), "PUT /goods is gone"),
        (lambda document: _goods(document)["properties"].pop("kind"), "PUT /goods: body.kind is gone"),
        (
            lambda document: _sku(document).update(type="integer"),
            "PUT /goods: body.sku: another type",
        ),
        (
            lambda document: _sku(document).update(maxLength=4),
            "PUT /goods: body.sku: lower maxLength",
        ),
        (lambda document: _goods(document)["required"].append("kind"), "PUT /goods: body.kind is required"),
        (lambda document: _goods(document)["required"].clear(), "PUT /goods: answer 200.sku may be missing"),
        (lambda document: _goods(document)["properties"]["kind"]["enum"].pop(), "PUT /goods: body.kind lacks a value"),
        (lambda document: _put(document)["responses"].pop("404"), "PUT /goods: answer 404 is gone"),
        (lambda document: _put(document)["parameters"].clear(), "PUT /goods: parameter language is gone"),
        (
            lambda document: _put(document)["parameters"].append({"name": "page", "in": "query", "required": True}),
            "PUT /goods: parameter page is required",
        ),
    ],
)
def test_an_api_may_not_lose(change: Change, said: str) -> None:
    now = api()
    change(now)
    assert next(broken_api(api(), now)) == said
