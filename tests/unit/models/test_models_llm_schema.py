"""The grammar of a schema: read back by a small matcher of GBNF's own kind, it lets through what is valid, only."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from models.errors import Refused
from models.llm.schema import MOST_DEEP, SCHEMA_BYTES, grammar_of
from models.llm.schema_numbers import LARGEST, integers


def matches(grammar: str, text: str) -> bool:
    """Whether a grammar without recursion takes all of a text: its rules are put into one another as a pattern."""
    rules = dict(line.split(" ::= ", 1) for line in grammar.splitlines())
    return re.fullmatch(pattern(rules, "root"), text) is not None


def pattern(rules: dict[str, str], name: str, depth: int = 0) -> str:
    assert depth < 60
    out = []
    for found in re.finditer(
        r'"((?:[^"\\]|\\.)*)"|(\[(?:[^\]\\]|\\.)*\])|(\{[0-9,]+\})|([a-z][a-z0-9-]*)|([()|*+?])|(\s+)', rules[name]
    ):
        literal, characters, times, rule, mark, _ = found.groups()
        if literal is not None:
            out.append(f"(?:{re.escape(json.loads(chr(34) + literal + chr(34)))})")
        elif rule:
            out.append(pattern(rules, rule, depth + 1))
        else:
            out.append(characters or times or mark or "")
    return f"(?:{''.join(out)})"


def says(schema: Any, value: Any) -> bool:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return matches(grammar_of(json.dumps(schema)), text)


ORDER = {
    "type": "object",
    "properties": {
        "item": {"type": "string", "minLength": 1, "maxLength": 5},
        "pieces": {"type": "integer", "minimum": 1, "maximum": 12},
        "note": {"type": ["string", "null"], "maxLength": 3},
        "tags": {"type": "array", "items": {"enum": ["new", 'a "b"', "ירוק"]}, "maxItems": 2},
    },
    "required": ["pieces"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ({"pieces": 1}, True),
        ({"item": "חלב", "pieces": 12}, True),
        ({"item": "a", "pieces": 3, "note": None, "tags": ["new", "ירוק"]}, True),
        ({"pieces": 3, "tags": []}, True),
        ({"pieces": 3, "note": "abc", "tags": ['a "b"']}, True),
        ({}, False),
        ({"item": "a"}, False),
        ({"item": "", "pieces": 1}, False),
        ({"item": "abcdef", "pieces": 1}, False),
        ({"pieces": 13}, False),
        ({"pieces": 0}, False),
        ({"pieces": 1, "note": 5}, False),
        ({"pieces": 1, "tags": ["new"] * 3}, False),
        ({"pieces": 1, "tags": ["old"]}, False),
        ({"pieces": 1, "other": 1}, False),
        ([], False),
    ],
)
def test_an_object(value: Any, fits: bool) -> None:
    assert says(ORDER, value) is fits


@pytest.mark.parametrize(
    ("schema", "value", "fits"),
    [
        ({"type": "string"}, 'a"b\\c\n', True),
        ({"type": "number"}, -3.25, True),
        ({"type": "number"}, "3", False),
        ({"type": "boolean"}, True, True),
        ({"const": {"a": [1, None]}}, {"a": [1, None]}, True),
        ({"anyOf": [{"type": "null"}, {"type": "integer", "minimum": 0}]}, None, True),
        ({"anyOf": [{"type": "null"}, {"type": "integer", "minimum": 0}]}, -1, False),
        ({"$ref": "#/$defs/x~1y", "$defs": {"x/y": {"const": 1}}}, 1, True),
        ({"type": "array", "items": {"type": "null"}, "minItems": 2}, [None], False),
        ({"type": "array", "items": {"type": "null"}, "minItems": 2}, [None, None, None], True),
        ({"type": "array", "items": {"type": "null"}, "maxItems": 0}, [], True),
        ({"title": "nothing", "type": "object", "properties": {}}, {}, True),
    ],
)
def test_a_value(schema: Any, value: Any, fits: bool) -> None:
    assert says(schema, value) is fits


@pytest.mark.parametrize(
    ("least", "most"), [(0, 0), (1, 9), (-5, 5), (-120, -7), (7, 1_234), (99, 100), (95, 213), (0, 1_000), (190, 190)]
)
def test_integers_between_bounds(least: int, most: int) -> None:
    grammar = f"root ::= {integers(least, most)}\n"
    for number in range(least - 120, most + 120):
        assert matches(grammar, str(number)) is (least <= number <= most), number
    assert not matches(grammar, "-0")
    assert not matches(grammar, "007")


def test_an_integer_without_bounds_has_no_more_digits_than_every_reader_can_hold() -> None:
    grammar = grammar_of('{"type": "integer"}')
    assert matches(grammar, str(LARGEST))
    assert matches(grammar, str(-LARGEST))
    assert not matches(grammar, str(LARGEST + 1))


@pytest.mark.parametrize(
    "schema",
    [
        "{",
        "[" * 100_000,
        "3",
        '{"type": "banana"}',
        '{"type": "string", "pattern": "a+"}',
        '{"type": "array", "uniqueItems": true}',
        '{"not": {}}',
        '{"allOf": [{}]}',
        '{"$ref": "#/$defs/none"}',
        '{"$ref": "other.json"}',
        '{"enum": []}',
        '{"type": "object", "required": ["x"]}',
        '{"type": "integer", "minimum": 5, "maximum": 4}',
        '{"type": "string", "minLength": 5, "maxLength": 4}',
        '{"type": "string", "maxLength": 100000000}',
        json.dumps({"description": "x" * SCHEMA_BYTES, "type": "null"}),
        '{"anyOf": [' * (MOST_DEEP + 2) + '{"type": "null"}' + "]}" * (MOST_DEEP + 2),
    ],
)
def test_what_no_grammar_can_promise_is_refused(schema: str) -> None:
    with pytest.raises(Refused) as caught:
        grammar_of(schema)
    assert len(caught.value.what) < 300
