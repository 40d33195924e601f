"""The addresses of the catalogue, as OpenAPI has them; see `openapi.describe`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from edge.catalog.categories.category import Category
from edge.catalog.product import Product
from edge.catalog.queries import StockedProduct
from edge.panel.api import catalogue, catalogue_writing
from edge.panel.api.catalogue import CategoryPage, ProductHistory, ProductPage

TYPES: tuple[type, ...] = (
    *(ProductPage, ProductHistory, CategoryPage, StockedProduct, Product, Category),
    catalogue_writing.NewPrice,
)
"""What these addresses take and give."""

BODIES = {"ProductBody": ("Product", "sku"), "CategoryBody": ("Category", "id")}
"""Schemas of bodies, by what they are without: what stands in the path need not be in the body."""

_INTEGER, _TEXT = {"type": "integer", "minimum": 0}, {"type": "string"}
_FILTER: dict[str, dict[str, Any]] = {
    "text": _TEXT,
    "category": _TEXT,
    "brand": _TEXT,
    "retired": {"enum": ["no", "yes", "any"], "default": "no"},
    "attribute": {"type": "array", "items": _TEXT, "examples": [["THC:10-20", "strain:indica"]]},
    "variant_of": _TEXT,
    "changed_since": _INTEGER,
}
_PAGING: dict[str, dict[str, Any]] = {"after": _INTEGER, "limit": _INTEGER}
_SKU, _ID = {"sku": _TEXT}, {"id": _TEXT}
_SECURITY = ("Register", "Idempotency-Key", "Grant", "lang")


def paths(of: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
    """Paths and their operations; `of` is each type's schema, by its id."""

    def read(handler: Callable[..., Any], answer: type, right: str, path: Any = None, query: Any = None) -> Any:
        return operation_of(handler, of[id(answer)], right, path or {}, query or {}, ("304", "404"))

    def write(handler: Callable[..., Any], body: type, answer: type, path: Any) -> Any:
        operation = operation_of(handler, of[id(answer)], "manage", path, {}, ("201", "412", "422"))
        named = f"{body.__name__}Body"
        schema = {"$ref": f"#/components/schemas/{named}"} if named in BODIES else of[id(body)]
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
        return operation

    return {
        "/api/v1/products": {"get": read(catalogue.products, ProductPage, "sell", None, _FILTER | _PAGING)},
        "/api/v1/products/{sku}": {
            "get": read(catalogue.product, StockedProduct, "sell", _SKU),
            "put": write(catalogue_writing.put_product, Product, StockedProduct, _SKU),
            "patch": write(catalogue_writing.patch_product, Product, StockedProduct, _SKU),
        },
        "/api/v1/products/{sku}/history": {"get": read(catalogue.history, ProductHistory, "manage", _SKU)},
        "/api/v1/products/{sku}/prices": {
            "post": write(catalogue_writing.post_price, catalogue_writing.NewPrice, catalogue_writing.NewPrice, _SKU)
        },
        "/api/v1/categories": {
            "get": read(catalogue.categories, CategoryPage, "sell", None, {"parent": _TEXT, **_PAGING, "after": _TEXT})
        },
        "/api/v1/categories/{id}": {
            "get": read(catalogue.category, Category, "sell", _ID),
            "put": write(catalogue_writing.put_category, Category, Category, _ID),
        },
    }


def bodies(components: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The schemas of `BODIES`, from those of what they describe."""
    return {
        name: {**components[of], "required": [field for field in components[of]["required"] if field != key]}
        for name, (of, key) in BODIES.items()
    }


_WORDS = {
    "201": "It was new.",
    "304": "The client has it already (If-None-Match).",
    "404": "There is no such thing.",
    "412": "It is not what If-Match or If-None-Match says.",
    "422": "The shop refused; the message says why, in the language asked for.",
}


def operation_of(
    handler: Callable[..., Any],
    answer: dict[str, Any],
    right: str,
    path: Mapping[str, Any],
    query: Mapping[str, Any],
    statuses: tuple[str, ...],
    tag: str = "catalog",
) -> dict[str, Any]:
    """One operation: its handler says what it does, `answer` is the schema of what it gives."""
    doc = inspect.getdoc(handler) or ""
    in_path = [{"name": name, "in": "path", "required": True, "schema": schema} for name, schema in path.items()]
    in_query = [{"name": name, "in": "query", "schema": schema} for name, schema in query.items()]
    refs = [{"$ref": f"#/components/parameters/{name}"} for name in _SECURITY]
    done = {"description": "It is so.", "content": {"application/json": {"schema": answer}}}
    return {
        "operationId": handler.__name__,
        "tags": [tag],
        "summary": " ".join(doc.partition(": ")[2].split()) or doc,
        "x-right": right,
        "parameters": [*in_path, *in_query, *refs],
        "responses": {
            "200": done,
            **{status: {"description": _WORDS[status]} for status in statuses},
            **{status: {"$ref": f"#/components/responses/{status}"} for status in ("400", "403", "503")},
        },
    }
