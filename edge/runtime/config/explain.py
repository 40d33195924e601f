"""Explains configuration errors: the line, and the allowed values. Pure."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from edge.core.config_section import ConfigFault, Place

_SECRET = frozenset({"password", "token", "webhook_secret", "webhook_secret_former", "pairing"})
"""Keys whose values never appear in a message."""


_MESSAGE = re.compile(r"(?P<what>.*?)(?: - at `\$(?P<place>[^`]*)`)?", re.S)
_STEP = re.compile(r"\.?(?P<key>[^.\[\]]+)|\[(?P<number>\d+)\]")
_FIELD = re.compile(r"(?P<kind>unknown|missing required) field `(?P<key>[^`]+)`")


def explain_fault(message: str, raw: dict[str, Any], root: type) -> ConfigFault:
    """Translate a validator's message about `raw`, to be converted to `root`."""
    found = _MESSAGE.fullmatch(message)
    steps = _STEP.finditer(found["place"] or "") if found else ()
    place: Place = tuple(int(step["number"]) if step["number"] else step["key"] for step in steps)
    _, parts = msgspec.json.schema_components([root])
    schema = _schema_at(parts, parts[root.__name__], place)
    if field := _FIELD.search(message):
        allowed = schema.get("properties", {})
        key = field["key"]
        if field["kind"] == "unknown":
            return ConfigFault((*place, key), f"{key!r} isn't a key of {label(place)}.", _nearest(key, list(allowed)))
        return ConfigFault(place, f"{label(place)} has no {key!r}.", f"It must be {_words(allowed[key], parts)}.")
    if not place:  # a check of several keys by the struct itself
        return ConfigFault(place, f"{message[:1].upper()}{message[1:]}.")
    for step in place:
        raw = raw[step]  # type: ignore[index]
    shown = "that" if place[-1] in _SECRET else f"{raw!r:.60}"
    last = max(number for number, step in enumerate(place) if isinstance(step, str))
    what = f"{place[last]} of {label(place[:last])} can't be {shown}."
    return ConfigFault(place, what, f"It must be {_words(schema, parts)}.")


def label(place: Place) -> str:
    """Format a table's name as in the file."""
    names = ".".join(step for step in place if isinstance(step, str))
    if not names:
        return "the file"
    return f"[[{names}]]" if isinstance(place[-1], int) else f"[{names}]"


def line_of(text: str, place: Place) -> int:
    """Return the line (from 1) on which the value at `place` begins, or its table's line if the value is missing."""
    lines = text.splitlines()
    for end in range(len(place), 0, -1):
        begins = 1
        for number in range(1, len(lines) + 1):
            try:
                so_far = tomllib.loads("\n".join(lines[:number]))
            except tomllib.TOMLDecodeError:
                continue  # inside a multi-line value
            if _holds(so_far, place[:end]):
                return begins
            begins = number + 1
    return 1


def _holds(value: Any, place: Place) -> bool:
    for step in place:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _nearest(key: str, allowed: list[str]) -> str:
    near = difflib.get_close_matches(key, allowed, 1)
    return f"Did you mean {near[0]!r}?" if near else f"Its keys are: {', '.join(allowed)}."


def _schema_at(parts: dict[str, Any], schema: dict[str, Any], place: Place) -> dict[str, Any]:
    """JSON schema of the value at `place`."""
    schema = _resolve_schema(parts, schema)
    for step in place:
        below = schema.get("items", {}) if isinstance(step, int) else schema.get("properties", {}).get(step, {})
        schema = _resolve_schema(parts, below)
    return schema


def _resolve_schema(parts: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Resolve a reference or an optional schema."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind.get("type") != "null"]
    if len(kinds) == 1:
        return _resolve_schema(parts, {**kinds[0], **{key: value for key, value in schema.items() if key != "anyOf"}})
    reference = schema.get("$ref")
    return parts[reference.rpartition("/")[2]] if reference else schema


_KINDS = {"integer": "a whole number", "number": "a number", "string": "a text", "boolean": "true or false"}
_LIMITS = {"minimum": "from", "maximum": "to", "minLength": "of at least", "maxLength": "of at most"}


def _words(schema: dict[str, Any], parts: dict[str, Any]) -> str:
    """Describe the values that a schema allows."""
    schema = _resolve_schema(parts, schema)
    if "enum" in schema:
        return "one of " + ", ".join(repr(value) for value in schema["enum"])
    kind = schema.get("type")
    if kind == "object":
        return "a table"  # its description is a docstring for developers
    if description := schema.get("description"):
        return str(description).removesuffix(".")
    if kind == "array":
        least = f", at least {schema['minItems']}" if "minItems" in schema else ""
        return f"a list in [ ] of: {_words(schema.get('items', {}), parts)}{least}"
    limits = [f"{word} {schema[name]}" for name, word in _LIMITS.items() if name in schema]
    return " ".join([_KINDS.get(str(kind), "another value"), *limits])


def twice(names: Iterable[str]) -> str | None:
    """Return the first name that occurs more than once."""
    return next((name for name, count in Counter(names).items() if count > 1), None)
