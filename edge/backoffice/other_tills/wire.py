"""Parsing helpers for other tills' data: JSON, numbers and times. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from edge.backoffice.other_tills.sale import QUANTITY_MOST
from edge.lib.lenient_json import decode_json

DEPTH_MOST = 64


class NotUnderstood(ValueError):
    """Data differs from the vendor's documentation. The message names the part."""


def json_of(body: bytes) -> Any:
    """Parse JSON of at most 64 levels. Raises `NotUnderstood` otherwise."""
    try:
        found = decode_json(body)
    except (ValueError, RecursionError) as error:
        raise NotUnderstood("no JSON") from error
    level = [found]
    for _ in range(DEPTH_MOST):
        level = [one for part in level for one in _inside(part)]
        if not level:
            return found
    raise NotUnderstood("too deep")


def _inside(part: Any) -> Iterator[Any]:
    if isinstance(part, dict):
        yield from (one for one in part.values() if isinstance(one, dict | list))
    elif isinstance(part, list):
        yield from (one for one in part if isinstance(one, dict | list))


def object_of(part: Any, what: str) -> dict[str, Any]:
    """A JSON object. Raises `NotUnderstood` otherwise."""
    if not isinstance(part, dict):
        raise NotUnderstood(what)
    return part


def objects_of(part: Any) -> list[dict[str, Any]]:
    """The objects of a list; empty if it isn't a list."""
    return [one for one in part if isinstance(one, dict)] if isinstance(part, list) else []


def text_of(part: Any, most: int = 120) -> str:
    """A text; empty if it isn't one."""
    return part.strip()[:most] if isinstance(part, str) else ""


def id_of(part: Any, what: str) -> str:
    """A required id as text. Raises `NotUnderstood` if it's missing."""
    if not (found := text_of(part)):
        raise NotUnderstood(what)
    return found


def whole_number(part: Any, what: str) -> int:
    """A whole number. Raises `NotUnderstood` otherwise.

    >>> whole_number(7, "")
    7
    """
    if not isinstance(part, int) or isinstance(part, bool):
        raise NotUnderstood(what)
    return part


def thousandths(part: Any, what: str) -> int:
    """A number or decimal text in thousandths, rounded half up. Raises `NotUnderstood` if it's invalid or negative.

    >>> thousandths("2.5", ""), thousandths("0.0005", ""), thousandths(2.0, "")
    (2500, 1, 2000)
    """
    try:
        value = Decimal(str(part))
        found = int((value * 1000).quantize(Decimal(1), ROUND_HALF_UP))
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise NotUnderstood(what) from error
    if isinstance(part, bool) or not 0 <= found <= QUANTITY_MOST:
        raise NotUnderstood(what)
    return found


def moment_us(part: Any, what: str) -> int:
    """A time with a time zone, in microseconds since 1970. Raises `NotUnderstood`.

    >>> moment_us("2026-03-01T13:21:00.000+0000", "") == moment_us("2026-03-01T13:21:00Z", "")
    True
    """
    try:
        found = datetime.fromisoformat(text_of(part, 40))
    except ValueError as error:
        raise NotUnderstood(what) from error
    if found.tzinfo is None:
        raise NotUnderstood(what)
    try:
        return round(found.timestamp() * 1_000_000)
    except (OverflowError, ValueError) as error:
        raise NotUnderstood(what) from error
