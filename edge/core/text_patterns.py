"""The end of text patterns. Pure.

Python's `$` also matches before a trailing line break (`re`, "Regular Expression Syntax"), which would allow two ids
that look the same. Declared patterns therefore end in `END`. JSON Schema and HTML use the patterns of ECMA-262, whose
`$` matches only at the end.
"""

from __future__ import annotations

from typing import Any

END = r"$(?!\n)"
"""Matches the end of the text, in Python as well."""


def lets_line_break(pattern: str) -> bool:
    """Whether a pattern ends in a `$` that also matches before a trailing line break."""
    return pattern.endswith("$")


def to_ecma(schema: Any) -> Any:
    """Convert the patterns of a JSON schema, or part of one, to ECMA-262."""
    if isinstance(schema, dict):
        return {
            key: value.replace(END, "$") if key == "pattern" and isinstance(value, str) else to_ecma(value)
            for key, value in schema.items()
        }
    return [to_ecma(one) for one in schema] if isinstance(schema, list) else schema
