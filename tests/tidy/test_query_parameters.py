"""What can be asked, and what is read from an address, stands in the descriptions by which both APIs are tried."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Container
from typing import cast

from edge.app import hub
from edge.core.endpoints import Endpoint
from edge.web.app import declare_endpoints
from sync.hub.api import fleet, openapi
from sync.hub.api.admission import Door
from sync.hub.api.app import Api, ApiParts

COMMON = {"register", "lang"}
"""Of every endpoint, as the description says of all of them."""


def read_in(module: str, pages: Container[str]) -> set[str]:
    """The names that a module's functions look up in `request.query`, but those that only `pages` ask."""
    found = set()
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    tree.body = [one for one in tree.body if getattr(one, "name", "") not in pages]
    for node in ast.walk(tree):
        match node:
            case ast.Call(ast.Attribute(of, "get" | "getall"), [ast.Constant(str(name)), *_]) if _is_query(of):
                found.add(name)
            case ast.Subscript(of, ast.Constant(str(name))) if _is_query(of):
                found.add(name)
            case ast.Compare(ast.Constant(str(name)), [ast.In()], [of]) if _is_query(of):
                found.add(name)
    return found


def _is_query(node: ast.expr) -> bool:
    return ast.unparse(node) in ("request.query", "query")


def test_every_parameter_of_the_api_is_declared() -> None:
    pages, everything = declare_endpoints().pages.values(), declare_endpoints().endpoints
    beside = [page.handler for page in pages] + [one.handler for one in everything if not one.is_api]
    names = {getattr(one, "__name__", "") for one in beside}
    by_module: dict[str, list[Endpoint]] = {}
    for endpoint in everything:
        if endpoint.is_api:
            handler = getattr(endpoint.handler, "func", endpoint.handler)
            by_module.setdefault(handler.__module__, []).append(endpoint)
    assert len(by_module) > 30
    lacking = {}
    for module, endpoints in by_module.items():
        said = COMMON.union(*(endpoint.query for endpoint in endpoints))
        if missing := read_in(module, names) - said:
            lacking[module] = missing
    assert lacking == {}


def test_every_address_of_head_office_is_described_but_its_pages_and_reports() -> None:
    reads = (*fleet.READS, *hub.reads())

    async def publish(tenant: str, shop: str, kind: str, body: bytes, request: str) -> int:
        raise AssertionError("nothing is published")

    app = Api(cast(Door, None), publish, ApiParts(reads=reads, check=hub.validate_directive)).app()
    there = {(one.method, one.resource.canonical) for one in app.router.routes() if one.resource}
    described = {(way.upper(), path) for path, ways in openapi.document(reads)["paths"].items() for way in ways}
    assert described <= there and len(described) > 20
    beside = {path for way, path in there - described if way != "HEAD"}
    told = ("/page/", "/push", "/join", "/reports/", "/v1/payments/webhooks/", "/v1/webhooks/")
    assert {path for path in beside if not path.startswith(told)} == {
        "/",
        "/healthz",
        "/openapi.json",
    }
