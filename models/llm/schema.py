"""Convert a JSON schema to a grammar, so that every answer is valid.

Output is compact JSON with properties in the schema's order. What a grammar can't guarantee (`pattern`, `uniqueItems`,
`not`, ...) is refused instead of ignored; missing bounds are set narrower, never wider. Keywords: JSON Schema 2020-12,
https://json-schema.org/draft/2020-12/json-schema-validation. Grammar: GBNF,
https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from models.errors import Refused
from models.llm.schema_numbers import LARGEST, integers

SCHEMA_BYTES = 64 * 1024
"""Maximum size of a schema; longer ones are refused."""
MOST_DEEP = 32
"""Maximum nesting of a schema; deeper ones are refused."""
_NOTES = ("title", "description", "default", "examples", "format", "deprecated", "readOnly", "writeOnly")
_PLACES = ("$schema", "$id", "$comment", "$defs", "definitions", "discriminator")
_SAYS_NOTHING = frozenset({*_NOTES, *_PLACES})
_OF_TYPE: Mapping[str, frozenset[str]] = {
    "object": frozenset({"properties", "required", "additionalProperties"}),
    "array": frozenset({"items", "minItems", "maxItems"}),
    "string": frozenset({"minLength", "maxLength"}),
    "integer": frozenset({"minimum", "maximum"}),
    "number": frozenset(),
    "boolean": frozenset(),
    "null": frozenset(),
}
_RULES = {
    "string": r'"\"" char* "\""',
    "char": r'[^"\\\x00-\x1f\x7f] | "\\" ["\\/bfnrt]',
    "number": r'"-"? ("0" | [1-9] [0-9]{0,14}) ("." [0-9]{1,15})?',
    "boolean": '"true" | "false"',
    "null": '"null"',
    "value": "object | array | string | number | boolean | null",
    "object": r'"{" (string ":" value ("," string ":" value){0,15})? "}"',
    "array": '"[" (value ("," value){0,63})? "]"',
}
_MOST_PROPERTIES = 200


def grammar_of(schema: str) -> str:
    """The grammar whose rule `root` matches the schema. Raises Refused."""
    if len(schema.encode()) > SCHEMA_BYTES:
        raise _schema_refusal(f"is longer than {SCHEMA_BYTES} bytes")
    try:
        read = json.loads(schema)
    except (ValueError, RecursionError) as error:
        raise _schema_refusal(f"isn't JSON ({error})") from error
    return _Grammar(read).text()


class _Grammar:
    """The rules made so far. Each `$ref` has one, so schemas can be recursive."""

    def __init__(self, schema: Any) -> None:
        self._whole = schema
        self._rules: dict[str, str] = {}
        self._named: dict[str, str] = {}

    def text(self) -> str:
        root = self._of(self._whole, 0)
        rules = {"root": root, **_RULES, **self._rules}
        return "".join(f"{name} ::= {body}\n" for name, body in rules.items())

    def _of(self, schema: Any, depth: int) -> str:
        if depth > MOST_DEEP:
            raise _schema_refusal(f"is deeper than {MOST_DEEP}")
        if schema is True or schema == {}:
            return "value"
        if not isinstance(schema, dict):
            raise _schema_refusal(f"has {json.dumps(schema)[:40]} where a schema belongs")
        said = {key: value for key, value in schema.items() if key not in _SAYS_NOTHING}
        for key, make in self._whole_answers().items():
            if key in said:
                self._only(said, {key, "type"})
                return make(said[key], depth + 1)
        return self._typed_rule(said, depth + 1)

    def _whole_answers(self) -> dict[str, Callable[[Any, int], str]]:
        """Keywords that define a value on their own."""
        return {"$ref": self._ref, "enum": self._enum, "const": self._const, "anyOf": self._any}

    def _only(self, said: Mapping[str, Any], known: set[str] | frozenset[str]) -> None:
        if unknown := sorted(said.keys() - known):
            raise _schema_refusal(f"has {unknown[0]!r}, which the grammar doesn't support")

    def _typed_rule(self, said: dict[str, Any], depth: int) -> str:
        kind = said.pop("type", "object" if "properties" in said else None)
        if isinstance(kind, list):
            return _either([self._typed_rule({**_keywords_for(said, one), "type": one}, depth) for one in kind])
        if kind not in _OF_TYPE:
            raise _schema_refusal(f"has the type {kind!r}" if kind else "has a part without a type")
        self._only(said, _OF_TYPE[kind])
        if not said:
            return "object" if kind == "object" else self._plain(kind)
        makes = {"object": self._object, "array": self._array, "string": self._string, "integer": self._integer}
        return makes[kind](said, depth)

    def _plain(self, kind: str) -> str:
        return self._integer({}, 0) if kind == "integer" else kind

    def _ref(self, place: Any, depth: int) -> str:
        if place not in self._named:
            target = self._find(place)
            self._named[place] = f"ref-{len(self._named)}"
            self._rules[self._named[place]] = self._of(target, depth)
        return self._named[place]

    def _find(self, place: Any) -> Any:
        """Resolve a JSON pointer in this schema (RFC 6901)."""
        if not isinstance(place, str) or not place.startswith("#"):
            raise _schema_refusal(f"refers to {place!r}, which it doesn't define")
        found = self._whole
        for key in place.removeprefix("#").split("/")[1:]:
            found = found.get(key.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
        if found is None:
            raise _schema_refusal(f"refers to {place!r}, which it doesn't define")
        return found

    def _enum(self, values: Any, depth: int) -> str:
        if not isinstance(values, list) or not values:
            raise _schema_refusal("has an enum without values")
        return _either([self._const(value, depth) for value in values])

    def _const(self, value: Any, depth: int) -> str:
        return literal(json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def _any(self, schemas: Any, depth: int) -> str:
        if not isinstance(schemas, list) or not schemas:
            raise _schema_refusal("has an anyOf without schemas")
        return _either([self._of(one, depth) for one in schemas])

    def _object(self, said: dict[str, Any], depth: int) -> str:
        parts = said.get("properties", {})
        required = said.get("required", [])
        if not isinstance(parts, dict) or not isinstance(required, list) or len(parts) > _MOST_PROPERTIES:
            raise _schema_refusal("has invalid properties")
        if missing := [name for name in required if name not in parts]:
            raise _schema_refusal(f"requires {missing[0]!r} but doesn't define it")
        made = [
            (
                literal(json.dumps(name, ensure_ascii=False) + ":") + " " + self._group(self._of(part, depth)),
                name in required,
            )
            for name, part in parts.items()
        ]
        return '"{" ' + self._join_members(made) + ' "}"'

    def _join_members(self, made: list[tuple[str, bool]]) -> str:
        """Return the grammar of members in order, separated by commas, in which optional ones may be omitted.

        Each member has two rules: the rest if it comes first, and the rest after another member.
        """
        first, later = '""', '""'
        for body, needed in reversed(made):
            with_it, behind = f"{body} {later}", f'"," {body} {later}'
            first = self._rule(with_it if needed else f"{with_it} | {first}")
            later = self._rule(behind if needed else f"{behind} | {later}")
        return first

    def _array(self, said: dict[str, Any], depth: int) -> str:
        item = self._rule(self._of(said.get("items", True), depth))
        least, most = _bounds(said, "minItems", "maxItems")
        if most == 0:
            return '"[]"'
        more = f'("," {item}){{{max(least - 1, 0)},{"" if most is None else most - 1}}}'
        inner = f"{item} {more}"
        return f'"[" {inner} "]"' if least else f'"[" ({inner})? "]"'

    def _string(self, said: dict[str, Any], depth: int) -> str:
        least, most = _bounds(said, "minLength", "maxLength")
        return rf'"\"" char{{{least},{"" if most is None else most}}} "\""'

    def _integer(self, said: dict[str, Any], depth: int) -> str:
        least, most = said.get("minimum", -LARGEST), said.get("maximum", LARGEST)
        if not isinstance(least, int) or not isinstance(most, int) or not -LARGEST <= least <= most <= LARGEST:
            raise _schema_refusal("has an integer whose bounds exclude every value")
        return self._rule(integers(least, most))

    def _rule(self, body: str) -> str:
        name = f"part-{len(self._rules)}"
        self._rules[name] = body
        return name

    def _group(self, body: str) -> str:
        return f"({body})"


def literal(text: str) -> str:
    """A text in GBNF notation."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def _either(bodies: list[str]) -> str:
    return "(" + " | ".join(bodies) + ")"


def _keywords_for(said: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """The keywords that apply to this type."""
    others = frozenset[str]().union(*_OF_TYPE.values()) - _OF_TYPE.get(kind, frozenset())
    return {key: value for key, value in said.items() if key not in others}


def _bounds(said: Mapping[str, Any], low: str, high: str) -> tuple[int, int | None]:
    least, most = said.get(low, 0), said.get(high)
    if not isinstance(least, int) or least < 0 or not (most is None or (isinstance(most, int) and most >= least)):
        raise _schema_refusal(f"has a {low} and a {high} that can't both hold")
    if max(least, most or 0) > 2_000:
        raise _schema_refusal(f"has a {low} or {high} above 2,000")
    return least, most


def _schema_refusal(why: str) -> Refused:
    return Refused(f"The answer's schema {why}.", "Use a simpler schema.")
