"""JSON that is short and can be reviewed: a line for each thing down to a depth, all below it on that line."""

from __future__ import annotations

from typing import Any

import msgspec

DEPTH = 4


def to_text(value: Any) -> bytes:
    """A struct or plain values as JSON."""
    return (_lines(msgspec.to_builtins(value), DEPTH, "") + "\n").encode()


def _lines(value: Any, depth: int, indent: str) -> str:
    if not depth or not isinstance(value, dict) or not value:
        return msgspec.json.encode(value).decode()
    inner = indent + " "
    parts = (
        f"{inner}{msgspec.json.encode(key).decode()}: {_lines(one, depth - 1, inner)}" for key, one in value.items()
    )
    return "{\n" + ",\n".join(parts) + f"\n{indent}}}"
