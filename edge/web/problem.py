"""Invalid requests, independent of the shop's state."""

from __future__ import annotations

import re

from edge.core.messages import Refused

_AT = re.compile(r"^(?P<why>.*?)(?: - at `(?P<where>[^`]*)`)?$", re.S)
_FIELD = re.compile(r"(?:missing required|contains unknown) field `(?P<field>[^`]+)`")
"""The location in msgspec's messages. For a missing or unknown field, it names only the parent."""
_RULES = (
    (re.compile(r"Expected `str` of length <= (?P<limit>[0-9]+)"), "text_long"),
    (re.compile(r"Expected `str` of length >= (?P<limit>[0-9]+)"), "text_short"),
    (re.compile(r"Expected `(?:int|float)` <=? (?P<limit>-?[0-9]+)"), "number_high"),
    (re.compile(r"Expected `(?:int|float)` >=? (?P<limit>-?[0-9]+)"), "number_low"),
    (re.compile(r"Expected `(?:array|object)` of length <= (?P<limit>[0-9]+)"), "list_long"),
    (re.compile(r"Expected `(?:array|object)` of length >= (?P<limit>[0-9]+)"), "list_short"),
    (re.compile(r"Expected `str` matching regex"), "text_form"),
    (re.compile(r"Object missing required field"), "missing"),
)
"""The limit that msgspec reports as exceeded. Forms explain it in words."""


class Problem(Exception):
    """A request that can't be answered: HTTP status, and a text of section `api` with its values."""

    def __init__(self, status: int, code: str, **values: str | int) -> None:
        super().__init__(code)
        self.status = status
        self.refused = Refused(code, values)


def body_wrong(error: Exception, status: int = 400) -> Problem:
    """Convert a msgspec error: the reason, and the JSON path of the field (`$`: the whole body).

    `rule` and `limit` are added if one was violated, for a plain-language message.
    """
    found = _AT.match(str(error))
    why, where = (found["why"], found["where"] or "$") if found else (str(error), "$")
    if field := _FIELD.search(why):
        where = f"{where}.{field['field']}"
    return Problem(status, "body_wrong", why=why, where=where, **_rule(why))


def _rule(why: str) -> dict[str, str | int]:
    for pattern, rule in _RULES:
        if found := pattern.match(why):
            limit = int(found.groupdict().get("limit", 0))
            empty = rule in ("text_short", "list_short") and limit == 1
            return {"rule": "missing"} if empty else {"rule": rule, "limit": limit}
    return {}
