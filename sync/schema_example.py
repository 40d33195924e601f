"""Examples for JSON schemas, for the API descriptions of box and hub."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

DEEP = 6
"""Maximum depth of an example, as schemas may be recursive."""
_FORMATS = {
    "uuid": "01900000-0000-7000-8000-000000000000",
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "time": "12:00:00",
    "uri": "https://example.org/",
    "byte": "AAAA",
    "binary": "",
}
_TEXTS = (
    *("text", "en", "1", "1234", "123456", "c1", "r1", "u1", "o12345678", "12.50", "2026-01-31", "12:00", "2026-01"),
    *("EUR", "EU", "a@example.org", "+4930123456", "https://example.org/", "#336699", "4006381333931", "T-1"),
    *("1-000001", "0000-0000-0000-0000-0000-0000-03ZZ", *_FORMATS.values(), "a" * 16, "0" * 20, "0" * 24),
    *("0" * 32, "0" * 64),
    *("a/a", "/manager/a", "cus_a/pm_a"),  # an item of a group, a path of the manager's pages, a card at a provider
)
"""Example texts; the first that fits the pattern and lengths is used."""


def with_examples(document: dict[str, Any]) -> dict[str, Any]:
    """An OpenAPI document with an example of each JSON body and answer."""
    components = document["components"]
    answers = [*components.get("responses", {}).items()]
    bodies = []
    for operation in (each for ways in document["paths"].values() for each in ways.values()):
        answers += operation["responses"].items()
        bodies.append(operation.get("requestBody", {}))
    for status, described in (*((None, body) for body in bodies), *answers):
        for media, content in described.get("content", {}).items():
            if "json" in media.partition("/")[2].split("+") and "schema" in content:
                example = example_of(content["schema"], components["schemas"])
                failed = status is not None and int(status) >= 400
                content["example"] = {**example, "status": int(status)} if failed else example
    return document


def example_of(schema: Mapping[str, Any], components: Mapping[str, Any], depth: int = 0) -> Any:
    """Return an example for a schema: all its own fields, and the required fields of nested objects.

    `components`: referenced schemas by name.
    """
    one = _resolve_ref(schema, components)
    for key in ("example", "default", "const"):
        if key in one:
            return one[key]
    for key in ("examples", "enum"):
        if key in one:
            return one[key][0]
    if parts := one.get("allOf"):
        found: dict[str, Any] = {}
        for part in parts:
            _merge(found, example_of(part, components, depth))
        return found
    if choices := one.get("anyOf") or one.get("oneOf"):
        if depth >= DEEP and {"type": "null"} in choices:
            return None
        choice = next((each for each in choices if each.get("type") != "null"), choices[0])
        return example_of(choice, components, depth + 1)
    kind = one.get("type")
    return _example_by_kind(one, kind[0] if isinstance(kind, list) else kind, components, depth)


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Merge schemas of the same object; later ones know more about a field."""
    for name, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(name), dict):
            _merge(into[name], value)
        else:
            into[name] = value


def _example_by_kind(one: Mapping[str, Any], kind: str | None, components: Mapping[str, Any], depth: int) -> Any:
    if kind == "object":
        fields, must = one.get("properties", {}), one.get("required", ())
        names = [name for name in fields if name in must or not depth]
        rest, wanted = one.get("additionalProperties"), one.get("minProperties", 0)
        more = [_text(one.get("propertyNames", {}))] if wanted > len(names) and isinstance(rest, Mapping) else []
        return {name: example_of(fields.get(name, rest), components, depth + 1) for name in (*names, *more)}
    if kind == "array":
        return _items(one, components, depth)
    if kind in ("integer", "number"):
        least = one.get("minimum", one.get("exclusiveMinimum", 0) + 1)
        return max(least, min(1, one.get("maximum", 1)))
    if kind == "string":
        return _text(one)
    return False if kind == "boolean" else None if kind == "null" else {}


def _items(one: Mapping[str, Any], components: Mapping[str, Any], depth: int) -> list[Any]:
    if "prefixItems" in one:
        return [example_of(each, components, depth + 1) for each in one["prefixItems"]]
    items, least = one.get("items"), one.get("minItems", 0)
    wanted = max(least, 1 if depth <= 2 else 0)
    return [example_of(items, components, depth + 1)] * wanted if isinstance(items, Mapping) else []


def _text(one: Mapping[str, Any]) -> str:
    if one.get("format") in _FORMATS:
        return _FORMATS[one["format"]]
    least, most = one.get("minLength", 0), one.get("maxLength", 1_000)
    fits = (text for text in _TEXTS if least <= len(text) <= most and re.search(one.get("pattern", ""), text))
    return next(fits, "x" * least)


def _resolve_ref(schema: Mapping[str, Any], components: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        schema = components[schema["$ref"].rpartition("/")[2]]
    return schema
